using System.Diagnostics.Metrics;
using FeatureService.Contracts.V1;
using FeatureService.Scheduling;
using FeatureService.Testing;
using FeatureService.Tests.Support;
using Grpc.Core;

namespace FeatureService.Tests.Telemetry;

public sealed class MetricsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_backfill_counts_its_rows_cells_events_and_bytes()
    {
        await using var service = await TestService.StartAsync();
        using var readings = new MetricReadings(service.Host.Metrics);

        using var call = service.Vectors.Backfill(Taxi.Backfill(), cancellationToken: Cancellation);
        var bytes = 0L;
        var cellsRows = 0L;
        while (await call.ResponseStream.MoveNext(Cancellation))
        {
            bytes += call.ResponseStream.Current.Payload.Length;
            cellsRows += call.ResponseStream.Current.Columns.Where(c => c.Column == "opens_4w").Sum(c => c.Rows);
        }

        await service.Host.StopAsync();
        Assert.Equal(Taxi.Users * 11, cellsRows);
        Assert.Equal(cellsRows, readings.Sum("feature_service.vectors"));
        Assert.Equal(cellsRows * 5, readings.Sum("feature_service.cells"));
        Assert.Equal(bytes, readings.Sum("feature_service.sent"));
        Assert.Equal(2 * Enumerable.Range(0, Taxi.Users).Sum(user => 5 + (user % 7)), readings.Sum("feature_service.events.scanned"));
        Assert.Equal(8, readings.Of("feature_service.queue.wait").Count(r => r.Tags["feature_service.lane"] == "backfill" && r.Value >= 0));
    }

    [Fact]
    public async Task Each_request_is_timed_as_a_whole_and_by_stage()
    {
        await using var service = await TestService.StartAsync();
        using var readings = new MetricReadings(service.Host.Metrics);

        await service.Vectors.GetFeatureVectorsAsync(Taxi.Get(1), cancellationToken: Cancellation);
        await service.Host.StopAsync();

        var (duration, tags) = Assert.Single(readings.Of("feature_service.request.duration"));
        Assert.Equal("features.v1.FeatureVectorsService/GetFeatureVectors", tags["rpc.method"]);
        Assert.Equal("OK", tags["rpc.response.status_code"]);
        var stages = readings.Of("feature_service.stage.duration");
        Assert.Equal(["admit", "plan", "compute", "reply"], stages.Select(s => s.Tags["feature_service.stage"]));
        Assert.InRange(stages.Sum(s => s.Value), 1e-9, duration);
    }

    [Fact]
    public async Task Requests_are_counted_by_the_reason_of_their_refusal_and_while_they_are_inside()
    {
        using var snapshot = new GatedSnapshot(Taxi.Snapshot, isOpen: false);
        await using var service = await TestService.StartAsync(snapshot, o => o with { RequestsMax = 1, Workers = 1 });
        using var readings = new MetricReadings(service.Host.Metrics);
        var inside = service.Vectors.GetFeatureVectorsAsync(Taxi.Get(1), cancellationToken: Cancellation);
        await snapshot.NextReadAsync();

        await Expect.StatusAsync(
            StatusCode.ResourceExhausted, service.Vectors.GetFeatureVectorsAsync(Taxi.Get(1), cancellationToken: Cancellation));
        readings.Observe();
        snapshot.Open();
        await inside;
        await Expect.StatusAsync(
            StatusCode.InvalidArgument,
            service.Vectors.GetFeatureVectorsAsync(new GetFeatureVectorsRequest(), cancellationToken: Cancellation));
        await service.Host.StopAsync();

        Assert.Equal(["QUEUE_FULL", "INVALID_ARGUMENT"], readings.Of("feature_service.requests.refused").Select(r => r.Tags["error.type"]));
        Assert.Equal([("interactive", 1), ("background", 0)], ByClass(readings, "feature_service.workers.busy"));
        Assert.Equal([("interactive", 1), ("background", 1)], ByClass(readings, "feature_service.workers.limit"));
        Assert.Equal(1, readings.Of("feature_service.requests.active").Single(r => r.Tags["feature_service.lane"] == "interactive").Value);
    }

    [Fact]
    public async Task What_waits_for_a_worker_is_the_queue()
    {
        using var snapshot = new GatedSnapshot(Taxi.Make(1, 16), isOpen: false);
        await using var service = await TestService.StartAsync(snapshot, o => o with { Workers = 1 });
        using var readings = new MetricReadings(service.Host.Metrics);
        using var call = service.Vectors.Backfill(Taxi.Backfill(), cancellationToken: Cancellation);
        await snapshot.NextReadAsync();

        // One slice is with the worker, one behind it, once the request has handed it over.
        await Eventually.TrueAsync(() => service.Host.Queue.WaitingCount(WorkLane.Backfill) > 0, Cancellation);

        readings.Observe();
        snapshot.Open();
        await Received.SlicesAsync(call);

        Assert.Equal(1, readings.Of("feature_service.queue.length").Single(r => r.Tags["feature_service.lane"] == "backfill").Value);
        Assert.Equal(0, readings.Of("feature_service.queue.length").Single(r => r.Tags["feature_service.lane"] == "interactive").Value);
    }

    [Fact]
    public async Task The_documentation_lists_every_metric_as_it_is()
    {
        await using var service = await TestService.StartAsync(change: o => o with { Metrics = "http://127.0.0.1:0", Verify = 1 });
        using var readings = new MetricReadings(service.Host.Metrics);
        await service.Vectors.GetFeatureVectorsAsync(Taxi.Get(1), cancellationToken: Cancellation);
        await Expect.StatusAsync(
            StatusCode.InvalidArgument,
            service.Vectors.GetFeatureVectorsAsync(new GetFeatureVectorsRequest(), cancellationToken: Cancellation));
        // What only a large backfill and a sick Redis bring about.
        var cache = service.Host.Cache.Metrics;
        cache.Asked("miss", 1);
        cache.Filled("kept", 1);
        cache.Moved("read", 1);
        cache.Failed("read", "timeout");
        cache.Chose("cache", "worth", 1);
        cache.Tiled(1);
        readings.Observe();

        var documented = Documentation.Lines("docs/metrics.md").Where(line => line.StartsWith("| `feature_service.", StringComparison.Ordinal))
            .Where(line => line.Split('|').Length > 5).ToArray();
        var scraped = await PrometheusTests.ScrapeAsync(service);

        Assert.Equal(readings.Instruments.Select(i => Row(i, readings, scraped)).Order(), documented.Order());
    }

    private static IEnumerable<(string Class, double Value)> ByClass(MetricReadings readings, string name) =>
        readings.Of(name).Select(r => (r.Tags["feature_service.worker_class"], r.Value));

    private static string Row(Instrument instrument, MetricReadings readings, string scraped)
    {
        var seen = readings.Of(instrument.Name);
        Assert.True(seen.Count > 0, $"{instrument.Name} was never recorded");
        var attributes = string.Join(", ", seen.SelectMany(r => r.Tags.Keys).Distinct().Order().Select(key => $"`{key}`"));
        var kind = instrument switch
        {
            Histogram<double> => "histogram",
            Counter<long> => "counter",
            ObservableUpDownCounter<long> => "up-down counter",
            _ => instrument.GetType().Name,
        };
        var prometheus = instrument.Name.Replace('.', '_')
            + (instrument.Unit is "s" ? "_seconds" : instrument.Unit is "By" ? "_bytes" : "") + (kind == "counter" ? "_total" : "");
        Assert.Matches($"(?m)^{prometheus}(_count)?[{{ ]", scraped);
        return $"| `{instrument.Name}` | `{prometheus}` | {kind} | `{instrument.Unit}` | {attributes}{(attributes.Length > 0 ? " " : "")}| {instrument.Description} |";
    }
}
