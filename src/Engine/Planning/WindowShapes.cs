using FeatureService.Core.Calendar;
using FeatureService.Engine.Kernels;

namespace FeatureService.Engine.Planning;

/// <summary>How windows lie on a range of weeks (EVALUATION.md rule 3).</summary>
internal static class WindowShapes
{
    /// <summary>The shape of a window.</summary>
    /// <param name="calendar">The catalog's weeks.</param>
    /// <param name="window">The window.</param>
    /// <param name="first">Number of the first week.</param>
    /// <param name="count">Number of weeks.</param>
    public static WindowShape Of(WeekCalendar calendar, Window window, int first, int count)
    {
        var (starts, ends) = (new long[count], new long[count]);
        var (heads, tails) = (new Piece[count], new Piece[count]);
        var runs = new List<ShapeRun>();
        var (startOffset, endOffset) = (0, 0);
        var (startFloor, endFloor) = (0, 0);
        for (var i = 0; i < count; i++)
        {
            var week = first + i;
            (starts[i], ends[i]) = window.Instants(calendar, week);
            var (cut, head, tail) = starts[i] == long.MinValue ? Open(calendar, ends[i]) : Cut(calendar, starts[i], ends[i]);
            (heads[i], tails[i]) = (head, tail);
            Extend(runs, i, cut.Weeks, cut.End - week);
            startOffset = Common(startOffset, i, starts[i] == long.MinValue ? null : Aligned(calendar, starts[i]) - week);
            endOffset = Common(endOffset, i, Aligned(calendar, ends[i]) - week);
            startFloor = Common(startFloor, i, starts[i] == long.MinValue ? null : calendar.WeekOf(starts[i]) - week);
            endFloor = Common(endFloor, i, calendar.WeekOf(ends[i]) - week);
        }

        return new WindowShape
        {
            Starts = starts,
            Ends = ends,
            StartOffset = startOffset,
            EndOffset = endOffset,
            StartFloor = startFloor,
            EndFloor = endFloor,
            Runs = [.. runs],
            Heads = heads.Any(piece => piece.Start < piece.End) ? heads : null,
            Tails = tails.Any(piece => piece.Start < piece.End) ? tails : null,
            EventsMax = window.EventsMax,
        };
    }

    /// <summary>Whole weeks, and the pieces before and behind them; with no whole week the first piece is the head.</summary>
    private static ((int Weeks, int End) Whole, Piece Head, Piece Tail) Cut(WeekCalendar calendar, long start, long end)
    {
        var last = calendar.WeekOf(end);
        var first = calendar.WeekOf(start);
        if (calendar.Cutoff(first) < start)
        {
            first++;
        }

        if (first > last)
        {
            // Both ends inside one week.
            return ((0, last), new Piece(start, end), new Piece(end, end));
        }

        var (firstStart, lastStart) = (calendar.Cutoff(first), calendar.Cutoff(last));
        return first == last && start == firstStart
            ? ((0, last), new Piece(start, end), new Piece(end, end))
            : ((last - first, last), new Piece(start, firstStart), new Piece(lastStart, end));
    }

    private static ((int Weeks, int End) Whole, Piece Head, Piece Tail) Open(WeekCalendar calendar, long end)
    {
        var last = calendar.WeekOf(end);
        return ((0, last), default, new Piece(calendar.Cutoff(last), end));
    }

    private static void Extend(List<ShapeRun> runs, int week, int weeks, int endOffset)
    {
        if (runs.Count > 0 && runs[^1].WeekCount == weeks && runs[^1].EndOffset == endOffset)
        {
            runs[^1] = runs[^1] with { To = week + 1 };
        }
        else
        {
            runs.Add(new ShapeRun(week, week + 1, weeks, endOffset));
        }
    }

    /// <summary>The week that starts at an instant.</summary>
    private static int? Aligned(WeekCalendar calendar, long instant)
    {
        var week = calendar.WeekOf(instant);
        return calendar.Cutoff(week) == instant ? week : null;
    }

    private static int Common(int known, int index, int? offset) =>
        offset is { } given && (index == 0 || known == given) ? given : WindowShape.Unaligned;
}
