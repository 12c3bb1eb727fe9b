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

/// <summary>A population leaves out rows of a grid and changes nothing about the others.</summary>
public sealed class PopulationTests
{
    [Fact]
    public void A_grid_has_the_rows_whose_population_is_true() => CaseGen.Of(rowsMax: 30, depth: 1).Sample(
        oracle =>
        {
            var view = oracle.View();
            foreach (var condition in view.Columns.Where(c => c.Role == FeatureRole.Feature && c.Expression.Type == ColumnType.Bool))
            {
                var population = condition with { Name = "population", OutputType = ColumnType.Bool };
                var all = Plan.Create(oracle.Snapshot(), view, [.. view.Columns, population]);
                var plan = Plan.Create(all.Snapshot, view, view.Columns, population);
                // A row whose population is in error stays, so that the error can be told.
                var expected = Answer.OfGrid(all, oracle.Weeks)
                    .Where(row => row.Values[^1] == Bits.Of(true) || row.Values[^1] == Bits.Of(Bits.OverflowMark))
                    .Select(row => row with { Values = row.Values[..^1] })
                    .ToList();
                Expected.Equal(plan, expected, Answer.OfGrid(plan, oracle.Weeks));
            }
        },
        iter: 1500);

    [Fact]
    public void Many_rows_in_runs_of_any_length_are_moved_together()
    {
        var catalog = Catalogs.Of("UTC", Catalogs.Source("a", ("x", ColumnType.Int64)));
        var start = catalog.Calendar.WeekOfDay(WeekCalendar.DayNumber(new DateOnly(2024, 3, 4)));
        var rows = Enumerable.Range(0, 40).SelectMany(key => Enumerable.Range(0, 200)
            .Where(week => (((key * 7) + week) % (key + 2)) < 1 + (key / 3))
            .Select(week => EventRow.Of(key, catalog.Calendar.Cutoff(start + week), week % 3 == 0 ? null : (long)week)));
        var view = ViewCompiler.Compile(
            "view: v\nfeatures:\n  s: sum(a.x) over 1w\n  l: \"case when max(a.x) over 1w > 99 then 'late' end\"\npopulation: count(a) over 1w > 0\n",
            "v.view.yaml",
            catalog).View!;
        var snapshot = new MemorySnapshot(catalog, new Placement(1, 1), [[.. rows]]);
        var weeks = new WeekRange(start, 210);
        var all = Answer.OfGrid(Plan.Create(snapshot, view, [.. view.Columns, view.Population!]), weeks);
        var plan = Plan.Create(snapshot, view, view.Columns, view.Population);
        var expected = all.Where(row => row.Values[^1] == Bits.Of(true)).Select(row => row with { Values = row.Values[..^1] }).ToList();
        Assert.InRange(expected.Count, 1_000, all.Count - 1_000);
        Expected.Equal(plan, expected, Answer.OfGrid(plan, weeks));
    }

    [Fact]
    public void A_population_that_overflows_is_told_at_its_row()
    {
        var catalog = Catalogs.Of("UTC", Catalogs.Source("a", ("x", ColumnType.Int64)));
        var week = catalog.Calendar.WeekOfDay(WeekCalendar.DayNumber(new DateOnly(2024, 3, 4)));
        var view = ViewCompiler.Compile(
            "view: v\nfeatures:\n  n: count(a) over 1w\npopulation: sum(a.x) over 1w > 0\n", "v.view.yaml", catalog).View!;
        var time = catalog.Calendar.Cutoff(week);
        var snapshot = new MemorySnapshot(catalog, new Placement(1, 1), [[EventRow.Of(17, time, long.MaxValue), EventRow.Of(17, time + 1, 1L)]]);
        using var run = RowsRun.OfSlice(Plan.Create(snapshot, view, view.Columns, view.Population), new SliceId(0, 0), new WeekRange(week, 4));
        run.RunTask(0, CancellationToken.None);
        using var block = Assert.Single(run.Complete());
        var error = Assert.Single(block.Errors);
        Assert.Equal((1, 0, "population", week + 1), (block.RowCount, error.Row, error.Column, error.Week));
        Assert.Equal([2L], block.Columns[0].Values<long>().ToArray());
    }
}
