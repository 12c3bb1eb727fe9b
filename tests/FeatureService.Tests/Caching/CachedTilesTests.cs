using CsCheck;
using FeatureService.Caching;
using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;
using FeatureService.Core.Keys;
using FeatureService.Engine.Planning;
using FeatureService.Testing;
using FeatureService.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace FeatureService.Tests.Caching;

/// <summary>Tile arrays in the cache: found after an edit, with the same bits, and only where weeks hold many events.</summary>
public sealed class CachedTilesTests
{
    /// <summary>A machine on which computing is so slow that everything pays.</summary>
    private const double Slow = 1e9;

    private static readonly string[] s_aggregates =
    [
        "count(e)", "sum(e.f)", "avg(e.f where e.i > 2)", "min(e.f)", "max(e.i)", "sum(e.i)", "stddev_pop(e.f)", "skewness(e.f)", "slope(e.f)",
        "decayed_sum(e.f, 9d)", "count_distinct(e.i)",
    ];

    private static readonly MemorySnapshot s_dense = DenseEvents.Of(users: 150, weeks: 90, perWeek: 12);

    [Fact]
    public void Random_edits_of_views_on_random_grids_asked_one_after_the_other() =>
        Gen.Select(
            Gen.Select(Gen.Int[0, s_aggregates.Length - 1].Array[1, 4], Gen.Int[1, 70], Gen.Int[0, 3], Gen.Int[-20, 60], Gen.Int[16, 90], Gen.OneOf(1, 1, 3)).Array[3, 6],
            Gen.OneOf(CachePolicy.Auto, CachePolicy.Always, CachePolicy.Refresh),
            Gen.Bool).Sample(
            (requests, policy, hasPopulation) =>
            {
                var driver = new CacheDriver();
                foreach (var (aggregates, window, lag, first, count, step) in requests)
                {
                    var plan = CacheDriver.Plan(s_dense, View(aggregates.Select(i => s_aggregates[i]), $"{window}w{(lag > 0 ? $" lag {lag}w" : "")}", hasPopulation), hasPopulation);
                    var weeks = Weeks(plan, first, count, step);
                    var grid = driver.OpenEstimated(plan, weeks, policy, Slow);
                    Assert.Equal(CacheDriver.Compute(plan, weeks), CacheDriver.ComputeAsync(grid).GetAwaiter().GetResult());
                }
            },
            iter: 60);

    [Fact]
    public async Task An_edited_window_is_made_of_the_tiles_that_the_view_before_has_left()
    {
        var driver = new CacheDriver();
        using var readings = new MetricReadings(driver.Metrics);
        var (before, after) = (PlanOf(s_dense, s_aggregates[..^1], "26w"), PlanOf(s_dense, s_aggregates[..^1], "13w lag 1w"));
        var weeks = Weeks(before, 30, 50);
        await CacheDriver.ComputeAsync(driver.OpenEstimated(before, weeks, CachePolicy.Auto, Slow));
        Assert.Empty(readings.Of("feature_service.cache.tiled"));

        var grid = driver.OpenEstimated(after, weeks, CachePolicy.Auto, Slow);
        var bits = await CacheDriver.ComputeAsync(grid);

        Assert.Equal(CacheDriver.Compute(after, weeks), bits);
        // Every column of every chunk of weeks in each of eight slices.
        Assert.Equal(8L * (s_aggregates.Length - 1) * grid.Chunks.Length, readings.Of("feature_service.cache.tiled").Sum(r => r.Value));
        Assert.Equal(8L * grid.Tiles!.Arrays.Length, readings.Of("feature_service.cache.choices").Where(r => "tiles".Equals(r.Tags["feature_service.cache.choice"])).Sum(r => r.Value) / 2);
    }

