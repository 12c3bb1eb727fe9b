using FeatureService.Core.Calendar;
using FeatureService.Engine.Kernels;
using FeatureService.Testing;

namespace FeatureService.Engine.Tests.Kernels;

public sealed class DecayTests
{
    private static readonly WeekCalendar s_weeks = Catalogs.Weeks("America/New_York");

    [Fact]
    public void Half_of_the_weight_is_left_after_each_half_life()
    {
        var decay = new Decay(3 * Instants.MicrosPerDay, s_weeks);
        Assert.Equal(
            [1.0, 0.5, 0.25, 1.0 / 1024], new[] { 0, 3, 6, 30 }.Select(days => decay.Factor(days * (double)Instants.MicrosPerDay)));
    }

    [Fact]
    public void Weeks_in_which_clocks_change_leave_other_weights()
    {
        var decay = new Decay(Instants.MicrosPerHour, s_weeks);
        var week = s_weeks.WeekOfDay(WeekCalendar.DayNumber(new DateOnly(2024, 3, 4)));
        var table = decay.Weeks(week, week + 2);
        Assert.Equal(
            [Math.ScaleB(1, -167), Math.ScaleB(1, -168)], table.Over(1).AsSpan(week - table.First, 2).ToArray());
        Assert.Equal(Math.ScaleB(1, -335), table.Over(2)[week - table.First]);
    }

    [Fact]
    public void A_table_that_grows_keeps_its_weights()
    {
        var decay = new Decay(36 * Instants.MicrosPerHour, s_weeks);
        var small = decay.Weeks(2600, 2620);
        var large = decay.Weeks(1000, 3100);
        Assert.True(large.Holds(1000, 3100) && large.Holds(small.First, small.End));
        Assert.Same(large, decay.Weeks(2600, 2620));
        Assert.All(new[] { 1, 2, 13 }, weeks => Assert.Equal(
            small.Over(weeks), large.Over(weeks).AsSpan(small.First - large.First, small.Over(weeks).Length).ToArray()));
        Assert.All(Enumerable.Range(small.First, small.End - small.First + 1), week => Assert.Equal(s_weeks.Cutoff(week), large.Start(week)));
    }
}
