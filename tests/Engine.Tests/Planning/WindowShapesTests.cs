using FeatureService.Core.Calendar;
using FeatureService.Engine.Kernels;
using FeatureService.Engine.Planning;
using FeatureService.Testing;

namespace FeatureService.Engine.Tests.Planning;

public sealed class WindowShapesTests
{
    private static readonly WeekCalendar Tokyo = Catalogs.Weeks("Asia/Tokyo");

    [Fact]
    public void A_window_of_weeks_is_whole_weeks_alone()
    {
        var shape = Of(Tokyo, new Window(WindowKind.Over, new Length(13, LengthUnit.Week), 0, null));
        Assert.Equal([new ShapeRun(0, 40, 13, 0)], shape.Runs);
        Assert.Equal((-13, 0), (shape.StartOffset, shape.EndOffset));
        Assert.Null(shape.Heads);
        Assert.Null(shape.Tails);
    }

    [Fact]
    public void Days_that_are_no_weeks_leave_a_head()
    {
        var shape = Of(Tokyo, new Window(WindowKind.Over, new Length(90, LengthUnit.Day), 0, null));
        Assert.Equal([new ShapeRun(0, 40, 12, 0)], shape.Runs);
        Assert.Equal((WindowShape.Unaligned, 0), (shape.StartOffset, shape.EndOffset));
        Assert.All(shape.Heads!, head => Assert.Equal(6 * Instants.MicrosPerDay, head.End - head.Start));
        Assert.Null(shape.Tails);
    }

    [Fact]
    public void A_lag_moves_the_ends_and_not_the_cuts()
    {
        var shape = Of(Tokyo, new Window(WindowKind.Over, new Length(2, LengthUnit.Week), 0, new Length(36, LengthUnit.Hour)));
        Assert.Equal([new ShapeRun(0, 40, 1, -1)], shape.Runs);
        Assert.All(shape.Heads!, head => Assert.Equal(36 * Instants.MicrosPerHour, head.End - head.Start));
        Assert.All(shape.Tails!, tail => Assert.Equal(132 * Instants.MicrosPerHour, tail.End - tail.Start));
    }

    [Fact]
    public void A_window_inside_one_week_is_a_head_alone()
    {
        var shape = Of(Tokyo, new Window(WindowKind.Over, new Length(36, LengthUnit.Hour), 0, new Length(1, LengthUnit.Day)));
        Assert.Equal([new ShapeRun(0, 40, 0, -1)], shape.Runs);
        Assert.All(shape.Heads!, head => Assert.Equal(36 * Instants.MicrosPerHour, head.End - head.Start));
        Assert.Null(shape.Tails);
    }

    [Fact]
    public void Weeks_of_hours_change_their_shape_with_the_clocks()
    {
        var shape = Of(Catalogs.Weeks("Europe/Berlin"), new Window(WindowKind.Over, new Length(168, LengthUnit.Hour), 0, null));
        // A week of 169 hours holds no window of 168 as a whole week.
        Assert.Equal([1, 0, 1], shape.Runs.Take(3).Select(run => run.WeekCount));
        Assert.Equal(WindowShape.Unaligned, shape.StartOffset);
    }

    [Fact]
    public void Everything_before_a_lag_ends_in_a_tail()
    {
        var shape = Of(Tokyo, new Window(WindowKind.All, null, 0, new Length(1, LengthUnit.Day)));
        Assert.True(shape.IsOpen);
        Assert.Equal(-1, Assert.Single(shape.Runs).EndOffset);
        Assert.All(shape.Tails!, tail => Assert.Equal(6 * Instants.MicrosPerDay, tail.End - tail.Start));
    }

    [Fact]
    public void A_lag_of_hours_changes_where_everything_before_ends_with_the_clocks()
    {
        var shape = Of(Catalogs.Weeks("Europe/Berlin"), new Window(WindowKind.All, null, 0, new Length(168, LengthUnit.Hour)));
        // 168 hours before the end of the week of 167 hours lie in the week before it.
        Assert.Equal([-1, -2, -1], shape.Runs.Select(run => run.EndOffset));
        Assert.Equal(1, shape.Runs[1].To - shape.Runs[1].From);
    }

    private static WindowShape Of(WeekCalendar calendar, Window window) =>
        WindowShapes.Of(calendar, window, calendar.WeekOfDay(WeekCalendar.DayNumber(new DateOnly(2024, 8, 5))), 40);
}
