using FeatureService.Core.Calendar;
using FeatureService.Engine.Expressions;
using FeatureService.Engine.Snapshots;

namespace FeatureService.Engine.Execution;

/// <summary>The weeks of events, by a table of all cutoffs that a request can have and a while before them.</summary>
internal sealed unsafe class WeekFinder
{
    private const int WeeksBefore = 3000;

    private readonly WeekCalendar _calendar;
    private readonly Lazy<long[]> _cutoffs;

    public WeekFinder(WeekCalendar calendar)
    {
        _calendar = calendar;
        FirstWeek = calendar.WeekMin - WeeksBefore;
        _cutoffs = new Lazy<long[]>(() => [.. Enumerable.Range(FirstWeek, calendar.WeekMax + 2 - FirstWeek).Select(calendar.Cutoff)]);
    }

    private int FirstWeek { get; }

    /// <summary>For each event of ascending runs of times the week behind the one in which it lies.</summary>
    public int* Cuts(long* times, int count, Arena arena)
    {
        var cuts = arena.Take<int>(count);
        var cutoffs = _cutoffs.Value;
        var index = 0;
        for (var i = 0; i < count; i++)
        {
            if (times[i] < cutoffs[0] || times[i] >= cutoffs[^1])
            {
                cuts[i] = _calendar.WeekOf(times[i]) + 1;
                continue;
            }

            // Neighbours mostly lie in the same week.
            if (times[i] < cutoffs[index] || times[i] >= cutoffs[index + 1])
            {
                var found = Array.BinarySearch(cutoffs, times[i]);
                index = found >= 0 ? found : ~found - 1;
            }

            cuts[i] = FirstWeek + index + 1;
        }

        return cuts;
    }

    /// <summary>One bit an event that some cutoff sees; a null pointer where all are seen some day.</summary>
    public static ulong* EverSeen(int* seen, int count, Arena arena)
    {
        ulong* bits = null;
        for (var i = 0; i < count; i++)
        {
            if (seen[i] == SourceEvents.Never)
            {
                if (bits == null)
                {
                    bits = arena.Take<ulong>(BitWords.Count(count));
                    BitWords.Fill(bits, count, ulong.MaxValue);
                }

                BitWords.Clear(bits, i);
            }
        }

        return bits;
    }
}
