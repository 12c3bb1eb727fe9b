using CsCheck;
using FeatureService.Core.Calendar;

namespace FeatureService.Testing.Generators;

/// <summary>Weeks around days on which clocks do unusual things.</summary>
public static class ZoneGen
{
    /// <summary>Zones with a date near a change of their clocks.</summary>
    private static readonly (string Zone, DateOnly Date)[] s_changes =
    [
        ("UTC", new DateOnly(2024, 1, 1)),
        ("Asia/Tokyo", new DateOnly(2024, 3, 4)),
        ("Europe/London", new DateOnly(2024, 3, 31)),
        ("America/New_York", new DateOnly(2023, 11, 5)),
        ("Asia/Kathmandu", new DateOnly(1986, 1, 1)),
        // Midnights that do not exist.
        ("America/Sao_Paulo", new DateOnly(2018, 11, 4)),
        ("Africa/Cairo", new DateOnly(2023, 4, 28)),
        ("Asia/Beirut", new DateOnly(2023, 3, 26)),
        ("Asia/Tehran", new DateOnly(2022, 3, 22)),
        ("America/Havana", new DateOnly(2023, 3, 12)),
        // Midnights that occur twice.
        ("America/Sao_Paulo", new DateOnly(2018, 2, 18)),
        ("Africa/Cairo", new DateOnly(2023, 10, 27)),
        ("Asia/Beirut", new DateOnly(2022, 10, 30)),
        ("Asia/Tehran", new DateOnly(2021, 9, 22)),
        // A day that does not exist, and an hour that occurs twice behind midnight.
        ("Pacific/Apia", new DateOnly(2011, 12, 30)),
        ("America/Havana", new DateOnly(2023, 11, 5)),
    ];

    /// <summary>A calendar and a week of it in which its clocks change, or the one before or after.</summary>
    public static Gen<(WeekCalendar Calendar, int Week)> Calendar { get; } =
        from change in Gen.Int[0, s_changes.Length - 1]
        from weekStart in Gen.Frequency((4, DayOfWeek.Monday), (2, DayOfWeek.Sunday), (1, DayOfWeek.Friday), (1, DayOfWeek.Wednesday))
        from shift in Gen.Int[-1, 1]
        let calendar = Catalogs.Weeks(s_changes[change].Zone, weekStart)
        select (calendar, calendar.WeekOfDay(WeekCalendar.DayNumber(s_changes[change].Date)) + shift);
}