    [Fact]
    public async Task A_feature_that_shares_a_tile_is_made_of_it_beside_one_that_needs_events()
    {
        var driver = new CacheDriver();
        using var readings = new MetricReadings(driver.Metrics);
        var before = PlanOf(s_dense, ["sum(e.f)"], "26w");
        var weeks = Weeks(before, 30, 50);
        await CacheDriver.ComputeAsync(driver.OpenEstimated(before, weeks, CachePolicy.Always, Slow));
        const string Edited = "view: other\nfeatures:\n  mean: avg(e.f) over 8w\n  kinds: count_distinct(e.i) over 8w\npopulation: mean > 0.4\n";

        var plan = CacheDriver.Plan(s_dense, Edited, hasPopulation: true);
        var grid = driver.OpenEstimated(plan, weeks, CachePolicy.Always, Slow);

        Assert.Equal(CacheDriver.Compute(plan, weeks), await CacheDriver.ComputeAsync(grid));
        Assert.Equal(8L * grid.Chunks.Length, readings.Of("feature_service.cache.tiled").Sum(r => r.Value));
    }

    [Fact]
    public async Task After_an_append_the_tiles_stay_of_weeks_that_hold_none_of_the_new_events()
    {
        var driver = new CacheDriver();
        using var readings = new MetricReadings(driver.Metrics);
        var (before, after) = (PlanOf(s_dense, ["sum(e.f)"], "20w"), PlanOf(DenseEvents.Of(users: 150, weeks: 200, perWeek: 12, lateFrom: 195), ["sum(e.f)"], "10w"));
        var weeks = Weeks(before, 0, 200);
        await CacheDriver.ComputeAsync(driver.OpenEstimated(before, weeks, CachePolicy.Always, Slow));

        var grid = driver.OpenEstimated(after, weeks, CachePolicy.Always, Slow);
        Assert.Equal(CacheDriver.Compute(after, weeks), await CacheDriver.ComputeAsync(grid));

        var tiled = readings.Of("feature_service.cache.tiled").Sum(r => r.Value);
        Assert.InRange(tiled, 8, 8L * (grid.Chunks.Length - 1));
    }

    [Fact]
    public async Task Weeks_of_many_events_pay_and_weeks_of_few_do_not()
    {
        var driver = new CacheDriver();
        var sparse = PlanOf(DenseEvents.Of(users: 150, weeks: 90, perWeek: 1), ["sum(e.f)"], "26w");
        var dense = PlanOf(DenseEvents.Of(users: 20, weeks: 40, perWeek: 120), ["sum(e.f)"], "26w");

        var few = driver.OpenEstimated(sparse, Weeks(sparse, 30, 50), CachePolicy.Auto, 1).Tiles!;
        var many = driver.OpenEstimated(dense, Weeks(dense, 0, 40), CachePolicy.Auto, 1).Tiles!;

        Assert.Equal((0, 2), (few.Arrays.Length, few.KnownCount));
        Assert.Equal((2, 2), (many.Arrays.Length, many.KnownCount));
        Assert.Equal(ChoiceReason.Cheap, few.ChoiceOf(0)!.Value.Reason);
        Assert.True(many.ChoiceOf(0) is { IsUsed: true } choice && choice.ComputeNs >= CacheChoice.WorthFactor * choice.FetchNs);
        await CacheDriver.ComputeAsync(driver.OpenEstimated(sparse, Weeks(sparse, 30, 50), CachePolicy.Auto, 1));
        Assert.Equal((0, 0), (driver.Totals.Hits, driver.Cache.State.Blocks));
    }

    [Fact]
    public async Task Tiles_that_were_dear_to_decode_once_are_tried_again_when_some_time_has_passed()
    {
        var time = new FakeTimeProvider();
        await using var driver = new CacheDriver(time: time);
        var plan = PlanOf(DenseEvents.Of(users: 20, weeks: 40, perWeek: 120), ["sum(e.f)"], "26w");
        var weeks = Weeks(plan, 0, 40);
        var sums = driver.OpenEstimated(plan, weeks, CachePolicy.Auto, 1).Tiles!.Arrays[1];

        driver.Cache.Costs.Decoded(TileGrid.CostName(sums, 0), ColumnType.Float64, 8, 10_000);
        Assert.Empty(driver.OpenEstimated(plan, weeks, CachePolicy.Auto, 1).Tiles!.Arrays);
        time.Advance(TimeSpan.FromMinutes(30));

        Assert.Equal(2, driver.OpenEstimated(plan, weeks, CachePolicy.Auto, 1).Tiles!.Arrays.Length);
    }

