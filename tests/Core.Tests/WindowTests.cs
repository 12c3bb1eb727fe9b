using FeatureService.Core.Calendar;
using static FeatureService.Core.Tests.Zones;

namespace FeatureService.Core.Tests;

/// <summary>Ends of windows, worked out by hand. New York's clocks went forward on Sunday 2024-03-10 and back on 2024-11-03.</summary>
public sealed class WindowTests
{
    private static readonly WeekCalendar NewYork = new(Rules("America/New_York"), DayOfWeek.Monday);

    [Fact]
    public void Weeks_and_days_are_calendar_days() => Assert.Equal(
        (Utc(2024, 3, 4, 5), Utc(2024, 3, 11, 4)), Instants(Over(1, LengthUnit.Week), "2024-03-11"));

    [Fact]
    public void Seven_days_are_a_week() => Assert.Equal(
        Instants(Over(1, LengthUnit.Week), "2024-03-11"), Instants(Over(7, LengthUnit.Day), "2024-03-11"));

    [Fact]
    public void Hours_are_exact_across_a_clock_change() => Assert.Equal(
        (Utc(2024, 3, 10, 4), Utc(2024, 3, 11, 4)), Instants(Over(24, LengthUnit.Hour), "2024-03-11"));

    [Fact]
    public void A_day_with_a_clock_change_has_23_hours() => Assert.Equal(
        (Utc(2024, 3, 10, 5), Utc(2024, 3, 11, 4)), Instants(Over(1, LengthUnit.Day), "2024-03-11"));

    [Fact]
    public void Minutes_are_exact() => Assert.Equal(
        (Utc(2024, 3, 11, 2, 30), Utc(2024, 3, 11, 4)), Instants(Over(90, LengthUnit.Minute), "2024-03-11"));

    [Fact]
    public void A_lag_of_weeks_moves_both_ends_by_calendar_days() => Assert.Equal(
        (Utc(2024, 2, 5, 5), Utc(2024, 3, 4, 5)),
        Instants(Over(4, LengthUnit.Week, new Length(1, LengthUnit.Week)), "2024-03-11"));

    [Fact]
    public void A_lag_of_hours_moves_both_ends_exactly() => Assert.Equal(
        (Utc(2024, 3, 3, 5), Utc(2024, 3, 10, 4)),
        Instants(Over(1, LengthUnit.Week, new Length(24, LengthUnit.Hour)), "2024-03-11"));

    [Fact]
    public void All_calendar_days_are_counted_before_all_exact_time() =>
        // over 2d lag 36h: two days before Monday is Saturday 00:00 EST, 36 hours before it Thursday noon; the end is 36 hours
        // before Monday 00:00 EDT, Saturday noon EDT less the hour that was skipped: 11:00 EST.
        Assert.Equal(
            (Utc(2024, 3, 7, 17), Utc(2024, 3, 9, 16)),
            Instants(Over(2, LengthUnit.Day, new Length(36, LengthUnit.Hour)), "2024-03-11"));

    [Fact]
    public void Hours_of_a_window_with_a_lag_of_days_start_from_that_day() =>
        // over 36h lag 1d: the end is Sunday 00:00 EST, the start 36 exact hours before it.
        Assert.Equal(
            (Utc(2024, 3, 8, 17), Utc(2024, 3, 10, 5)),
            Instants(Over(36, LengthUnit.Hour, new Length(1, LengthUnit.Day)), "2024-03-11"));

    [Fact]
    public void Next_reaches_from_the_cutoff_on() => Assert.Equal(
        (Utc(2024, 10, 28, 4), Utc(2024, 11, 4, 5)), Instants(Next(1, LengthUnit.Week), "2024-10-28"));

    [Fact]
    public void Next_in_hours_is_exact() => Assert.Equal(
        (Utc(2024, 10, 28, 4), Utc(2024, 11, 4, 4)), Instants(Next(168, LengthUnit.Hour), "2024-10-28"));

    [Fact]
    public void A_gap_after_next_moves_both_ends_on() => Assert.Equal(
        (Utc(2024, 11, 4, 5), Utc(2024, 11, 11, 5)),
        Instants(Next(1, LengthUnit.Week, new Length(1, LengthUnit.Week)), "2024-10-28"));

    [Fact]
    public void Next_with_days_and_a_gap_of_hours_counts_days_first() =>
        // Six days to Sunday 00:00 EDT, then 25 hours over the hour that ran twice.
        Assert.Equal(
            (Utc(2024, 10, 29, 5), Utc(2024, 11, 4, 5)),
            Instants(Next(6, LengthUnit.Day, new Length(25, LengthUnit.Hour)), "2024-10-28"));

    [Fact]
    public void All_is_open_at_its_start_and_minds_the_lag()
    {
        Assert.Equal((long.MinValue, Utc(2024, 3, 11, 4)), Instants(new Window(WindowKind.All, null, 0, null), "2024-03-11"));
        Assert.Equal(
            (long.MinValue, Utc(2024, 3, 10, 5)),
            Instants(new Window(WindowKind.All, null, 0, new Length(1, LengthUnit.Day)), "2024-03-11"));
    }

    [Fact]
    public void The_longest_lengths_do_not_overflow()
    {
        foreach (var unit in Enum.GetValues<LengthUnit>())
        {
            var longest = new Length(int.MaxValue, unit);
            var (start, end) = Instants(Over(int.MaxValue, unit, longest), "2024-03-11");
            Assert.True(start < end && end < 0, $"{longest}: {start} to {end}");
            (start, end) = Instants(Next(int.MaxValue, unit, longest), "2024-03-11");
            Assert.True(0 < start && start < end, $"{longest}: {start} to {end}");
        }
    }

    [Theory]
    [InlineData(1, LengthUnit.Week, "7d", "1w")]
    [InlineData(90, LengthUnit.Day, "90d", "90d")]
    [InlineData(24, LengthUnit.Hour, "1440min", "24h")]
    [InlineData(5, LengthUnit.Minute, "5min", "5min")]
    public void Lengths_have_a_normal_form(int amount, LengthUnit unit, string normal, string written)
    {
        var length = new Length(amount, unit);
        Assert.Equal(normal, length.NormalForm);
        Assert.Equal(written, length.ToString());
    }

    [Fact]
    public void Windows_have_a_normal_form()
    {
        Assert.Equal("91d lag 7d", Over(13, LengthUnit.Week, new Length(1, LengthUnit.Week)).NormalForm);
        Assert.Equal("next 7d", Next(1, LengthUnit.Week).NormalForm);
        Assert.Equal("all", new Window(WindowKind.All, null, 0, null).NormalForm);
        Assert.Equal("last 5 events", new Window(WindowKind.LastEvents, null, 5, null).NormalForm);
    }

    private static Window Over(int amount, LengthUnit unit, Length? lag = null) => new(WindowKind.Over, new Length(amount, unit), 0, lag);

    private static Window Next(int amount, LengthUnit unit, Length? lag = null) => new(WindowKind.Next, new Length(amount, unit), 0, lag);

    private static (long Start, long End) Instants(Window window, string week)
    {
        Assert.True(NewYork.TryParse(week, out var number, out var error), error);
        return window.Instants(NewYork, number);
    }
}
