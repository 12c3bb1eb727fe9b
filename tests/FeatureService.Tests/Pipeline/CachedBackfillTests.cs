using FeatureService.Caching;
using FeatureService.Contracts.V1;
using FeatureService.Testing;
using FeatureService.Tests.Caching;
using FeatureService.Tests.Support;
using Grpc.Core;
using CachePolicy = FeatureService.Contracts.V1.CachePolicy;

namespace FeatureService.Tests.Pipeline;

/// <summary>Backfills with the cache of a service without Redis: its own memory, the same code.</summary>
public sealed class CachedBackfillTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_same_backfill_again_is_answered_from_the_cache_with_the_same_bytes()
    {
        await using var service = await TestService.StartAsync();
        using var readings = new MetricReadings(service.Host.Metrics);

        var never = await SlicesAsync(service, Request(CachePolicy.Never));
        Assert.Empty(readings.Of("feature_service.cache.blocks"));
        var cold = await SlicesAsync(service, Request(CachePolicy.Always));
        var warm = await SlicesAsync(service, Request(CachePolicy.Always));

        Assert.Equal(never.Select(s => s.End.Checksum), cold.Select(s => s.End.Checksum));
        Assert.Equal(never.Select(s => s.End.Checksum), warm.Select(s => s.End.Checksum));
        var (hits, misses, damaged) = service.Host.Cache.Metrics.Totals;
        // What is found was missing before: of one block of each column that is asked for in vain all others are known to be missing.
        Assert.Equal((hits, 0), (misses, damaged));
        Assert.Equal(0, hits % 40);
        Assert.True(hits > 0);
        Assert.All(never.Concat(cold), s => Assert.True(s.End.HasCachedValues && s.End.CachedValues == 0));
        Assert.All(warm, s => Assert.Equal(5 * s.End.Rows, s.End.CachedValues));
        Assert.Equal(hits, readings.Of("feature_service.cache.blocks").Where(r => r.Tags["feature_service.cache.result"] == "memory").Sum(r => r.Value));
        Assert.Equal(hits, readings.Of("feature_service.cache.fills").Where(r => r.Tags["feature_service.cache.outcome"] == "kept").Sum(r => r.Value));
    }

    [Fact]
    public async Task Rows_that_a_population_leaves_out_are_left_out_of_cached_answers_too()
    {
        await using var service = await TestService.StartAsync();
        var request = Request(CachePolicy.Always);
        request.View = new ViewSelector { Definition = Taxi.View + "\npopulation: opens_4w > 1" };
        var plain = request.Clone();
        plain.CachePolicy = CachePolicy.Never;

        var expected = await SlicesAsync(service, plain);
        await SlicesAsync(service, request);
        var warm = await SlicesAsync(service, request);

        Assert.Equal(expected.Select(s => (s.End.Rows, s.End.Checksum)), warm.Select(s => (s.End.Rows, s.End.Checksum)));
        Assert.True(service.Host.Cache.Metrics.Totals.Hits > 0);
    }

    [Fact]
    public async Task A_slice_that_is_computed_in_parts_is_cached_in_parts()
    {
        // 300 entities in one slice, whose parts hold 128 of them.
        await using var service = await TestService.StartAsync(
            Taxi.Make(1, 1), o => o with { Limits = o.Limits with { PartBytesMax = 450_000 } });

        var cold = await SlicesAsync(service, Request(CachePolicy.Always));
        var warm = await SlicesAsync(service, Request(CachePolicy.Always));

        Assert.Equal(cold.Select(s => s.End.Checksum), warm.Select(s => s.End.Checksum));
        // Three parts of five columns.
        var (hits, misses, _) = service.Host.Cache.Metrics.Totals;
        Assert.Equal((hits, 0), (misses, hits % 15));
        Assert.True(hits > 0);
    }

    [Fact]
    public async Task Small_parts_of_blocks_are_neither_asked_for_nor_kept()
    {
        await using var service = await TestService.StartAsync();
        var few = Request(CachePolicy.Always);
        few.Grid.Weeks = Taxi.Weeks("2024-W10", "2024-W24");
        var named = Request(CachePolicy.Always);
        named.Grid.Keys = Taxi.Keys([.. Enumerable.Range(0, 200).Select(key => (long)key)]);

        await SlicesAsync(service, few);
        await SlicesAsync(service, named);
        await service.Vectors.GetFeatureVectorsAsync(Taxi.Get(1, 2, 3), cancellationToken: Cancellation);

        Assert.Equal((0, 0, 0), service.Host.Cache.Metrics.Totals);
        Assert.Equal(0, service.Host.Cache.State.Blocks);
    }

    [Fact]
    public async Task Of_a_thousand_backfills_of_the_same_at_once_one_computes_each_block()
    {
        await using var service = await TestService.StartAsync(Taxi.Make(1, 1), o => o with { BackfillsMax = 2_000 });
        using var readings = new MetricReadings(service.Host.Metrics);

        var answers = await Task.WhenAll(Enumerable.Range(0, 1_000).Select(_ => SlicesAsync(service, Request(CachePolicy.Always))));

        Assert.Single(answers.Select(slices => slices.Single().End.Checksum).Distinct());
        var kept = readings.Of("feature_service.cache.fills").Where(r => r.Tags["feature_service.cache.outcome"] == "kept").Sum(r => r.Value);
        Assert.Equal(service.Host.Cache.State.Blocks, kept);
    }

    [Fact]
    public async Task An_unknown_policy_is_told()
    {
        await using var service = await TestService.StartAsync();
        using var call = service.Vectors.Backfill(Request((CachePolicy)9), cancellationToken: Cancellation);

        var error = await Assert.ThrowsAsync<RpcException>(() => Received.SlicesAsync(call));

        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Contains("cache_policy: 9 is not known: expected auto, always, never or refresh", error.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_tells_of_each_column_whether_the_cache_is_used_and_why()
    {
        await using var service = await TestService.StartAsync();
        async Task<List<ExplainedCache>> ExplainAsync(CachePolicy policy, string last)
        {
            var request = new ExplainRequest { View = Taxi.Selector, Columns = new ColumnSelector { Labels = true }, Grid = Request(policy).Grid, CachePolicy = policy };
            request.Grid.Weeks = Taxi.Weeks("2024-W01", last);
            return [.. (await service.Views.ExplainAsync(request, cancellationToken: Cancellation)).Cache];
        }

        Assert.All(await ExplainAsync(CachePolicy.Always, "2024-W40"), c => Assert.Equal((true, "as the request says"), (c.Used, c.Reason)));
        Assert.All(await ExplainAsync(CachePolicy.Never, "2024-W40"), c => Assert.Equal((false, "as the request says"), (c.Used, c.Reason)));
        Assert.All(
            await ExplainAsync(CachePolicy.Auto, "2024-W10"),
            c => Assert.Equal((false, "the request has a small part of each block, or few rows"), (c.Used, c.Reason)));
        await using var large = await TestService.StartAsync(Taxi.Make(1, 1));
        var auto = (await large.Views.ExplainAsync(
            new ExplainRequest { View = Taxi.Selector, Grid = new Grid { Weeks = Taxi.Weeks("2024-W01", "2024-W40") } }, cancellationToken: Cancellation)).Cache;
        Assert.Equal(4, auto.Count);
        Assert.All(auto, c => Assert.True(c.ComputeNanoseconds > 0 && c.FetchNanoseconds > 0));
        Assert.All(auto, c => Assert.Equal(c.Used, c.ComputeNanoseconds >= CacheChoice.WorthFactor * c.FetchNanoseconds));
    }

    [Fact]
    public async Task Where_weeks_hold_many_events_a_view_with_other_windows_is_made_of_the_tiles_that_the_first_has_left()
    {
        await using var service = await TestService.StartAsync(DenseEvents.Of(users: 120, weeks: 60, perWeek: 60));
        using var readings = new MetricReadings(service.Host.Metrics);
        BackfillRequest Of(string window, CachePolicy policy) => new()
        {
            View = new ViewSelector { Definition = $"view: v\nfeatures:\n  s: sum(e.f) over {window}\n  m: max(e.i) over {window}\n" },
            Grid = new Grid { Weeks = Taxi.Weeks("2019-W10", "2020-W08") },
            CachePolicy = policy,
        };
        await SlicesAsync(service, Of("9w", CachePolicy.Auto));
        await Eventually.TrueAsync(() => service.Host.Cache.IsSettled, Cancellation);

        var expected = await SlicesAsync(service, Of("4w lag 1w", CachePolicy.Never));
        var scanned = readings.Of("feature_service.events.scanned").Sum(r => r.Value);
        var edited = await SlicesAsync(service, Of("4w lag 1w", CachePolicy.Auto));
        var request = Of("4w lag 1w", CachePolicy.Auto);
        var explained = await service.Views.ExplainAsync(
            new ExplainRequest { View = request.View, Grid = request.Grid, CachePolicy = CachePolicy.Auto }, cancellationToken: Cancellation);

        Assert.Equal(expected.Select(s => s.End.Checksum), edited.Select(s => s.End.Checksum));
        Assert.True(readings.Of("feature_service.cache.tiled").Sum(r => r.Value) > 0);
        Assert.True(readings.Of("feature_service.events.scanned").Sum(r => r.Value) < 2 * scanned);
        // What is made of tiles was computed.
        Assert.All(edited, s => Assert.Equal(0UL, s.End.CachedValues));
        Assert.All(explained.Cache, c => Assert.True(c.TilesUsed && c.TileComputeNanoseconds >= 3 * c.TileFetchNanoseconds && c.TileFetchNanoseconds > 0));
    }

    [Fact]
    public async Task The_status_tells_what_the_cache_holds_and_found()
    {
        await using var service = await TestService.StartAsync();
        await SlicesAsync(service, Request(CachePolicy.Always));
        await SlicesAsync(service, Request(CachePolicy.Always));

        var status = (await service.Cluster.GetStatusAsync(new GetStatusRequest(), cancellationToken: Cancellation)).Cache;

        Assert.Equal("none", status.Redis);
        Assert.Equal((ulong)status.Blocks, status.Hits);
        Assert.Equal((ulong)status.Blocks, status.Misses);
        Assert.True(status.MemoryBytes > 1_000);
    }

    private static BackfillRequest Request(CachePolicy policy)
    {
        var request = Taxi.Backfill();
        request.Grid.Weeks = Taxi.Weeks("2023-W30", "2024-W30");
        request.CachePolicy = policy;
        return request;
    }

    private static async Task<List<ReceivedSlice>> SlicesAsync(TestService service, BackfillRequest request)
    {
        using var call = service.Vectors.Backfill(request, cancellationToken: Cancellation);
        return await Received.SlicesAsync(call);
    }
}
