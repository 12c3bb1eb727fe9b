using FeatureService.Core.Calendar;
using FeatureService.Core.Keys;

namespace FeatureService.Client.FanOut;

/// <summary>Rows one by one: row i is (<paramref name="Keys"/>[i], the week that starts on <paramref name="Days"/>[i]).</summary>
/// <param name="Keys">Each row's entity.</param>
/// <param name="Days">First day of each row's week, days since 1970-01-01.</param>
internal sealed record ListedRows(EntityKeys Keys, ReadOnlyMemory<int> Days)
{
    private static readonly int _dayMin = WeekCalendar.DayNumber(new DateOnly(1900, 1, 1));

    /// <summary>Number of rows.</summary>
    public int Count => Keys.Count;

    /// <summary>Hash of a row's entity.</summary>
    public ulong HashOf(int row) => Keys.Texts is { } texts ? EntityKey.HashOf(texts[row]) : EntityKey.HashOf(Keys.Numbers[row]);

    /// <summary>The rows in the order of <see cref="RowOrder"/>: so a request that takes a run of them has an entity's rows together.</summary>
    /// <param name="places">For each of them its place.</param>
    public int[] Ordered(out ulong[] places)
    {
        places = new ulong[Count];
        var weeks = new int[Count];
        var days = Days.Span;
        for (var row = 0; row < weeks.Length; row++)
        {
            places[row] = HashOf(row);
            weeks[row] = (days[row] - _dayMin) / 7;
        }

        return RowOrder.Sort(places, weeks);
    }
}
