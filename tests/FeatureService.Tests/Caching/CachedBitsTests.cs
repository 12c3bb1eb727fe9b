using CsCheck;
using FeatureService.Caching;
using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;
using FeatureService.Core.Keys;
using FeatureService.Engine.Planning;
using FeatureService.Testing;
using FeatureService.Testing.Generators;

namespace FeatureService.Tests.Caching;

/// <summary>What comes from the cache has the bits of what is computed, whatever was asked before.</summary>
public sealed class CachedBitsTests
{
    private const string View =
        """
        view: taxi
        features:
          opens_4w: count(app_opens) over 4w
          fares: count_distinct(rides.fare) over 26w
          last_area: last(rides.area) over 13w
          median_km: median(rides.km) over all
          age: days_since_first(app_opens) over all
        labels:
          opens_next: count(app_opens) over next 2w > 0
        """;

    private static readonly Gen<OracleCase> s_cases = CaseGen.Of(rowsMax: 40, depth: 1);

    [Fact]
    public void Random_views_on_random_grids_asked_one_after_the_other() =>
        Gen.Select(s_cases, Gen.Select(Gen.Int[-40, 40], Gen.Int[1, 160], Gen.OneOf(1, 1, 1, 2, 5)).Array[2, 5], Gen.Bool).Sample(
            (oracle, grids, hasPopulation) =>
            {
                var view = oracle.View();
                var population = hasPopulation ? view.Columns.FirstOrDefault(column => column.OutputType == ColumnType.Bool) : null;
                var plan = Plan.Create(oracle.Snapshot(), view, view.Columns, population);
                var driver = new CacheDriver();
                foreach (var (first, count, step) in grids)
                {
                    var weeks = new WeekRange(oracle.Weeks.First + first, count, step);
                    Assert.Equal(
                        CacheDriver.Compute(plan, weeks), driver.ComputeAsync(plan, weeks, CachePolicy.Always).GetAwaiter().GetResult());
                }
            },
            iter: 250);

    [Fact]
    public async Task The_second_time_every_block_is_found_and_nothing_is_computed()
    {
        var driver = new CacheDriver();
        var plan = CacheDriver.Plan(Shop(users: 300, weeks: 100), View);
        var weeks = Weeks(plan, 20, 80);

        var cold = await driver.ComputeAsync(plan, weeks, CachePolicy.Always);
        // 8 slices, 6 columns, 2 or 3 chunks of weeks, one run of entities: all are missing, though one of each column is asked for.
        var blocks = 8 * 6 * driver.Open(plan, weeks, CachePolicy.Always).Chunks.Length;
        Assert.Equal((0, blocks, 0), driver.Totals);
        var warm = await driver.ComputeAsync(plan, weeks, CachePolicy.Always);

        Assert.Equal(cold, warm);
        Assert.Equal((blocks, blocks, 0), driver.Totals);
    }

    [Fact]
    public async Task A_definition_that_another_view_has_too_is_found_and_one_that_was_edited_is_not()
    {
        var driver = new CacheDriver();
        var snapshot = Shop(users: 300, weeks: 100);
        await driver.ComputeAsync(CacheDriver.Plan(snapshot, View), Weeks(CacheDriver.Plan(snapshot, View), 0, 64), CachePolicy.Always);
        var (hits, misses, _) = driver.Totals;
        const string Other = "view: other\nfeatures:\n  distinct: count_distinct(rides.fare) over 26w\n  edited: count(app_opens) over 5w\n";
        var plan = CacheDriver.Plan(snapshot, Other);

        Assert.Equal(CacheDriver.Compute(plan, Weeks(plan, 0, 64)), await driver.ComputeAsync(plan, Weeks(plan, 0, 64), CachePolicy.Always));

        var chunks = driver.Open(plan, Weeks(plan, 0, 64), CachePolicy.Always).Chunks.Length;
        Assert.Equal((hits + (8 * chunks), misses + (8 * chunks), 0), driver.Totals);
    }

    [Fact]
    public async Task Number_types_and_roles_do_not_share_blocks()
    {
        var driver = new CacheDriver();
        var snapshot = Shop(users: 100, weeks: 70);
        const string Own = "view: a\nfeatures:\n  x: sum(rides.km) over 13w\n";
        foreach (var view in new[] { Own, Own + "numbers: float32\n", "view: b\nfeatures:\n  n: count(rides) over 1w\nlabels:\n  x: sum(rides.km) over 13w\n" })
        {
            var plan = CacheDriver.Plan(snapshot, view);
            var weeks = Weeks(plan, 0, 40);
            Assert.Equal(CacheDriver.Compute(plan, weeks), await driver.ComputeAsync(plan, weeks, CachePolicy.Always));
        }

        Assert.Equal(0, driver.Totals.Hits);
    }

