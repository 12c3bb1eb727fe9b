using FeatureService.Core.Calendar;
using FeatureService.Engine.Expressions;
using FeatureService.Engine.Kernels;

namespace FeatureService.Engine.Execution;

/// <summary>Days between events, and from a cutoff to an event: microseconds in one division (EVALUATION.md rule 6).</summary>
internal static unsafe class EventGaps
{
    /// <summary>Days from the row's cutoff to the first event.</summary>
    /// <param name="set">The events.</param>
    /// <param name="span">The events of each cell.</param>
    /// <param name="cutoffs">For each week its cutoff.</param>
    /// <param name="arena">Memory of the result.</param>
    public static Lanes UntilFirst(EventSet set, EventSpan span, long[] cutoffs, Arena arena)
    {
        var batch = set.Batch;
        var target = arena.Take<double>(batch.CellCount);
        for (var stretch = 0; stretch < batch.Count; stretch++)
        {
            var shift = batch.FirstWeeks[stretch] - batch.CellStarts[stretch];
            for (var i = batch.CellStarts[stretch]; i < batch.CellStarts[stretch + 1]; i++)
            {
                target[i] = span.Counts[i] == 0 ? 0 : Days(set.Times[span.Lows[i]] - cutoffs[i + shift]);
            }
        }

        return Lanes.Of(target) with { Valid = span.NonEmpty };
    }

    /// <summary>Days from the first to the last event, by the number of gaps between them.</summary>
    public static Lanes Average(EventSet set, EventSpan span, Arena arena)
    {
        var target = arena.Take<double>(set.Batch.CellCount);
        var valid = Several(set, span, arena);
        for (var i = 0; i < set.Batch.CellCount; i++)
        {
            target[i] = span.Counts[i] < 2 ? 0 : Days(set.Times[span.Highs[i] - 1] - set.Times[span.Lows[i]]) / (span.Counts[i] - 1);
        }

        return Lanes.Of(target) with { Valid = valid };
    }

    /// <summary>Days of the longest gap between neighbouring events.</summary>
    /// <param name="set">The events.</param>
    /// <param name="span">The events of each cell.</param>
    /// <param name="arena">Memory of the result.</param>
    /// <param name="scratch">Memory for the while.</param>
    public static Lanes Longest(EventSet set, EventSpan span, Arena arena, Arena scratch)
    {
        var cells = set.Batch.CellCount;
        var target = arena.Take<double>(cells);
        var valid = Several(set, span, arena);
        var ends = scratch.TakeCleared<int>(cells);
        var keys = scratch.Take<long>(set.Count);
        for (var i = 1; i < set.Count; i++)
        {
            // The longest has the least complement.
            keys[i] = ~(set.Times[i] - set.Times[i - 1]);
        }

        new SlidingLeast(set, span, keys, scratch).Run(1, ends);
        for (var i = 0; i < cells; i++)
        {
            target[i] = ends[i] == 0 ? 0 : Days(~keys[ends[i]]);
        }

        foreach (var late in set.LateCells)
        {
            target[late.Cell] = Days(LongestVisible(set, span, late));
        }

        return Lanes.Of(target) with { Valid = valid };
    }

    private static double Days(long micros) => micros / (double)Instants.MicrosPerDay;

    /// <summary>One bit a cell with more than one event.</summary>
    private static ulong* Several(EventSet set, EventSpan span, Arena arena)
    {
        var bits = arena.TakeCleared<ulong>(BitWords.Count(set.Batch.CellCount));
        for (var i = 0; i < set.Batch.CellCount; i++)
        {
            bits[i >> 6] |= (span.Counts[i] > 1 ? 1UL : 0) << (i & 63);
        }

        return bits;
    }

    private static long LongestVisible(EventSet set, EventSpan span, LateCell late)
    {
        var (week, longest, previous) = (set.WeekOf(late), 0L, span.Lows[late.Cell]);
        for (var i = previous + 1; i < span.Highs[late.Cell]; i++)
        {
            if (set.Seen[i] <= week)
            {
                longest = Math.Max(longest, set.Times[i] - set.Times[previous]);
                previous = i;
            }
        }

        return longest;
    }
}
