namespace FeatureService.Samples.Taxi.Life;

/// <summary>When in a week people open the app: working days by the clock, more on Friday and Saturday, and late then.</summary>
internal static class WeekHours
{
    private const int TableBits = 12;

    private static readonly int[] WorkingDay = [4, 2, 1, 1, 2, 5, 12, 28, 36, 22, 14, 14, 18, 15, 13, 14, 17, 25, 34, 32, 26, 24, 20, 11];
    private static readonly int[] FreeDay = [22, 15, 9, 5, 3, 3, 5, 8, 12, 18, 22, 24, 24, 23, 22, 22, 24, 28, 32, 32, 30, 30, 32, 29];
    private static readonly int[] DayPercent = [88, 90, 94, 100, 128, 124, 90];

    /// <summary>The hour of the week, from Monday midnight, for each of 2^12 equally likely draws.</summary>
    private static readonly byte[] HourOfDraw = Table();

    /// <summary>A second of the week, from Monday midnight.</summary>
    public static int Draw(ref SplitMix random)
    {
        var bits = random.Next();
        var hour = HourOfDraw[(int)(bits >> (64 - TableBits))];
        var second = (int)((bits & 0xFFFFFFFF) * 3600 >> 32);
        return (hour * 3600) + second;
    }

    private static byte[] Table()
    {
        var weights = new int[168];
        for (var hour = 0; hour < weights.Length; hour++)
        {
            var day = hour / 24;
            // Friday's evening is a free day's, and Sunday's a working day's.
            var free = day == 5 || (day == 6 && hour % 24 < 18) || (day == 4 && hour % 24 >= 18);
            weights[hour] = (free ? FreeDay : WorkingDay)[hour % 24] * DayPercent[day];
        }

        var total = weights.Sum();
        var table = new byte[1 << TableBits];
        var sum = 0;
        var filled = 0;
        for (var hour = 0; hour < weights.Length; hour++)
        {
            sum += weights[hour];
            var end = (int)((long)sum * table.Length / total);
            table.AsSpan(filled, end - filled).Fill((byte)hour);
            filled = end;
        }

        return table;
    }
}