    [Fact]
    public async Task Windows_that_reach_further_than_any_calendar_are_made_of_events()
    {
        await using var driver = new CacheDriver();
        var plan = CacheDriver.Plan(s_dense, "view: v\nfeatures:\n  x: sum(e.f) over 52178w\n  y: sum(e.f) over 4w\n");
        var grid = driver.OpenEstimated(plan, Weeks(plan, 30, 20), CachePolicy.Auto, Slow);

        Assert.Equal(CacheDriver.Compute(plan, Weeks(plan, 30, 20)), await CacheDriver.ComputeAsync(grid));
        Assert.Null(grid.Tiles!.ChoiceOf(0));
        Assert.NotNull(grid.Tiles.ChoiceOf(1));
    }

    [Fact]
    public async Task Without_an_estimate_and_where_the_policy_says_never_there_are_no_tiles()
    {
        await using var driver = new CacheDriver();
        var plan = PlanOf(s_dense, ["sum(e.f)"], "26w");

        Assert.Null(driver.Open(plan, Weeks(plan, 30, 50), CachePolicy.Always).Tiles);
        Assert.Null(driver.OpenEstimated(plan, Weeks(plan, 30, 50), CachePolicy.Never, Slow).Tiles);
    }

    [Fact]
    public async Task A_damaged_tile_is_counted_and_its_columns_are_computed_and_kept_again()
    {
        var driver = new CacheDriver();
        var (before, after) = (PlanOf(s_dense, ["sum(e.f)"], "26w"), PlanOf(s_dense, ["sum(e.f)"], "13w"));
        var weeks = Weeks(before, 30, 50);
        await CacheDriver.ComputeAsync(driver.OpenEstimated(before, weeks, CachePolicy.Always, Slow));
        var grid = driver.OpenEstimated(after, weeks, CachePolicy.Always, Slow);
        var keys = s_dense.Slice(new SliceId(0, 0)).Keys;
        var names = BlockNames.OfTiles(grid.Tiles!, new SliceId(0, 0), 1, 0, [BlockNames.HashOf(keys, 0, keys.Count)])!;
        driver.Cache.Keep(names[0][0], new Block(1, 1, Column.Of<double>(ColumnType.Float64, [1.0])));

        Assert.Equal(CacheDriver.Compute(after, weeks), await CacheDriver.ComputeAsync(grid));
        Assert.Equal(1, driver.Totals.Damaged);
        var again = PlanOf(s_dense, ["sum(e.f)"], "12w");
        Assert.Equal(CacheDriver.Compute(again, weeks), await CacheDriver.ComputeAsync(driver.OpenEstimated(again, weeks, CachePolicy.Always, Slow)));
        Assert.Equal(1, driver.Totals.Damaged);
    }

    [Fact]
    public async Task Where_there_is_no_room_for_tables_everything_is_made_of_events()
    {
        var driver = new CacheDriver(new CacheOptions { PendingBytesMax = 1_000 });
        using var readings = new MetricReadings(driver.Metrics);
        var plan = PlanOf(s_dense, ["sum(e.f)"], "26w");
        var weeks = Weeks(plan, 30, 50);

        Assert.Equal(CacheDriver.Compute(plan, weeks), await CacheDriver.ComputeAsync(driver.OpenEstimated(plan, weeks, CachePolicy.Always, Slow)));

        Assert.True(readings.Of("feature_service.cache.fills").Where(r => "dropped".Equals(r.Tags["feature_service.cache.outcome"])).Sum(r => r.Value) > 0);
        Assert.Equal(0, driver.Cache.State.Blocks);
        // All that was reserved has been given back.
        Assert.True(driver.Cache.TryReserve(1_000));
    }

    private static string View(IEnumerable<string> aggregates, string window, bool hasPopulation = false) =>
        "view: v\nfeatures:\n" + string.Concat(aggregates.Select((text, i) => $"  x{i}: {text} over {window}\n"))
        + (hasPopulation ? "population: count(e where e.i = 1) over 3w > 0\n" : "");

    private static Plan PlanOf(MemorySnapshot snapshot, string[] aggregates, string window) => CacheDriver.Plan(snapshot, View(aggregates, window));

    private static WeekRange Weeks(Plan plan, int first, int count, int step = 1) => new(plan.Snapshot.Catalog.Calendar.WeekOf(DenseEvents.Start) + first, count, step);
}
