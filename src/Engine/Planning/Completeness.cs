using FeatureService.Core.Calendar;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Snapshots;

namespace FeatureService.Engine.Planning;

/// <summary>Whether what a week's rows read is in the data yet.</summary>
internal static class Completeness
{
    /// <summary>For each week whether a label is mature: no window that it reads, moved on by its source's settling, ends after the source is complete.</summary>
    public static bool[] Mature(ISnapshot snapshot, AggregateCall[] reads, int first, int count)
    {
        var result = new bool[count];
        for (var i = 0; i < count; i++)
        {
            result[i] = Array.TrueForAll(reads, call =>
                Settled(snapshot.Catalog.Calendar, call.Window, snapshot.Catalog.Sources[call.Source].SettlesWithin, first + i)
                    <= snapshot.CompleteUntil(call.Source));
        }

        return result;
    }

    /// <summary>For each week whether its cutoff lies after the completeness of a source that a feature reads.</summary>
    public static bool[] Incomplete(
        ISnapshot snapshot, IReadOnlyList<FeatureColumn> columns, AggregateCall[][] reads, int first, int count)
    {
        var complete = long.MaxValue;
        for (var i = 0; i < columns.Count; i++)
        {
            foreach (var call in columns[i].Role == FeatureRole.Feature ? reads[i] : [])
            {
                complete = Math.Min(complete, snapshot.CompleteUntil(call.Source));
            }
        }

        return [.. Enumerable.Range(first, count).Select(week => snapshot.Catalog.Calendar.Cutoff(week) > complete)];
    }

    /// <summary>A window's end moved on: all calendar days are counted before all exact time, as for every window's end.</summary>
    private static long Settled(WeekCalendar calendar, Window window, Length? settlesWithin, int week)
    {
        var sign = window.Kind == WindowKind.Next ? 1 : -1;
        var span = window.Kind == WindowKind.Next ? window.Span : null;
        var days = (sign * (window.Lag?.CalendarDays ?? 0)) + (span?.CalendarDays ?? 0) + (settlesWithin?.CalendarDays ?? 0);
        var micros = (sign * (window.Lag?.ExactMicros ?? 0)) + (span?.ExactMicros ?? 0) + (settlesWithin?.ExactMicros ?? 0);
        return calendar.Zone.StartOfDay(calendar.FirstDay(week) + days) + micros;
    }
}
