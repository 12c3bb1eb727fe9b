using System.Collections.Concurrent;
using System.Diagnostics;
using FeatureService.Client.FanOut;
using FeatureService.Client.Tests.Fake;
using FeatureService.Client.Transport;
using Grpc.Core;

namespace FeatureService.Client.Tests;

public sealed class SpanTests : IDisposable
{
    private readonly ConcurrentQueue<Activity> _spans = [];
    private readonly ActivityListener _listener;
    private readonly Activity _caller;

    public SpanTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == ClientSpans.SourceName,
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _spans.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
        _caller = new Activity("caller").SetIdFormat(ActivityIdFormat.W3C);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _caller.Dispose();
        _listener.Dispose();
    }

    [Fact]
    public async Task Calls_and_streams_are_spans_below_the_callers_and_the_service_is_told_their_trace()
    {
        await using var service = await FakeService.StartAsync();
        using var client = Clients.Of(service);
        _caller.Start();

        await client.GetTopologyAsync(Stop);
        var batches = 0;
        await foreach (var batch in client.BackfillAsync(Clients.Query, Stop))
        {
            batches++;
        }

        _caller.Stop();
        Assert.True(batches > 0);
        var mine = Mine();
        Assert.Equal(_caller.SpanId, mine.First(s => s.OperationName == "features.v1.ClusterService/GetTopology").ParentSpanId);
        Assert.Equal(service.StreamCount, mine.Count(s => s.OperationName == "features.v1.FeatureVectorsService/Backfill"));
        Assert.All(mine, span => Assert.Equal(ActivityKind.Client, span.Kind));
        Assert.All(mine, span => Assert.Equal(ActivityStatusCode.Unset, span.Status));
        Assert.NotEmpty(service.TraceParents);
        Assert.All(service.TraceParents, parent => Assert.Contains(_caller.TraceId.ToHexString(), parent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stream_that_failed_is_a_span_with_its_error_and_the_next_one_another()
    {
        var gone = new StreamScript { SliceCountMax = 0, Failure = new Status(StatusCode.Unavailable, "gone") };
        await using var service = await FakeService.StartAsync(script: n => n == 0 ? gone : new StreamScript());
        using var client = Clients.Of(service);
        _caller.Start();

        await foreach (var batch in client.BackfillAsync(Clients.Query, Stop))
        {
            Assert.NotNull(batch);
        }

        _caller.Stop();
        var failed = Assert.Single(Mine(), span => span.Status == ActivityStatusCode.Error);
        Assert.Equal("Unavailable", failed.GetTagItem("error.type"));
        Assert.Equal(service.Address, failed.GetTagItem("server.address"));
    }

    private Activity[] Mine() => [.. _spans.Where(span => span.TraceId == _caller.TraceId)];
}
