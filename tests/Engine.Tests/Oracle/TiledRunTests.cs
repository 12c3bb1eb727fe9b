using CsCheck;
using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;
using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Execution;
using FeatureService.Engine.Planning;
using FeatureService.Engine.Snapshots;
using FeatureService.Testing;
using FeatureService.Testing.Generators;

namespace FeatureService.Engine.Tests.Oracle;

/// <summary>Columns that are made of tile arrays, which another run has worked out, have the bits of those that are made of events.</summary>
public sealed class TiledRunTests
{
    private static readonly Gen<OracleCase> s_cases = CaseGen.Of(rowsMax: 60, depth: 1);

    private static readonly Gen<(int Weeks, int Before, int Behind, int FirstPart, bool HasPopulation)> s_cuts =
        Gen.Select(Gen.Int[1, 120], Gen.Int[0, 60], Gen.Int[0, 10], Gen.Int[0, 120], Gen.Bool);

    [Fact]
    public void Random_views_on_random_weeks_from_tiles_that_a_run_on_other_weeks_left()
    {
        var made = 0;
        Gen.Select(s_cases, s_cuts).Sample(
            (oracle, cut) =>
            {
                var view = oracle.View();
                var population = cut.HasPopulation ? view.Columns.FirstOrDefault(column => column.OutputType == ColumnType.Bool) : null;
                var plan = Plan.Create(oracle.Snapshot(), view, view.Columns, population);
                var range = oracle.Weeks with { Count = cut.Weeks };
                var wide = new WeekRange(range.First - cut.Before, cut.Before + range.Last - range.First + 1 + cut.Behind);
                Expected.Equal(plan, Answer.OfGrid(plan, range), [.. Answer.Slices(plan).SelectMany(slice =>
                {
                    var (rows, columns) = Tiled(plan, plan, slice, wide, range, Math.Min(cut.FirstPart, cut.Weeks));
                    Interlocked.Add(ref made, columns);
                    return rows;
                })]);
            },
            iter: 400);
        Assert.True(made > 100, $"{made} columns were made of tiles");
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(7, 3)]
    public void Every_aggregate_that_tiles_are_made_for_from_an_edited_view_s_tiles(int step, int firstPart)
    {
        var snapshot = new GeneratedSnapshot(230, 3, 120, 1);
        string[] aggregates =
        [
            "count(e)", "count(e.f)", "sum(e.f)", "avg(e.f)", "min(e.f)", "max(e.f)", "sum(e.i)", "avg(e.i)", "min(e.i)", "max(e.i)", "stddev_pop(e.f)", "var_samp(e.i)",
            "skewness(e.f)", "kurtosis(e.f)", "slope(e.f)", "decayed_sum(e.f, 10d)", "sum(e.f where e.i > 3)", "count(e where e.f > 0.2)", "sum(e.f * 2)",
        ];
        var (first, edited) = (View(aggregates, "9w"), View(aggregates, "26w lag 1w"));
        var weeks = new WeekRange(snapshot.Catalog.Calendar.WeekOf(GeneratedEvents.Start) + 30, 60 / step, step);
        var wide = new WeekRange(weeks.First - 30, 100);
        var (before, after) = (PlanOf(snapshot, first), PlanOf(snapshot, edited));

        var (rows, columns) = Tiled(before, after, new SliceId(0, 0), wide, weeks, firstPart);

        Assert.Equal(aggregates.Length * (firstPart > 0 ? 2 : 1), columns);
        Expected.Equal(after, Answer.OfGrid(after, weeks), rows);
    }

    [Theory]
    [InlineData("sum(e.f) over all")]
    [InlineData("sum(e.f) over 90d")]
    [InlineData("sum(e.f) over last 3 events")]
    [InlineData("last(e.f) over 4w")]
    [InlineData("count_distinct(e.i) over 4w")]
    [InlineData("min(e.s) over 4w")]
    [InlineData("median(e.f) over 4w")]
    public void What_depends_on_more_than_whole_weeks_of_states_needs_events(string definition)
    {
        var snapshot = new GeneratedSnapshot(5, 3, 20, 1);
        var plan = PlanOf(snapshot, $"view: v\nfeatures:\n  x: {definition}\n");

        Assert.Null(Assert.Single(plan.TiledOn(new WeekRange(snapshot.Catalog.Calendar.WeekOf(GeneratedEvents.Start), 20))));
    }

