using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;
using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Execution;
using FeatureService.Engine.Planning;
using FeatureService.Testing;

namespace FeatureService.Engine.Tests.Execution;

public sealed class RowsRunTests
{
    private static readonly WeekCalendar Weeks = Catalogs.Weeks("UTC");
    private static readonly int Week = Weeks.WeekOfDay(WeekCalendar.DayNumber(new DateOnly(2024, 3, 4)));

    [Fact]
    public void An_overflow_names_feature_entity_week_and_the_cure()
    {
        using var run = RowsRun.OfList(Plan("sum(a.x) over 1w", long.MaxValue, 1), [EntityKey.Of(17), EntityKey.Of(17)], [Week + 1, Week]);
        run.RunTask(0, CancellationToken.None);
        using var block = Assert.Single(run.Complete());
        var error = Assert.Single(block.Errors);
        Assert.Equal((1, 1L, "f", EntityKey.Of(17), Week), (error.Row, block.ErrorCount, error.Column, error.Key, error.Week));
        Assert.Equal(
            "int64 overflow in feature 'f' for entity 17 in week 2024-03-04: multiply by 1.0 (* 1.0) to compute in float64", error.Message);
        Assert.False(block.Columns[0].IsValid(1));
        Assert.Equal(2, block.Columns[0].NullCount);
    }

    [Fact]
    public void A_cancelled_task_stops_and_the_run_does_not_complete()
    {
        using var run = RowsRun.OfSlice(Plan("count(a) over 1w", 1), new SliceId(0, 0), new WeekRange(Week, 3));
        Assert.ThrowsAny<OperationCanceledException>(() => run.RunTask(0, new CancellationToken(canceled: true)));
        Assert.Throws<InvalidOperationException>(run.Complete);
    }

    [Fact]
    public void A_list_without_rows_is_one_empty_block()
    {
        using var run = RowsRun.OfList(Plan("count(a) over 1w", 1), [], []);
        Assert.Equal(0, run.TaskCount);
        using var block = Assert.Single(run.Complete());
        Assert.Equal(0, block.RowCount);
    }

    [Fact]
    public void A_step_takes_every_so_many_weeks_with_their_own_values()
    {
        var plan = Plan("count(a) over 1w", 1, 1, 1);
        using var run = RowsRun.OfSlice(plan, new SliceId(0, 0), new WeekRange(Week - 2, 3, 2));
        run.RunTask(0, CancellationToken.None);
        using var block = Assert.Single(run.Complete());
        Assert.Equal([0L, 3L, 0L], block.Columns[0].Values<long>().ToArray());
        Assert.Equal([-2, 0, 2], block.Weeks.Values<int>().ToArray().Select(day => Weeks.WeekOfDay(day) - Week));
    }

    /// <summary>A plan of one feature over values of entity 17 in the week before <see cref="Week"/>.</summary>
    private static Plan Plan(string feature, params long[] values)
    {
        var catalog = Catalogs.Of("UTC", Catalogs.Source("a", ("x", ColumnType.Int64)));
        var snapshot = new MemorySnapshot(
            catalog, new Placement(1, 1), [[.. values.Select((value, i) => EventRow.Of(17, Weeks.Cutoff(Week - 1) + i, value))]]);
        var view = ViewCompiler.Compile($"view: v\nfeatures:\n  f: {feature}\n", "v.view.yaml", catalog).View!;
        return Engine.Planning.Plan.Create(snapshot, view, view.Columns);
    }
}
