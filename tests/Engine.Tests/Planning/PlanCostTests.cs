using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;
using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Planning;
using FeatureService.Testing;

namespace FeatureService.Engine.Tests.Planning;

public sealed class PlanCostTests
{
    private const string Count = "f: count(a) over 4w";
    private const string Sum = "g: sum(a.x) over 13w";

    private static readonly Catalog Catalog = Catalogs.Of(
        "UTC", Catalogs.Source("a", ("x", ColumnType.Float64), ("s", ColumnType.String)), Catalogs.Source("b", ("x", ColumnType.Float64)));

    private static int FirstWeek => Catalog.Calendar.WeekOfDay(WeekCalendar.DayNumber(new DateOnly(2024, 1, 1)));

    [Fact]
    public void More_weeks_entities_events_or_columns_cost_more()
    {
        var cost = CpuOf(Snapshot(10, 20), 10, [Count]);

        Assert.True(CpuOf(Snapshot(10, 20), 20, [Count]) > cost);
        Assert.True(CpuOf(Snapshot(20, 20), 10, [Count]) > cost);
        Assert.True(CpuOf(Snapshot(10, 40), 10, [Count]) > cost);
        Assert.True(CpuOf(Snapshot(10, 20), 10, [Count, Sum]) > cost);
        Assert.True(CpuOf(Snapshot(10, 20), 10, [Count, Sum]) < cost + CpuOf(Snapshot(10, 20), 10, [Sum]), "what is shared costs once");
    }

    [Theory]
    [InlineData("f: count(a) over 13w", "f: median(a.x) over 13w")]
    [InlineData("f: sum(a.x) over 13w", "f: sum(a.x) over 90d")]
    [InlineData("f: sum(a.x) over 13w", "f: skewness(a.x) over 13w")]
    [InlineData("f: sum(a.x) over 2w", "f: sum(a.x) over 127w")]
    [InlineData("f: count(a) over 13w", "f: count(a where s = 'x' or s = 'y') over 13w")]
    [InlineData("f: count(a) over all", "f: count(a) over last 5 events")]
    [InlineData("f: count(a) over 4w", "f: count(a) over 4w / count(b) over 4w")]
    public void More_work_on_the_same_rows_costs_more(string less, string more) =>
        Assert.True(CpuOf(Snapshot(50, 100), 10, [more]) > CpuOf(Snapshot(50, 100), 10, [less]));

