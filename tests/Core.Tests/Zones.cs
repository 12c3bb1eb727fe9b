using System.Collections.Concurrent;
using FeatureService.Core.Calendar;
using NodaTime;
using NodaTime.TimeZones;

namespace FeatureService.Core.Tests;

/// <summary>Every zone of the tz database, beside NodaTime's own view of it.</summary>
internal static class Zones
{
    public static readonly int FirstDay = WeekCalendar.DayNumber(new DateOnly(2000, 1, 1));

    public static readonly int LastDay = WeekCalendar.DayNumber(new DateOnly(2035, 12, 31));

    /// <summary>Local times that are doubled or skipped, as LANGUAGE.md says.</summary>
    public static readonly ZoneLocalMappingResolver Resolver =
        Resolvers.CreateMappingResolver(Resolvers.ReturnLater, Resolvers.ReturnForwardShifted);

    public static ZoneRules Rules(string id) => ZoneRules.FromTzdb(id) ?? throw new ArgumentException($"no zone {id}");

    /// <summary>Runs a check on every zone and gives what it found, at most ten.</summary>
    public static IReadOnlyList<string> Failures(Func<ZoneRules, DateTimeZone, string?> check)
    {
        var failures = new ConcurrentQueue<string>();
        Parallel.ForEach(ZoneRules.Ids, id =>
        {
            if (failures.Count < 10 && check(Rules(id), DateTimeZoneProviders.Tzdb[id]) is { } failure)
            {
                failures.Enqueue($"{id}: {failure}");
            }
        });
        return [.. failures];
    }

    public static long Micros(Instant instant) => instant.ToUnixTimeTicks() / 10;

    public static long Utc(int year, int month, int day, int hour = 0, int minute = 0) =>
        Micros(Instant.FromUtc(year, month, day, hour, minute));

    public static long Local(int year, int month, int day, int hour = 0, int minute = 0) => Utc(year, month, day, hour, minute);
}
