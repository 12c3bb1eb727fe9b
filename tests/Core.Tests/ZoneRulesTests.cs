using FeatureService.Core.Calendar;
using NodaTime;
using static FeatureService.Core.Tests.Zones;

namespace FeatureService.Core.Tests;

public sealed class ZoneRulesTests
{
    [Fact]
    public void Days_start_as_NodaTime_says_in_all_zones_from_2000_to_2035() => Assert.Empty(Failures((rules, zone) =>
    {
        for (var day = FirstDay; day <= LastDay; day++)
        {
            var expected = StartOfDay(zone, new LocalDate(1970, 1, 1).PlusDays(day));
            if (rules.StartOfDay(day) != expected)
            {
                return $"day {WeekCalendar.Date(day):yyyy-MM-dd} starts at {rules.StartOfDay(day)}, expected {expected}";
            }
        }

        return null;
    }));

    [Fact]
    public void A_day_never_starts_before_the_one_before_it() => Assert.Empty(Failures((rules, _) =>
    {
        for (var day = FirstDay; day < LastDay; day++)
        {
            if (rules.StartOfDay(day + 1) < rules.StartOfDay(day))
            {
                return $"{WeekCalendar.Date(day + 1)} starts before {WeekCalendar.Date(day)}";
            }
        }

        return null;
    }));

    [Fact]
    public void Local_times_around_every_clock_change_are_those_of_NodaTime() => Assert.Empty(Failures((rules, zone) =>
    {
        foreach (var change in rules.Starts.Where(start => start > Utc(1999, 12, 1) && start < Utc(2036, 1, 1)))
        {
            for (var minutes = -26 * 60; minutes <= 26 * 60; minutes += 13)
            {
                var utc = change + (minutes * Instants.MicrosPerMinute);
                var instant = Instant.FromUnixTimeTicks(utc * 10);
                var local = instant.InZone(zone).LocalDateTime;
                if (rules.ToLocal(utc) != Micros(local.InUtc().ToInstant()))
                {
                    return $"local time at {instant} is {rules.ToLocal(utc)}, expected {local}";
                }

                // The same minutes on the zone's clock: some of them occur twice, some never.
                var wall = change + (minutes * Instants.MicrosPerMinute) + (rules.ToLocal(change) - change);
                var expected = Micros(LocalTime(wall).InZone(zone, Resolver).ToInstant());
                if (rules.ToUtc(wall) != expected)
                {
                    return $"{LocalTime(wall)} is {rules.ToUtc(wall)}, expected {expected}";
                }
            }
        }

        return null;
    }));

    [Fact]
    public void Of_a_stamp_that_occurs_twice_the_later_instant_is_meant() =>
        Assert.Equal(Utc(2024, 11, 3, 6, 30), Rules("America/New_York").ToUtc(Local(2024, 11, 3, 1, 30)));

    [Fact]
    public void A_stamp_that_is_skipped_moves_forward_by_the_gap() =>
        Assert.Equal(Utc(2024, 3, 10, 7, 30), Rules("America/New_York").ToUtc(Local(2024, 3, 10, 2, 30)));

    [Fact]
    public void Of_a_midnight_that_occurs_twice_the_day_starts_at_the_first()
    {
        // Clocks went back at 00:01 on this Sunday, to 23:01.
        var rules = Rules("America/St_Johns");
        var day = WeekCalendar.DayNumber(new DateOnly(2010, 11, 7));
        Assert.Equal(Utc(2010, 11, 7, 2, 30), rules.StartOfDay(day));
        Assert.Equal(Utc(2010, 11, 7, 3, 30), rules.ToUtc(Local(2010, 11, 7)));
    }

    [Fact]
    public void A_day_without_midnight_starts_when_the_clocks_jump()
    {
        var day = WeekCalendar.DayNumber(new DateOnly(2018, 11, 4));
        Assert.Equal(Utc(2018, 11, 4, 3), Rules("America/Sao_Paulo").StartOfDay(day));
    }

    [Fact]
    public void A_date_that_the_zone_skipped_starts_when_the_clocks_jump()
    {
        // Samoa went from 29 December 2011 to 31 December.
        var rules = Rules("Pacific/Apia");
        var skipped = WeekCalendar.DayNumber(new DateOnly(2011, 12, 30));
        Assert.Equal(Utc(2011, 12, 30, 10), rules.StartOfDay(skipped));
        Assert.Equal(rules.StartOfDay(skipped), rules.StartOfDay(skipped + 1));
        Assert.Equal(skipped - 1, rules.LocalDay(rules.StartOfDay(skipped) - 1));
        Assert.Equal(skipped + 1, rules.LocalDay(rules.StartOfDay(skipped)));
    }

    [Fact]
    public void Rules_from_their_own_table_are_the_same_rules()
    {
        var rules = Rules("Europe/London");
        var copy = new ZoneRules(rules.Id, rules.Starts, rules.OffsetSeconds);
        Assert.Equal(rules.StartOfDay(20_000), copy.StartOfDay(20_000));
        Assert.Equal(rules.Starts, copy.Starts);
    }

    [Fact]
    public void An_unknown_zone_is_null() => Assert.Null(ZoneRules.FromTzdb("Asia/Tokio"));

    [Fact]
    public void Tables_that_do_not_fit_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new ZoneRules("x", [], []));
        Assert.Throws<ArgumentException>(() => new ZoneRules("x", [0], [0]));
        Assert.Throws<ArgumentException>(() => new ZoneRules("x", [long.MinValue, 5, 5], [0, 1, 2]));
        Assert.Throws<ArgumentException>(() => new ZoneRules("x", [long.MinValue, 5], [0]));
    }

    private static long StartOfDay(DateTimeZone zone, LocalDate date)
    {
        try
        {
            return Micros(date.AtStartOfDayInZone(zone).ToInstant());
        }
        catch (SkippedTimeException)
        {
            return Micros(zone.MapLocal(date.AtMidnight()).LateInterval.Start);
        }
    }

    private static LocalDateTime LocalTime(long micros) => Instant.FromUnixTimeTicks(micros * 10).InUtc().LocalDateTime;
}
