using CsCheck;
using FeatureService.Core.Calendar;
using NodaTime;
using NodaTime.Calendars;
using static FeatureService.Core.Tests.Zones;

namespace FeatureService.Core.Tests;

public sealed class WeekCalendarTests
{
    private static readonly WeekCalendar Utc1 = new(ZoneRules.Utc, DayOfWeek.Monday);

    [Fact]
    public void Iso_weeks_are_those_of_NodaTime_from_2000_to_2035()
    {
        for (var year = 2000; year <= 2035; year++)
        {
            var weeks = WeekYearRules.Iso.GetWeeksInWeekYear(year);
            for (var number = 1; number <= weeks; number++)
            {
                var monday = LocalDate.FromWeekYearWeekAndDay(year, number, IsoDayOfWeek.Monday);
                Assert.True(Utc1.TryParse($"{year}-W{number:D2}", out var week, out _));
                Assert.Equal(monday.ToString("uuuu-MM-dd", null), Utc1.Format(week));
            }

            Assert.Equal(weeks == 53, Utc1.TryParse($"{year}-W53", out _, out _));
        }
    }

    [Theory]
    [InlineData("2015-W53", "2015-12-28")]
    [InlineData("2020-W53", "2020-12-28")]
    [InlineData("2026-W53", "2026-12-28")]
    [InlineData("2020-W01", "2019-12-30")]
    [InlineData("2024-w10", "2024-03-04")]
    [InlineData("2024-03-04", "2024-03-04")]
    [InlineData("1900-01-01", "1900-01-01")]
    [InlineData("2199-12-30", "2199-12-30")]
    public void Good_keys_are_read(string key, string firstDay)
    {
        Assert.True(Utc1.TryParse(key, out var week, out var error), error);
        Assert.Equal(firstDay, Utc1.Format(week));
    }

    [Theory]
    [InlineData("2024-W53", "'2024-W53' does not exist: 2024 has weeks W01 to W52")]
    [InlineData("2024-W00", "'2024-W00' does not exist: 2024 has weeks W01 to W52")]
    [InlineData("2020-W54", "'2020-W54' does not exist: 2020 has weeks W01 to W53")]
    [InlineData("2024-Wab", "'2024-Wab' is no week key: expected an ISO week as 2024-W10")]
    [InlineData("0000-W01", "'0000-W01' is no week key: expected an ISO week as 2024-W10")]
    [InlineData("2024-03-05", "'2024-03-05' starts no week: weeks start on Monday; the nearest are 2024-03-04 and 2024-03-11")]
    [InlineData("2024-3-4", "'2024-3-4' is no week key: expected the date of a week's first day as 2024-03-04 or an ISO week as 2024-W10")]
    [InlineData("2023-02-29", "'2023-02-29' is no week key: expected the date of a week's first day as 2024-03-04 or an ISO week as 2024-W10")]
    [InlineData("", "'' is no week key: expected the date of a week's first day as 2024-03-04 or an ISO week as 2024-W10")]
    [InlineData("1899-12-25", "'1899-12-25' is out of range: weeks reach from 1900-01-01 to 2199-12-30")]
    [InlineData("2200-01-06", "'2200-01-06' is out of range: weeks reach from 1900-01-01 to 2199-12-30")]
    [InlineData("1899-W52", "'1899-W52' is out of range: weeks reach from 1900-01-01 to 2199-12-30")]
    [InlineData("0001-01-01", "'0001-01-01' is out of range: weeks reach from 1900-01-01 to 2199-12-30")]
    [InlineData("9999-12-31", "'9999-12-31' is out of range: weeks reach from 1900-01-01 to 2199-12-30")]
    [InlineData("9999-W52", "'9999-W52' is out of range: weeks reach from 1900-01-01 to 2199-12-30")]
    public void Bad_keys_are_told(string key, string error)
    {
        Assert.False(Utc1.TryParse(key, out _, out var told));
        Assert.Equal(error, told);
    }