    [Fact]
    public void Features_that_share_source_filter_and_expression_share_arrays_and_others_do_not()
    {
        var snapshot = new GeneratedSnapshot(5, 3, 20, 1);
        string[] definitions =
        [
            "sum(e.f) over 4w", "avg(e.f) over 13w lag 1w", "sum(e.f where e.i > 1) over 4w", "sum(e.f * 2) over 4w", "min(e.f) over 4w", "count(e.f) over 8w", "count(e) over 8w",
        ];
        var plan = PlanOf(snapshot, "view: v\nfeatures:\n" + string.Concat(definitions.Select((text, i) => $"  x{i}: {text}\n")));
        var arrays = plan.TiledOn(new WeekRange(snapshot.Catalog.Calendar.WeekOf(GeneratedEvents.Start), 20))
            .Select(column => column!.Arrays.Select(array => array.Fingerprint).ToArray()).ToArray();

        Assert.Equal(arrays[0], arrays[1]);
        Assert.Equal(arrays[0][0], arrays[5][0]);
        Assert.Equal(arrays[0][0], arrays[4][0]);
        Assert.Empty(arrays[0].Intersect(arrays[2]));
        Assert.Empty(arrays[0].Intersect(arrays[3].Skip(1)));
        Assert.NotEqual(arrays[0][1], arrays[4][1]);
        Assert.NotEqual(arrays[5][0], arrays[6][0]);
    }

    [Fact]
    public void Features_of_events_that_become_known_later_need_events_and_their_labels_do_not()
    {
        var catalog = Catalogs.Taxi("UTC");
        var view = ViewCompiler.Compile("view: v\nfeatures:\n  n: sum(rides.km) over 4w\nlabels:\n  y: sum(rides.km) over next 4w\n", "v.view.yaml", catalog).View!;
        var plan = Plan.Create(new MemorySnapshot(catalog, new Placement(1, 1), [[], []]), view, view.Columns);

        var tiled = plan.TiledOn(new WeekRange(2_800, 20));

        Assert.Null(tiled[0]);
        Assert.Equal((0, 4), (tiled[1]!.FirstOffset, tiled[1]!.EndOffset));
    }

    [Fact]
    public void A_sum_of_a_week_beyond_64_bits_and_events_in_error_spoil_their_arrays_alone()
    {
        var catalog = Catalogs.Of("UTC", Catalogs.Source("a", ("x", ColumnType.Int64)));
        var week = catalog.Calendar.WeekOfDay(WeekCalendar.DayNumber(new DateOnly(2024, 3, 4)));
        var rows = new[] { long.MaxValue, 1 }.Select(value => EventRow.Of(1L, catalog.Calendar.Cutoff(week) + 1, value));
        var snapshot = new MemorySnapshot(catalog, new Placement(1, 1), [[.. rows]]);
        var plan = PlanOf(snapshot, "view: v\nfeatures:\n  s: sum(a.x) over 3w\n  e: sum(a.x * 2) over 3w\n  n: max(a.x) over 3w\n");
        var weeks = new WeekRange(week, 6);
        using var table = Work(plan, new SliceId(0, 0), weeks);
        var spoilt = table.Arrays.Select((array, i) => (array.Fingerprint, Is: table.IsSpoilt(i))).ToDictionary(pair => pair.Fingerprint, pair => pair.Is);
        var columns = plan.TiledOn(weeks);

        Assert.Equal([false, true], columns[0]!.Arrays.Select(array => spoilt[array.Fingerprint]));
        Assert.Equal([true, true], columns[1]!.Arrays.Select(array => spoilt[array.Fingerprint]));
        Assert.Equal([false, false], columns[2]!.Arrays.Select(array => spoilt[array.Fingerprint]));
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(1, 0)]
    public void An_overflow_in_a_row_that_the_population_leaves_out_is_nobody_s(int ridesMin, int errors)
    {
        // Each week's sum fits 64 bits, and that of two weeks does not: no array is spoilt.
        var catalog = Catalogs.Of("UTC", Catalogs.Source("a", ("x", ColumnType.Int64)), Catalogs.Source("rides"));
        var week = catalog.Calendar.WeekOfDay(WeekCalendar.DayNumber(new DateOnly(2024, 3, 4)));
        var rows = new[] { 0, 1 }.Select(later => EventRow.Of(1L, catalog.Calendar.Cutoff(week + later) + 1, long.MaxValue));
        var snapshot = new MemorySnapshot(catalog, new Placement(1, 1), [[.. rows], []]);
        var view = ViewCompiler.Compile(
            $"view: v\nfeatures:\n  s: sum(a.x) over 4w\n  there: count(rides) over 4w >= {ridesMin}\npopulation: there\n", "v.view.yaml", catalog).View!;
        var plan = Plan.Create(snapshot, view, view.Columns, view.Population);
        var weeks = new WeekRange(week, 6);

        var (tiled, columns) = Tiled(plan, plan, new SliceId(0, 0), new WeekRange(week - 20, 40), weeks, 0);

        Assert.True(columns > 0);
        Expected.Equal(plan, Answer.OfGrid(plan, weeks), tiled);
        Assert.Equal(errors, tiled.Count(row => Equals(row.Values[0], Bits.Of(Bits.OverflowMark))));
    }