    [Fact]
    public async Task After_an_append_the_blocks_stay_that_saw_none_of_the_new_events()
    {
        // The same events and, in the second snapshot, later ones: of the same users, and of users whose keys are greater.
        var (before, after) = (Shop(users: 300, weeks: 190), Shop(users: 300, weeks: 200, moreUsers: 20));
        var driver = new CacheDriver();
        var (first, second) = (CacheDriver.Plan(before, View), CacheDriver.Plan(after, View));
        var weeks = Weeks(first, 0, 200);
        await driver.ComputeAsync(first, weeks, CachePolicy.Always);
        var misses = driver.Totals.Misses;

        var appended = await driver.ComputeAsync(second, weeks, CachePolicy.Always);

        Assert.Equal(CacheDriver.Compute(second, weeks), appended);
        var (hits, missesNow, damaged) = driver.Totals;
        var chunks = driver.Open(first, weeks, CachePolicy.Always).Chunks;
        // Chunks that end before the new events are found for slices without a new user, and so are labels that were mature.
        var untouched = chunks.Count(chunk => ((chunk.Number + 1) * BlockKey.ChunkWeeks) + 2 <= (first.Snapshot.Catalog.Calendar.WeekOf(ShopStart) + 190) / 16 * 16);
        Assert.InRange(untouched, 2, 3);
        var sameSlices = CacheDriver.Slices(before).Count(slice => before.EntityCount(slice) == after.EntityCount(slice));
        Assert.True(hits >= sameSlices * 6 * untouched, $"{hits} hits in {sameSlices} slices");
        Assert.True(missesNow > misses);
        Assert.Equal(0, damaged);
    }

    [Fact]
    public async Task A_label_that_has_matured_is_computed_again_and_one_that_was_mature_is_not()
    {
        const string Label = "view: l\nfeatures:\n  n: count(app_opens) over 1w\nlabels:\n  y: count(app_opens) over next 2w\n";
        var calendar = Catalogs.Weeks("UTC");
        var week = calendar.WeekOf(ShopStart);
        // No event is new, but the data are known to be whole for some weeks more.
        var (before, after) = (Shop(users: 50, weeks: 150, completeWeeks: 150), Shop(users: 50, weeks: 150, completeWeeks: 160));
        var driver = new CacheDriver();
        var weeks = new WeekRange(week, 170);
        await driver.ComputeAsync(CacheDriver.Plan(before, Label), weeks, CachePolicy.Always);
        var (hitsBefore, _, _) = driver.Totals;

        var plan = CacheDriver.Plan(after, Label);
        Assert.Equal(CacheDriver.Compute(plan, weeks), await driver.ComputeAsync(plan, weeks, CachePolicy.Always));

        // The feature is found whole, the label but for the chunk whose weeks have matured.
        var grid = driver.Open(plan, weeks, CachePolicy.Always);
        var matured = grid.Chunks.Count(chunk => chunk.Number <= (week + 158) / 64 && (chunk.Number + 1) * 64 > week + 148);
        Assert.Equal(8 * ((2 * grid.Chunks.Length) - matured), driver.Totals.Hits - hitsBefore);
    }

    [Fact]
    public async Task Fewer_weeks_are_taken_from_blocks_with_more_and_more_weeks_replace_them()
    {
        var driver = new CacheDriver();
        var plan = CacheDriver.Plan(Shop(users: 100, weeks: 70), "view: a\nfeatures:\n  x: median(rides.km) over 13w\n");
        var first = (plan.Snapshot.Catalog.Calendar.WeekOf(ShopStart) / 64 * 64) + 64;
        await driver.ComputeAsync(plan, new WeekRange(first, 40), CachePolicy.Always);

        var fewer = new WeekRange(first + 3, 18, 2);
        Assert.Equal(CacheDriver.Compute(plan, fewer), await driver.ComputeAsync(plan, fewer, CachePolicy.Always));
        Assert.Equal((8, 8), (driver.Totals.Hits, driver.Totals.Misses));

        var more = new WeekRange(first, 64);
        Assert.Equal(CacheDriver.Compute(plan, more), await driver.ComputeAsync(plan, more, CachePolicy.Always));
        Assert.Equal(CacheDriver.Compute(plan, more), await driver.ComputeAsync(plan, more, CachePolicy.Always));
        Assert.Equal(CacheDriver.Compute(plan, fewer), await driver.ComputeAsync(plan, fewer, CachePolicy.Always));
    }