    [Fact]
    public void Iso_weeks_are_refused_where_weeks_do_not_start_on_Monday()
    {
        var sundays = new WeekCalendar(ZoneRules.Utc, DayOfWeek.Sunday);
        Assert.False(sundays.TryParse("2024-W10", out _, out var error));
        Assert.Equal("'2024-W10' is an ISO week, but weeks of this catalog start on Sunday: expected the date of a week's first day", error);
        Assert.True(sundays.TryParse("2024-03-03", out var week, out _));
        Assert.Equal("2024-03-03", sundays.Format(week));
        Assert.False(sundays.TryParse("0001-01-01", out _, out error));
        Assert.StartsWith("'0001-01-01' is out of range", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_read_back_what_was_printed() => Gen.Select(Gen.Enum<DayOfWeek>(), Gen.Int[-3_652, 12_000]).Sample((start, week) =>
    {
        var calendar = new WeekCalendar(ZoneRules.Utc, start);
        Assert.Equal(week >= calendar.WeekMin && week <= calendar.WeekMax, calendar.TryParse(calendar.Format(week), out var read, out _));
        Assert.Equal(week, read);
        Assert.Equal(start, WeekCalendar.Date(calendar.FirstDay(week)).DayOfWeek);
    });

    [Fact]
    public void Any_text_gives_a_week_or_an_error() => Gen.Select(Gen.Enum<DayOfWeek>(), Gen.String[0, 12]).Sample((start, text) =>
    {
        var good = new WeekCalendar(ZoneRules.Utc, start).TryParse(text, out _, out var error);
        Assert.Equal(good, error is null);
    });

    [Theory]
    [InlineData(DayOfWeek.Monday)]
    [InlineData(DayOfWeek.Sunday)]
    [InlineData(DayOfWeek.Saturday)]
    public void A_week_reaches_from_its_cutoff_to_the_next_in_all_zones(DayOfWeek start) => Assert.Empty(Failures((rules, _) =>
    {
        var calendar = new WeekCalendar(rules, start);
        var last = calendar.WeekOfDay(LastDay);
        for (var week = calendar.WeekOfDay(FirstDay); week <= last; week++)
        {
            var cutoff = calendar.Cutoff(week);
            if (calendar.WeekOf(cutoff) != week || calendar.WeekOf(cutoff - 1) != week - 1 || calendar.Cutoff(week + 1) <= cutoff)
            {
                return $"week {calendar.Format(week)} does not start at its cutoff";
            }
        }

        return null;
    }));

    [Fact]
    public void An_hour_that_runs_twice_over_a_week_start_lies_in_the_week_that_began()
    {
        // At 00:01 on Sunday 2010-11-07 clocks went back to 23:01 of Saturday: the local date left the week, the instant did not.
        var calendar = new WeekCalendar(Rules("America/St_Johns"), DayOfWeek.Sunday);
        var cutoff = Utc(2010, 11, 7, 2, 30);
        var week = calendar.WeekOf(cutoff);
        Assert.Equal("2010-11-07", calendar.Format(week));
        Assert.Equal(week - 1, calendar.WeekOf(cutoff - 1));
        Assert.Equal(6, (int)WeekCalendar.Date(calendar.Zone.LocalDay(Utc(2010, 11, 7, 3))).DayOfWeek);
        Assert.Equal(week, calendar.WeekOf(Utc(2010, 11, 7, 3)));
    }

    [Fact]
    public void A_week_that_starts_on_a_skipped_date_starts_at_the_jump()
    {
        // Friday 2011-12-30 did not exist in Samoa.
        var calendar = new WeekCalendar(Rules("Pacific/Apia"), DayOfWeek.Friday);
        Assert.True(calendar.TryParse("2011-12-30", out var week, out _));
        Assert.Equal(Utc(2011, 12, 30, 10), calendar.Cutoff(week));
    }

    [Fact]
    public void A_range_holds_both_ends_where_the_step_meets_them()
    {
        var range = WeekRange.Between(10, 20, 4);
        Assert.Equal([10, 14, 18], Enumerable.Range(0, range.Count).Select(index => range[index]));
        Assert.Equal(18, range.Last);
        Assert.Equal(new WeekRange(7, 1), WeekRange.Between(7, 7));
        Assert.Throws<ArgumentOutOfRangeException>(() => WeekRange.Between(7, 6));
        Assert.Throws<ArgumentOutOfRangeException>(() => WeekRange.Between(7, 8, 0));
    }
}
