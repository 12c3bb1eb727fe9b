namespace FeatureService.Samples.Taxi.Life;

/// <summary>Weeks and seasons of the life. Tokyo has no clock changes: its midnight is 15:00 UTC of the day before.</summary>
internal static class TaxiClock
{
    /// <summary>Microseconds in a second.</summary>
    public const long MicrosPerSecond = 1_000_000;

    private const long MicrosPerDay = 86_400 * MicrosPerSecond;
    private const long MicrosEastOfUtc = 9 * 3_600 * MicrosPerSecond;

    /// <summary>Percent of the mean by month: little in August, much in December.</summary>
    private static readonly int[] MonthPercent = [92, 95, 104, 106, 99, 108, 98, 82, 96, 100, 107, 126];

    /// <summary>Start of each week in Tokyo, microseconds UTC.</summary>
    public static long[] WeekStarts(TaxiOptions options)
    {
        var firstDay = options.FirstWeek.DayNumber - new DateOnly(1970, 1, 1).DayNumber;
        return [.. Enumerable.Range(0, options.Weeks).Select(week => ((firstDay + (7L * week)) * MicrosPerDay) - MicrosEastOfUtc)];
    }

    /// <summary>How busy each week is, 1 being the mean: the season, and what the weather of a week makes of it.</summary>
    public static double[] Seasons(TaxiOptions options)
    {
        var weather = new SplitMix(options.Seed ^ 0x7765617468657221UL);
        return
        [
            .. Enumerable.Range(0, options.Weeks).Select(week =>
                MonthPercent[options.FirstWeek.AddDays(7 * week).Month - 1] / 100.0 * (0.85 + (0.3 * weather.Unit()))),
        ];
    }

    /// <summary>Hour of the day in Tokyo.</summary>
    public static int Hour(long micros) => (int)((micros + MicrosEastOfUtc) % MicrosPerDay / (3_600 * MicrosPerSecond));
}
