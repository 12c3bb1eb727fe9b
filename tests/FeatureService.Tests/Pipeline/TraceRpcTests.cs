using FeatureService.Contracts.V1;
using FeatureService.Tests.Support;

namespace FeatureService.Tests.Pipeline;

public sealed class TraceRpcTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_trace_has_the_value_of_the_vectors_and_lists_its_events()
    {
        await using var service = await TestService.StartAsync();
        var vectors = await service.Vectors.GetFeatureVectorsAsync(Taxi.Get(5), cancellationToken: Cancellation);
        var chunk = vectors.Columns.Single(c => c.Column == "fare_13w");
        var last = Received.Values(chunk, vectors.Payload.Span)[^1];

        var trace = await service.Views.TraceAsync(Request("fare_13w", 5, "2024-W20"), cancellationToken: Cancellation);

        Assert.Equal(last, trace.Value.Int64Value);
        var aggregate = Assert.Single(trace.Aggregates);
        Assert.Equal(("sum(rides.fare over 91d)", "rides"), (aggregate.Text, aggregate.Source));
        Assert.Equal(aggregate.Counted, aggregate.CountedEvents.Count);
        Assert.Equal(aggregate.Value.Int64Value, aggregate.CountedEvents.Sum(e => e.Input.Int64Value));
        Assert.All(aggregate.CountedEvents, e => Assert.InRange(e.TimeMicros, aggregate.StartMicros, aggregate.EndMicros - 1));
        Assert.All(aggregate.NotCountedEvents, e => Assert.NotEqual("", e.Reason));
        Assert.Equal(("ok", vectors.Header.SnapshotId), (trace.RowStatus, trace.SnapshotId));
    }

    [Fact]
    public async Task Events_are_listed_up_to_the_number_asked_for_and_counted_beyond_it()
    {
        await using var service = await TestService.StartAsync();
        var request = Request("opens_4w", 6, "2024-W20");
        request.View = new ViewSelector { Definition = "view: v\nfeatures:\n  opens_4w: count(app_opens) over all\n" };
        request.EventsMax = 2;

        var trace = await service.Views.TraceAsync(request, cancellationToken: Cancellation);

        var aggregate = Assert.Single(trace.Aggregates);
        Assert.True(aggregate.Counted > 2);
        Assert.Equal(2, aggregate.CountedEvents.Count);
        Assert.False(aggregate.HasStartMicros);
    }

    [Fact]
    public async Task Everything_that_is_wrong_is_told_at_once()
    {
        await using var service = await TestService.StartAsync();
        var request = Request("fare_13", 5, "2024-W99");
        request.Entity = new EntityKeys { StringKeys = { "5" } };
        request.EventsMax = 1001;

        var violations = await Expect.ViolationsAsync(service.Views.TraceAsync(request, cancellationToken: Cancellation));

        Assert.Equal(4, violations.Length);
        Assert.Contains(violations, v => v.Contains("'fare_13'", StringComparison.Ordinal) && v.Contains("fare_13w", StringComparison.Ordinal));
        Assert.Contains(violations, v => v.StartsWith("events_max", StringComparison.Ordinal));
    }

    private static TraceRequest Request(string column, long entity, string week) => new()
    {
        View = Taxi.Selector,
        Column = column,
        Entity = Taxi.Keys(entity),
        Week = week,
    };
}
