using CsCheck;
using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;
using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Execution;
using FeatureService.Engine.Planning;
using FeatureService.Testing;
using FeatureService.Testing.Generators;

namespace FeatureService.Engine.Tests.Oracle;

/// <summary>Columns that were computed before, for some weeks or all, and put into a run have the bits of those that it computes.</summary>
public sealed class StitchedRunTests
{
    private static readonly Gen<OracleCase> s_cases = CaseGen.Of(rowsMax: 40, depth: 1);

    [Fact]
    public void What_is_computed_in_parts_and_put_in_has_the_bits_of_a_whole_run() =>
        Gen.Select(s_cases, Gen.Int[1, 200], Gen.Int[1, 4], Gen.Bool, Gen.Int).Sample(
            (oracle, weeks, parts, hasPopulation, seed) =>
            {
                var view = oracle.View();
                var population = hasPopulation ? view.Columns.FirstOrDefault(column => column.OutputType == ColumnType.Bool) : null;
                var plan = Plan.Create(oracle.Snapshot(), view, view.Columns, population);
                var range = oracle.Weeks with { Count = weeks };
                Expected.Equal(
                    plan, Answer.OfGrid(plan, range), [.. Answer.Slices(plan).SelectMany(slice => Stitched(plan, slice, range, parts, new Random(seed)))]);
            },
            iter: 400);

    [Fact]
    public void Rows_of_several_blocks_come_together_from_parts_that_are_cut_elsewhere()
    {
        // 1,100 entities x 260 weeks are two blocks of the whole, and one of each half.
        var snapshot = new GeneratedSnapshot(1_100, 3, 260, 1);
        var view = ViewCompiler.Compile(
            "view: v\nfeatures:\n  n: count(e) over 8w\n  s: last(e.s) over 52w\n  x: sum(e.f) over 13w\nlabels:\n  y: count(e) over next 4w\n", "v.view.yaml", snapshot.Catalog).View!;
        var plan = Plan.Create(snapshot, view, view.Columns);
        var weeks = new WeekRange(snapshot.Catalog.Calendar.WeekOf(GeneratedEvents.Start) + 1, 260);

        var whole = Answer.OfRun(plan, RowsRun.OfSlice(plan, new SliceId(0, 0), weeks));

        Expected.Equal(plan, whole, Stitched(plan, new SliceId(0, 0), weeks, 2, new Random(1)));
        Assert.Equal(1_100 * 260, whole.Count);
    }

    [Fact]
    public void Errors_of_parts_are_told_at_the_rows_of_the_whole()
    {
        var catalog = Catalogs.Of("UTC", Catalogs.Source("a", ("x", ColumnType.Int64)));
        var week = catalog.Calendar.WeekOfDay(WeekCalendar.DayNumber(new DateOnly(2024, 3, 4)));
        var rows = Enumerable.Range(0, 50).SelectMany(key => new[] { long.MaxValue, 1 }.Select(value => EventRow.Of(key, catalog.Calendar.Cutoff(week) + 1, value)));
        var snapshot = new MemorySnapshot(catalog, new Placement(1, 1), [[.. rows]]);
        var view = ViewCompiler.Compile("view: v\nfeatures:\n  f: sum(a.x) over 3w\n  n: count(a) over 1w\n", "v.view.yaml", catalog).View!;
        var plan = Plan.Create(snapshot, view, view.Columns);
        var weeks = new WeekRange(week, 6);
        WeekPart[] parts = [new(plan, 0, 2), new(plan.Computing([true, false]), 2, 4)];
        using var run = RowsRun.OfSlice(plan, new SliceId(0, 0), weeks, null, parts);
        run.Put(1, new RowPatch(0, 50, 2, 4), Column.Of<long>(ColumnType.Int64, new long[200]));
        Run(run);

        Assert.True(run.HasErrors(0));
        Assert.False(run.HasErrors(1));
        using var block = Assert.Single(run.Complete());

        Assert.Equal(150, block.ErrorCount);
        Assert.Equal(
            Enumerable.Range(0, 50).SelectMany(key => new[] { 1, 2, 3 }.Select(index => (key * 6) + index)).Take(100), block.Errors.Select(error => error.Row));
        Assert.All(block.Errors, error => Assert.Equal((error.Row / 6, week + (error.Row % 6)), ((int)error.Key.Number, error.Week)));
    }

    [Fact]
    public void Values_of_another_number_or_type_are_refused()
    {
        var snapshot = new GeneratedSnapshot(5, 3, 10, 1);
        var view = ViewCompiler.Compile("view: v\nfeatures:\n  n: count(e) over 8w\n", "v.view.yaml", snapshot.Catalog).View!;
        var plan = Plan.Create(snapshot, view, view.Columns);
        using var run = RowsRun.OfSlice(plan.Computing([false]), new SliceId(0, 0), new WeekRange(2_800, 4));

        Assert.Throws<ArgumentException>(() => run.Put(0, new RowPatch(0, 5, 0, 4), Column.Of<long>(ColumnType.Int64, new long[19])));
        Assert.Throws<ArgumentException>(() => run.Put(0, new RowPatch(0, 5, 0, 4), Column.Of<double>(ColumnType.Float64, new double[20])));
    }

    private static List<AnswerRow> Stitched(Plan plan, SliceId slice, WeekRange weeks, int partCount, Random random)
    {
        using var whole = RowsRun.OfSlice(plan, slice, weeks);
        Run(whole);
        var parts = new List<WeekPart>();
        for (var first = 0; first < weeks.Count;)
        {
            var count = parts.Count == partCount - 1 ? weeks.Count - first : random.Next(1, weeks.Count - first + 1);
            parts.Add(new WeekPart(
                plan.Computing([.. Enumerable.Range(0, plan.Columns.Count).Select(column => whole.HasErrors(column) || random.Next(2) == 0)]), first, count));
            first += count;
        }

        var run = RowsRun.OfSlice(plan, slice, weeks, null, parts);
        foreach (var part in parts)
        {
            foreach (var column in Enumerable.Range(0, plan.Columns.Count).Where(column => !part.Plan.Computes(column)))
            {
                // In two runs of entities, as a cache has them.
                var half = run.EntityCount / 2;
                foreach (var patch in new[] { new RowPatch(0, half, part.FirstWeek, part.WeekCount), new RowPatch(half, run.EntityCount - half, part.FirstWeek, part.WeekCount) })
                {
                    if (patch.EntityCount > 0)
                    {
                        run.Put(column, patch, whole.Take(column, patch));
                    }
                }
            }
        }

        return Answer.OfRun(plan, run);
    }

    private static void Run(SliceRun run)
    {
        for (var task = 0; task < run.TaskCount; task++)
        {
            run.RunTask(task, CancellationToken.None);
        }
    }
}
