using FeatureService.Core.Calendar;

namespace FeatureService.Engine.Reference;

/// <summary>Rule 7: aggregates that are functions of the sequence of events.</summary>
internal static class Sequences
{
    /// <summary>Days as they are everywhere: microseconds in one division.</summary>
    public static double Days(long micros) => micros / (double)Instants.MicrosPerDay;

    /// <summary>The n-th last value, from 1; null where there are fewer.</summary>
    public static object? NthLast(IReadOnlyList<KeptEvent> events, int n) => n <= events.Count ? events[^n].Value : null;

    /// <summary>The value of the event with the least (sign 1) or greatest (sign -1) order, ties to the earlier event.</summary>
    public static object By(IReadOnlyList<KeptEvent> events, int sign)
    {
        var best = events[0];
        foreach (var e in events)
        {
            best = sign * ValueOrder.Instance.Compare(e.Order, best.Order) < 0 ? e : best;
        }

        return best.Value;
    }

    /// <summary>The mean of the gaps between neighbours; null below two events.</summary>
    public static double? AvgGap(IReadOnlyList<KeptEvent> events) =>
        events.Count < 2 ? null : Days(events[^1].Time - events[0].Time) / (events.Count - 1);

    /// <summary>The longest gap between neighbours; null below two events.</summary>
    public static double? LongestGap(IReadOnlyList<KeptEvent> events) =>
        events.Count < 2 ? null : Days(events.Zip(events.Skip(1), (before, after) => after.Time - before.Time).Max());
}