    private static string View(string[] aggregates, string window) =>
        "view: v\nfeatures:\n" + string.Concat(aggregates.Select((text, i) => $"  x{i}: {text} over {window}\n"));

    private static Plan PlanOf(ISnapshot snapshot, string text)
    {
        var bound = ViewCompiler.Compile(text, "v.view.yaml", snapshot.Catalog);
        Assert.True(bound.View is not null, string.Join('\n', bound.Diagnostics));
        return Plan.Create(snapshot, bound.View, bound.View.Columns);
    }

    /// <summary>The arrays that a run of a plan works out.</summary>
    private static TileTable Work(Plan plan, SliceId slice, WeekRange weeks)
    {
        TileWeeks[] worked = [.. plan.TilesOn(weeks)];
        var first = worked.Select(tiles => tiles.FirstWeek).Append(weeks.First).Min() - 1_100;
        var table = new TileTable(
            [.. worked.Select(tiles => tiles.Array)], first, weeks.Last + 1_100 - first, plan.Snapshot.Slice(slice).Keys.Count, isGiven: false);
        using var run = RowsRun.OfSlice(plan, slice, weeks, null, [new WeekPart(plan, 0, weeks.Count, table)]);
        Run(run);
        return table;
    }

    /// <summary>A slice whose columns are made of tiles where they can be, and how many were, the weeks cut in two.</summary>
    private static (List<AnswerRow> Rows, int Columns) Tiled(Plan before, Plan plan, SliceId slice, WeekRange wide, WeekRange weeks, int firstPart)
    {
        using var worked = Work(before, slice, wide);
        var there = before.TilesOn(wide).ToDictionary(tiles => tiles.Array.Fingerprint);
        var (parts, tables, made) = (new List<WeekPart>(), new List<TileTable>(), 0);
        foreach (var (first, count) in new[] { (0, firstPart), (firstPart, weeks.Count - firstPart) }.Where(part => part.Item2 > 0))
        {
            var part = new WeekRange(weeks[first], count, weeks.Step);
            var tiled = plan.TiledOn(part).Select(column => column is not null && column.Arrays.All(array => Has(there, worked, array, part, column)) ? column : null).ToArray();
            made += tiled.Count(column => column is not null);
            parts.Add(new WeekPart(plan.Computing([.. tiled.Select(column => column is null)]), first, count));
            if (tiled.Any(column => column is not null))
            {
                tables.Add(Given(worked, [.. tiled.OfType<TiledColumn>()], part));
                parts.Add(new WeekPart(plan.Computing([.. tiled.Select(column => column is not null)], hasPopulation: false), first, count, tables[^1]));
            }
        }

        var rows = Answer.OfRun(plan, RowsRun.OfSlice(plan, slice, weeks, null, parts));
        tables.ForEach(table => table.Dispose());
        return (rows, made);
    }

    private static bool Has(Dictionary<string, TileWeeks> there, TileTable worked, TileArray array, WeekRange weeks, TiledColumn column) =>
        there.TryGetValue(array.Fingerprint, out var tiles)
        && tiles.FirstWeek <= weeks.First + column.FirstOffset
        && tiles.FirstWeek + tiles.WeekCount >= weeks.Last + column.EndOffset
        && !worked.IsSpoilt(Index(worked, array));

    private static int Index(TileTable table, TileArray array) => table.Arrays.Select(each => each.Fingerprint).ToList().IndexOf(array.Fingerprint);

    private static TileTable Given(TileTable worked, TiledColumn[] columns, WeekRange weeks)
    {
        var (first, end) = (weeks.First + columns.Min(column => column.FirstOffset), weeks.Last + columns.Max(column => column.EndOffset));
        var arrays = columns.SelectMany(column => column.Arrays).DistinctBy(array => array.Fingerprint).ToArray();
        var table = new TileTable(arrays, first, end - first, worked.EntityCount, isGiven: true);
        for (var array = 0; array < arrays.Length; array++)
        {
            for (var plane = 0; plane < arrays[array].Planes.Count; plane++)
            {
                var there = new RowPatch(0, worked.EntityCount, first - worked.FirstWeek, end - first);
                table.Put(array, plane, there with { FirstWeek = 0 }, worked.Take(Index(worked, arrays[array]), plane, there));
            }
        }

        return table;
    }

    private static void Run(SliceRun run)
    {
        for (var task = 0; task < run.TaskCount; task++)
        {
            run.RunTask(task, CancellationToken.None);
        }
    }
}