    [Fact]
    public async Task Refresh_asks_for_nothing_and_keeps_everything()
    {
        var driver = new CacheDriver();
        var plan = CacheDriver.Plan(Shop(users: 100, weeks: 70), View);

        await driver.ComputeAsync(plan, Weeks(plan, 0, 40), CachePolicy.Refresh);
        await driver.ComputeAsync(plan, Weeks(plan, 0, 40), CachePolicy.Refresh);
        Assert.Equal((0, 0, 0), driver.Totals);
        await driver.ComputeAsync(plan, Weeks(plan, 0, 40), CachePolicy.Always);

        Assert.Equal(0, driver.Totals.Misses);
    }

    [Fact]
    public async Task A_column_with_cells_in_error_is_not_kept_and_tells_them_each_time()
    {
        const string Overflow = "view: o\nfeatures:\n  x: sum(rides.fare * 92233720368547758) over 26w\n  n: count(rides) over 4w\n";
        var driver = new CacheDriver();
        var plan = CacheDriver.Plan(Shop(users: 100, weeks: 70), Overflow);
        var expected = CacheDriver.Compute(plan, Weeks(plan, 0, 40));

        Assert.Equal(expected, await driver.ComputeAsync(plan, Weeks(plan, 0, 40), CachePolicy.Always));
        Assert.Equal(expected, await driver.ComputeAsync(plan, Weeks(plan, 0, 40), CachePolicy.Always));

        Assert.True(driver.Totals.Hits > 0);
        Assert.True(driver.Totals.Misses > 8 * 2);
    }

    [Fact]
    public async Task Of_those_who_ask_for_the_same_at_once_one_computes()
    {
        var driver = new CacheDriver();
        var plan = CacheDriver.Plan(Shop(users: 100, weeks: 70), View);
        var grid = driver.Open(plan, Weeks(plan, 0, 40), CachePolicy.Always);
        var slice = new SliceId(0, 0);
        using var leader = new PartBlocks(grid, slice);
        leader.Prepare(null);
        await leader.ProbeAsync(TestContext.Current.CancellationToken);
        var others = Enumerable.Range(0, 20).Select(_ => CacheDriver.ComputeAsync(grid, slice)).ToArray();

        // They all wait: the leader has not kept anything yet.
        Assert.DoesNotContain(others, other => other.IsCompleted);
        // Its request ends before it has computed anything: one of those that wait takes over.
        leader.Dispose();
        var bits = await Task.WhenAll(others);

        Assert.All(bits, b => Assert.Equal(bits[0], b));
        // Each asks for one block of every column at first; only the leader and the one that took over miss them for good.
        Assert.Equal(19 * 6 * grid.Chunks.Length, driver.Totals.Hits);
    }

    private static readonly long ShopStart = new DateTime(2019, 1, 7, 0, 0, 0, DateTimeKind.Utc).Subtract(DateTime.UnixEpoch).Ticks / 10;

    private static WeekRange Weeks(Plan plan, int first, int count) => new(plan.Snapshot.Catalog.Calendar.WeekOf(ShopStart) + first, count);

    /// <summary>Users who open an app and ride each week; more weeks are more events of the same, and more users have greater keys.</summary>
    private static MemorySnapshot Shop(int users, int weeks, int moreUsers = 0, int? completeWeeks = null)
    {
        var (opens, rides) = (new List<EventRow>(), new List<EventRow>());
        for (var user = 0L; user < users + moreUsers; user++)
        {
            for (var week = user < users ? 0 : weeks - 5; week < weeks; week += 1 + (int)(user % 3))
            {
                var at = ShopStart + (week * 7 * Instants.MicrosPerDay) + (((user * 31) + week) % 160 * Instants.MicrosPerHour);
                opens.Add(EventRow.Of(user, at));
                rides.Add(EventRow.Of(
                    user, at, at, ((user * 7) + week) % 40, week % 4 == 0 ? null : week * 0.5, week % 5 == 0 ? null : $"area {week % 7}", week % 2 == 0, 19_800));
            }
        }

        var complete = completeWeeks is { } known ? ShopStart + (known * 7 * Instants.MicrosPerDay) : (long?)null;
        return new MemorySnapshot(Catalogs.Taxi("UTC"), new Placement(2, 4), [opens, rides], [complete, complete]);
    }
}
