using FeatureService.Tests.Support;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace FeatureService.Tests.Telemetry;

/// <summary>Where nobody traces, no span is made for a call, and its line has what the caller said of its trace.</summary>
public sealed class TraceIdTests
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";

    [Theory]
    [InlineData($"00-{TraceId}-b7ad6b7169203331-01", TraceId)]
    [InlineData("nonsense", "-")]
    [InlineData(null, "-")]
    public async Task Without_spans_the_line_has_the_trace_that_the_caller_names(string? parent, string expected)
    {
        using var log = new LogLines();
        await using var service = await TestService.StartAsync(change: o => o with
        {
            Logging = logging => logging.AddProvider(log).AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None),
        });
        Metadata headers = [];
        if (parent is not null)
        {
            headers.Add("traceparent", parent);
        }

        await service.Vectors.GetFeatureVectorsAsync(Taxi.Get(1), headers, cancellationToken: TestContext.Current.CancellationToken);
        await service.Host.StopAsync();

        Assert.Equal(expected, Assert.Single(log.Lines, l => l.Category == "FeatureService.Edge.RequestInterceptor").Values["TraceId"]);
    }
}