    [Fact]
    public void Shares_add_up_to_all_and_the_dearest_aggregate_has_the_most()
    {
        var plan = PlanOf(Snapshot(50, 100), [Count, Sum, "h: median(a.x) over 13w", "i: 1", "j: f + 1"]);
        var cost = PlanCost.Of(plan, Counts(plan, 10));

        Assert.Equal(3, cost.AggregateShares.Count);
        Assert.InRange(cost.AggregateShares.Sum(), 1 - 1e-9, 1 + 1e-9);
        var dearest = SourceOverview.Of(plan)[0].Aggregates.MaxBy(aggregate => cost.AggregateShares[aggregate.Number])!;
        Assert.StartsWith("quantile(a.x", dearest.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_plan_without_aggregates_costs_its_rows_and_scans_nothing()
    {
        var plan = PlanOf(Snapshot(10, 20), ["f: 1.5"]);
        var cost = PlanCost.Of(plan, Counts(plan, 10));

        Assert.Equal((0, 100, 100), (cost.Events, cost.Rows, cost.Cells));
        Assert.Empty(cost.AggregateShares);
        Assert.True(cost.CpuSeconds > 0);
        Assert.Empty(SourceOverview.Of(plan));
    }

    [Fact]
    public void Of_windows_that_reach_a_part_of_the_events_that_part_is_scanned()
    {
        // Twenty events of an entity, one a day from 2024-01-01 on.
        var plan = PlanOf(Snapshot(10, 20), ["f: count(a) over 1w"]);

        Assert.Equal([10 * 7], GridCounts.Of(plan, new WeekRange(FirstWeek + 1, 1), All(plan)).Scanned);
        Assert.Equal([10 * 20], GridCounts.Of(plan, new WeekRange(FirstWeek + 1, 3), All(plan)).Scanned);
        Assert.Equal([0], GridCounts.Of(plan, new WeekRange(FirstWeek - 9, 1), All(plan)).Scanned);
    }

    [Fact]
    public void Named_entities_have_their_part_of_the_events()
    {
        var plan = PlanOf(Snapshot(10, 20), [Sum]);
        var counts = GridCounts.Of(plan, new WeekRange(FirstWeek + 3, 1), [new SliceCount(new SliceId(0, 0), 5)]);

        Assert.Equal((5, 1), (counts.Entities, counts.Slices));
        Assert.Equal([5 * 20], counts.Scanned);
    }

    [Fact]
    public void Bytes_are_those_of_keys_weeks_statuses_and_values()
    {
        var plan = PlanOf(Snapshot(10, 20), ["f: last(a.s) over 9w", "g: max(a.x) over 9w"]);

        // Key 8, week 4, status 4 + 3, offset 4 and text 3, float64 8.
        Assert.Equal(10 * (8 + 4 + 7 + 7 + 8), PlanCost.Of(plan, Counts(plan, 1)).Bytes);
    }

    [Fact]
    public void An_overview_tells_what_is_read_and_what_is_shared()
    {
        var plan = PlanOf(Snapshot(10, 20),
        [
            "f: sum(a.x where s = 'one') over 4w",
            "g: sum(a.x where s = 'one') over 13w",
            "h: f / (1.0 + g + count(a) over 4w + count(a) over 28d)",
        ]);

        var source = Assert.Single(SourceOverview.Of(plan));

        Assert.Equal(("a", 200), (source.Name, source.Events));
        Assert.Equal(["s", "x"], source.Columns.Order());
        Assert.Equal((4, 3), (source.AggregatesWritten, source.Aggregates.Count));
        Assert.Equal((1, 2, 1, 2), (source.Filters, source.Sets, source.Tiles, source.TileWindows));
        Assert.Equal(["f", "h"], source.Aggregates[0].Columns);
        Assert.Equal(["h"], source.Aggregates[2].Columns);
    }

    [Fact]
    public void The_population_is_one_of_those_who_use_an_aggregate()
    {
        var view = ViewCompiler.Compile("view: v\npopulation: count(a) over 4w > 0\nfeatures:\n  f: count(a) over 4w\n", "v.view.yaml", Catalog).View!;
        var plan = Plan.Create(Snapshot(10, 20), view, view.Columns, view.Population);

        Assert.Equal(["f", view.Population!.Name], Assert.Single(Assert.Single(SourceOverview.Of(plan)).Aggregates).Columns);
    }

    private static double CpuOf(MemorySnapshot snapshot, int weeks, string[] features)
    {
        var plan = PlanOf(snapshot, features);
        return PlanCost.Of(plan, Counts(plan, weeks)).CpuSeconds;
    }

    private static GridCounts Counts(Plan plan, int weeks) => GridCounts.Of(plan, new WeekRange(FirstWeek + 3, weeks), All(plan));

    private static SliceCount[] All(Plan plan) => [new SliceCount(new SliceId(0, 0), plan.Snapshot.EntityCount(new SliceId(0, 0)))];

    private static Plan PlanOf(MemorySnapshot snapshot, string[] features)
    {
        var compiled = ViewCompiler.Compile($"view: v\nfeatures:\n  {string.Join("\n  ", features)}\n", "v.view.yaml", Catalog);
        Assert.Empty(compiled.Diagnostics);
        return Plan.Create(snapshot, compiled.View!, compiled.View!.Columns);
    }

    /// <summary>Entities with an event a day from 2024-01-01 on in the first source, and one event each in the second.</summary>
    private static MemorySnapshot Snapshot(int entities, int days)
    {
        const long Start = 1_704_067_200L * Instants.MicrosPerSecond;
        var keys = Enumerable.Range(0, entities).Select(key => (long)key).ToArray();
        return new MemorySnapshot(
            Catalog,
            new Placement(1, 1),
            [
                [.. keys.SelectMany(key => Enumerable.Range(0, days).Select(day => EventRow.Of(key, Start + (day * Instants.MicrosPerDay), day * 1.5, day % 2 == 0 ? "one" : "two")))],
                [.. keys.Select(key => EventRow.Of(key, Start, 1.5))],
            ]);
    }
}
