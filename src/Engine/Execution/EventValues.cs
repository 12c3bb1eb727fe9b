using System.Runtime.Intrinsics;
using FeatureService.Core.Columns;
using FeatureService.Engine.Expressions;
using FeatureService.Engine.Kernels;

namespace FeatureService.Engine.Execution;

/// <summary>Aggregates whose value is that of one event of the window, by cell.</summary>
internal static unsafe class EventValues
{
    /// <summary>The value of the event that is the n-th from the last.</summary>
    public static Lanes FromLast(EventSet set, EventSpan span, long* values, ColumnType type, int n, Arena arena)
    {
        var cells = set.Batch.CellCount;
        var target = arena.TakeCleared<long>(cells);
        var valid = arena.TakeCleared<ulong>(BitWords.Count(cells));
        for (var i = 0; i < cells; i++)
        {
            if (span.Counts[i] >= n)
            {
                target[i] = values[span.Highs[i] - n];
                BitWords.Set(valid, i);
            }
        }

        foreach (var late in set.LateCells)
        {
            if (span.Counts[late.Cell] >= n)
            {
                target[late.Cell] = values[VisibleFromLast(set, span, late, n)];
            }
        }

        return Own(target, valid, type, cells, arena);
    }

    /// <summary>The value of the event with the least key, the earliest of equal ones.</summary>
    /// <param name="set">The events.</param>
    /// <param name="span">The events of each cell.</param>
    /// <param name="keys">What the events are compared by.</param>
    /// <param name="values">Their values.</param>
    /// <param name="type">The values' type.</param>
    /// <param name="arena">Memory of the result.</param>
    /// <param name="scratch">Memory for the while.</param>
    public static Lanes OfLeast(EventSet set, EventSpan span, long* keys, long* values, ColumnType type, Arena arena, Arena scratch)
    {
        var cells = set.Batch.CellCount;
        var events = scratch.Take<int>(cells);
        new SlidingLeast(set, span, keys, scratch).Run(0, events);
        foreach (var late in set.LateCells)
        {
            events[late.Cell] = LeastVisible(set, span, late, keys);
        }

        var target = arena.TakeCleared<long>(cells);
        for (var i = 0; i < cells; i++)
        {
            if (span.Counts[i] > 0)
            {
                target[i] = values[events[i]];
            }
        }

        return Own(target, span.NonEmpty, type, cells, arena);
    }

    /// <summary>Values of their own type from keys; what is not valid is zero.</summary>
    public static Lanes OfKeys(long* keys, ulong* valid, ColumnType type, int cells, Arena arena)
    {
        for (nint i = 0; type == ColumnType.Float64 && i < cells; i += 8)
        {
            PackedValues.FloatOf(Vector512.Load(keys + i)).Store((double*)keys + i);
        }

        return Own(keys, valid, type, cells, arena);
    }

    private static Lanes Own(long* values, ulong* valid, ColumnType type, int cells, Arena arena) =>
        Lanes.Of(type == ColumnType.Bool ? AggregateValues.Bits(values, cells, arena) : values) with { Valid = valid };

    private static int VisibleFromLast(EventSet set, EventSpan span, LateCell late, int n)
    {
        var week = set.WeekOf(late);
        var i = span.Highs[late.Cell];
        while (n > 0)
        {
            n -= set.Seen[--i] <= week ? 1 : 0;
        }

        return i;
    }

    private static int LeastVisible(EventSet set, EventSpan span, LateCell late, long* keys)
    {
        var week = set.WeekOf(late);
        var least = span.Lows[late.Cell];
        for (var i = least; i < span.Highs[late.Cell]; i++)
        {
            least = set.Seen[i] <= week && keys[i] < keys[least] ? i : least;
        }

        return least;
    }
}
