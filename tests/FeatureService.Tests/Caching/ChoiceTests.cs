using FeatureService.Caching;
using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;
using FeatureService.Engine.Planning;
using FeatureService.Testing;
using Microsoft.Extensions.Time.Testing;

namespace FeatureService.Tests.Caching;

/// <summary>What <c>auto</c> decides, on a clock and with costs of the test's own.</summary>
public sealed class ChoiceTests
{
    private const string View =
        """
        view: v
        features:
          cheap: count(e) over 4w
          dear: quantile(e.f, 0.9) over 52w
        """;

    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(30, 10, true)]
    [InlineData(29.9, 10, false)]
    [InlineData(1, 3, false)]
    public void A_column_is_cached_where_computing_costs_three_times_fetching(double compute, double fetch, bool isUsed) =>
        Assert.Equal(isUsed, CacheChoice.Of(compute, fetch).IsUsed);

    [Fact]
    public async Task At_the_start_the_models_costs_decide_quantiles_are_cached_and_counts_are_not()
    {
        await using var driver = new CacheDriver(new CacheOptions { Redis = "127.0.0.1:1" }, _time);

        var choices = Grid(driver).Choose(100_000);

        Assert.Equal((false, ChoiceReason.Cheap), (choices[0].IsUsed, choices[0].Reason));
        Assert.Equal((true, ChoiceReason.Worth), (choices[1].IsUsed, choices[1].Reason));
    }

    [Fact]
    public async Task A_column_that_turns_out_to_be_cheap_is_computed_and_one_that_turns_out_to_be_dear_is_cached()
    {
        await using var driver = new CacheDriver(time: _time);
        var grid = Grid(driver);
        var (cheap, dear) = (grid.Plan.Columns[0], grid.Plan.Columns[1]);
        for (var i = 0; i < 30; i++)
        {
            driver.Cache.Costs.Computed(cheap.Fingerprint, cheap.OutputType, 10, 1, 1);
            driver.Cache.Costs.Computed(dear.Fingerprint, dear.OutputType, 0.1, 1, 1);
            driver.Cache.Costs.Decoded(cheap.Fingerprint, cheap.OutputType, 0.1, 0.2);
            driver.Cache.Costs.Decoded(dear.Fingerprint, dear.OutputType, 8, 3);
        }

        Assert.Equal([true, false], grid.Expect(100_000).Select(choice => choice.IsUsed));
    }

    [Fact]
    public async Task A_slow_redis_is_left_alone_and_tried_again_when_some_time_has_passed()
    {
        await using var driver = new CacheDriver(new CacheOptions { Redis = "127.0.0.1:1" }, _time);
        var grid = Grid(driver);
        Assert.True(grid.Expect(100_000)[1].IsUsed);
        for (var i = 0; i < 10; i++)
        {
            driver.Cache.Costs.Fetched(100, 1_000_000, TimeSpan.FromMilliseconds(200));
        }

        Assert.False(grid.Expect(100_000)[1].IsUsed);
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.True(grid.Expect(100_000)[1].IsUsed);
    }

    [Fact]
    public async Task A_busy_machine_makes_reads_no_dearer_than_computing()
    {
        await using var driver = new CacheDriver(new CacheOptions { Redis = "127.0.0.1:1" }, _time);
        var grid = Grid(driver);
        for (var i = 0; i < 30; i++)
        {
            // Tasks and reads alike take ten times as long as they would alone.
            driver.Cache.Costs.Ran(TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(50));
            driver.Cache.Costs.Fetched(100, 1_000_000, TimeSpan.FromMilliseconds(15));
            driver.Cache.Costs.Fetched(4, 10_000, TimeSpan.FromMilliseconds(3));
        }

        Assert.InRange(driver.Cache.Costs.ByteNs, 0.5, 1.5);
        Assert.True(grid.Expect(100_000)[1].IsUsed);
    }

    [Fact]
    public async Task A_long_way_to_redis_is_worth_it_for_large_parts_alone()
    {
        await using var driver = new CacheDriver(new CacheOptions { Redis = "127.0.0.1:1" }, _time);
        var grid = Grid(driver);
        for (var i = 0; i < 30; i++)
        {
            driver.Cache.Costs.Fetched(1, 1_000, TimeSpan.FromMilliseconds(5));
        }

        Assert.True(grid.Expect(3_000_000)[1].IsUsed);
        Assert.False(grid.Expect(10_000)[1].IsUsed);
    }

    [Fact]
    public async Task Few_rows_are_computed_without_a_look_at_what_they_cost()
    {
        await using var driver = new CacheDriver(time: _time);
        Assert.All(Grid(driver).Choose(CachedGrid.AutoRowsMin - 1), choice => Assert.Equal((false, ChoiceReason.Small), (choice.IsUsed, choice.Reason)));
    }

    [Fact]
    public async Task Now_and_then_a_cached_column_is_computed_so_that_its_cost_stays_known()
    {
        await using var driver = new CacheDriver(time: _time);
        var grid = Grid(driver);

        var trials = Enumerable.Range(0, 640).Select(_ => grid.Choose(100_000)).Where(choices => choices[1].Reason == ChoiceReason.Trial).ToList();

        Assert.Equal(10, trials.Count);
        Assert.All(trials, choices => Assert.False(choices[1].IsUsed));
    }

    [Theory]
    [InlineData(CachePolicy.Always, true)]
    [InlineData(CachePolicy.Refresh, true)]
    [InlineData(CachePolicy.Never, false)]
    public async Task Other_policies_decide_by_themselves(CachePolicy policy, bool isUsed)
    {
        await using var driver = new CacheDriver(time: _time);
        var plan = Grid(driver).Plan;
        Assert.All(driver.Open(plan, new WeekRange(2_800, 64), policy).Choose(1), choice => Assert.Equal((isUsed, ChoiceReason.Policy), (choice.IsUsed, choice.Reason)));
    }

    [Fact]
    public void Weeks_are_cut_at_multiples_of_64_and_a_step_leaves_weeks_out_of_the_mask()
    {
        using var metrics = new FeatureService.Telemetry.ServiceMetrics(_time);
        var cache = new BlockCache(new CacheOptions(), 2, new FeatureService.Telemetry.CacheMetrics(metrics), _time);
        var plan = CacheDriver.Plan(new GeneratedSnapshot(3, 1, 10, 1), View);

        var chunks = new CachedGrid(cache, plan, new WeekRange((64 * 40) - 3, 40, 3), CachePolicy.Always, null, 1).Chunks;

        Assert.Equal([(39, 0, 1), (40, 1, 22), (41, 23, 17)], chunks.Select(chunk => (chunk.Number, chunk.First, chunk.Count)));
        Assert.Equal(1UL << 61, chunks[0].Mask);
        Assert.Equal(0x9249249249249249UL, chunks[1].Mask);
        Assert.Equal(17, System.Numerics.BitOperations.PopCount(chunks[2].Mask));
        Assert.Equal([-1, 0], new CachedGrid(cache, plan, new WeekRange(-20, 30), CachePolicy.Always, null, 1).Chunks.Select(chunk => chunk.Number));
    }

    [Fact]
    public void Keeping_takes_four_hundredths_of_the_time_at_most()
    {
        var budget = new FillBudget(workers: 2, _time);
        var spent = 0.0;
        for (var i = 0; i < 10_000; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(10));
            budget.Earn();
            spent += budget.TrySpend(2e6) ? 0.002 : 0;
        }

        Assert.InRange(spent, 0.039 * 200, (0.041 * 200) + FillBudget.Initial.TotalSeconds);
    }

    [Fact]
    public void An_idle_service_saves_nothing_up()
    {
        var budget = new FillBudget(workers: 2, _time);
        _time.Advance(TimeSpan.FromHours(1));
        budget.Earn();
        Assert.True(budget.TrySpend(FillBudget.Initial.TotalSeconds * 1e9));
        Assert.False(budget.TrySpend(1));
    }

    [Fact]
    public void One_burst_does_not_move_a_cost_far_and_a_change_that_stays_does()
    {
        var costs = new FeatureCosts(hasRedis: false, _time);
        costs.Computed("f", ColumnType.Int64, 10, 1, 1);
        Assert.InRange(costs.Of("f", ColumnType.Int64).ComputeRatio!.Value, 1, 4);
        for (var i = 0; i < 20; i++)
        {
            costs.Computed("f", ColumnType.Int64, 10, 1, 1);
        }

        Assert.InRange(costs.Of("f", ColumnType.Int64).ComputeRatio!.Value, 9.9, 10);
        costs.Computed("f", ColumnType.Int64, 1, 0.01, 1);
        Assert.InRange(costs.Of("f", ColumnType.Int64).ComputeRatio!.Value, 9.9, 10);
    }

    private static CachedGrid Grid(CacheDriver driver)
    {
        var plan = CacheDriver.Plan(new GeneratedSnapshot(1_000, 150, 260, 1), View);
        var weeks = new WeekRange(plan.Snapshot.Catalog.Calendar.WeekOf(GeneratedEvents.Start), 260);
        var counts = GridCounts.Of(plan, weeks, [new SliceCount(new Core.Keys.SliceId(0, 0), 1_000)]);
        return new CachedGrid(driver.Cache, plan, weeks, CachePolicy.Auto, PlanCost.Of(plan, counts), 1);
    }
}
