using System.Text;
using FeatureService.Hosting;
using FeatureService.Testing;
using FeatureService.Tests.Support;
using Grpc.Core;

namespace FeatureService.Tests.Telemetry;

public sealed class OtlpTests
{
    private const string TraceId = "4bf92f3577b34da6a3ce929d0e0e4736";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Spans_of_all_stages_below_the_callers_and_metrics_go_to_the_endpoint()
    {
        await using var collector = await OtlpCollector.StartAsync();
        await using var service = await TestService.StartAsync(
            change: o => o with { OtlpEndpoint = collector.Address, ExportMax = TimeSpan.FromMinutes(1) });

        await service.Vectors.GetFeatureVectorsAsync(
            Taxi.Get(1), new Metadata { { "traceparent", $"00-{TraceId}-00f067aa0ba902b7-01" } }, cancellationToken: Cancellation);
        await service.Host.StopAsync();
        // The exporters' own threads send, and a service that stops does not wait for them for long.
        await Eventually.TrueAsync(
            () => collector.BytesOf("trace.v1.TraceService").Length > 0 && collector.BytesOf("metrics.v1.MetricsService").Length > 0, Cancellation);

        var traces = collector.BytesOf("trace.v1.TraceService");
        Assert.All(
            ["features.v1.FeatureVectorsService/GetFeatureVectors", "admit", "plan", "compute", "reply"],
            name => Assert.True(Count(traces, Encoding.UTF8.GetBytes(name)) > 0, name));
        // The framework's span of the call, the request's, and those of its four stages.
        Assert.Equal(6, Count(traces, Convert.FromHexString(TraceId)));
        Assert.True(Count(collector.BytesOf("metrics.v1.MetricsService"), "feature_service.vectors"u8) > 0);
        Assert.True(Count(traces, "feature-service"u8) > 0);
    }

    [Fact]
    public async Task An_endpoint_that_is_not_there_disturbs_nothing()
    {
        await using var service = await TestService.StartAsync(change: o => o with { OtlpEndpoint = "http://127.0.0.1:9" });

        await service.Vectors.GetFeatureVectorsAsync(Taxi.Get(1), cancellationToken: Cancellation);

        await service.Host.StopAsync();
    }

    [Theory]
    [InlineData("localhost:4317")]
    [InlineData("collector")]
    [InlineData("ftp://127.0.0.1:4317")]
    public void An_endpoint_that_is_no_address_is_told(string endpoint)
    {
        var options = new ServiceOptions { Snapshots = [new SnapshotFolder("default", AppContext.BaseDirectory)], OtlpEndpoint = endpoint };

        Assert.Equal([$"otlp-endpoint: '{endpoint}' is no address of a collector: expected one as http://127.0.0.1:4317"], options.Errors());
    }

    [Fact]
    public void OpenTelemetrys_own_variable_is_read_where_the_services_is_not_set()
    {
        string[] folder = [AppContext.BaseDirectory];
        var flags = new Dictionary<string, IReadOnlyList<string>> { ["snapshot"] = folder };
        var environment = new Dictionary<string, string> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:1" };

        Assert.Equal("http://127.0.0.1:1", ServiceSettings.Read(flags, environment.GetValueOrDefault, null).OtlpEndpoint);
        environment["FEATURES__OTLP_ENDPOINT"] = "http://127.0.0.1:2";
        Assert.Equal("http://127.0.0.1:2", ServiceSettings.Read(flags, environment.GetValueOrDefault, null).OtlpEndpoint);
        Assert.Null(ServiceSettings.Read(flags, _ => "", null).OtlpEndpoint);
    }

    private static int Count(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> wanted)
    {
        var count = 0;
        for (var at = bytes.IndexOf(wanted); at >= 0; at = bytes.IndexOf(wanted))
        {
            count++;
            bytes = bytes[(at + wanted.Length)..];
        }

        return count;
    }
}
