using FeatureService.Contracts.V1;
using FeatureService.Edge;
using FeatureService.Tests.Support;
using Grpc.Core;
using Grpc.Health.V1;
using Microsoft.Extensions.Logging;

namespace FeatureService.Tests.Telemetry;

public sealed class RequestLogTests
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_request_has_one_line_with_view_rows_status_and_the_trace_of_its_caller()
    {
        using var log = new LogLines();
        await using var service = await TestService.StartAsync(
            [("default", Taxi.Snapshot)], [("marketing/taxi.view.yaml", Taxi.View)], o => o with { Logging = logging => logging.AddProvider(log) });
        var request = Taxi.Get(1, 2);
        request.View = new ViewSelector { Name = "taxi" };

        var answer = await service.Vectors.GetFeatureVectorsAsync(
            request, new Metadata { { "traceparent", $"00-{TraceId}-b7ad6b7169203331-01" } }, cancellationToken: Cancellation);
        await service.Health.CheckAsync(new HealthCheckRequest(), cancellationToken: Cancellation);
        await service.Host.StopAsync();

        var line = Assert.Single(log.Lines, l => l.Category == "FeatureService.Edge.RequestInterceptor");
        Assert.Equal(LogLevel.Information, line.Level);
        Assert.Equal("features.v1.FeatureVectorsService/GetFeatureVectors", line.Values["Method"]);
        Assert.Equal("marketing/taxi", line.Values["View"]);
        Assert.Equal(22L, line.Values["Rows"]);
        Assert.Equal((long)answer.Payload.Length, line.Values["Bytes"]);
        Assert.Equal("OK", line.Values["Status"]);
        Assert.True((double)line.Values["DurationMs"]! > 0);
        Assert.Equal(TraceId, line.Values["TraceId"]);
    }

    [Fact]
    public async Task A_refused_request_has_its_reason_in_the_line()
    {
        using var log = new LogLines();
        await using var service = await TestService.StartAsync(change: o => o with { Logging = logging => logging.AddProvider(log) });

        await Expect.StatusAsync(
            StatusCode.NotFound,
            service.Views.ValidateAsync(new ValidateRequest { View = new ViewSelector { Name = "none" } }, cancellationToken: Cancellation));
        using var call = service.Vectors.Backfill(new BackfillRequest(), cancellationToken: Cancellation);
        await Expect.StatusAsync(StatusCode.InvalidArgument, () => Received.SlicesAsync(call));
        await service.Host.StopAsync();

        Assert.Equal(
            ["status=NOT_FOUND reason=NOT_FOUND", "status=INVALID_ARGUMENT reason=INVALID_ARGUMENT"],
            log.Lines.Where(l => l.Category == "FeatureService.Edge.RequestInterceptor")
                .Select(l => $"status={l.Values["Status"]} reason={l.Values["Reason"]}"));
    }

    [Theory]
    [InlineData(true, "DEADLINE_EXCEEDED")]
    [InlineData(false, "CANCELLED")]
    public void A_passed_deadline_is_told_apart_from_a_caller_that_went(bool isLate, string expected) =>
        Assert.Equal((expected, expected), StatusMapper.Told(new OperationCanceledException(), isCancelled: true, isLate));

    [Fact]
    public void A_reason_of_the_services_own_is_told_though_the_deadline_has_passed() => Assert.Equal(
        ("RESOURCE_EXHAUSTED", "QUEUE_FULL"),
        StatusMapper.Told(
            new RequestException(FailureKind.ResourceExhausted, "full") { Reason = "QUEUE_FULL" }, isCancelled: true, isLate: true));
}
