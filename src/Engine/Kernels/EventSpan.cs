using System.Runtime.Intrinsics;
using FeatureService.Engine.Expressions;

namespace FeatureService.Engine.Kernels;

/// <summary>For every cell of a batch which events of a set lie in a window, and how many of them are visible.</summary>
internal sealed unsafe class EventSpan
{
    private EventSpan(int* lows, int* highs, int* counts, ulong* nonEmpty)
    {
        Lows = lows;
        Highs = highs;
        Counts = counts;
        NonEmpty = nonEmpty;
    }

    /// <summary>The first event of each cell.</summary>
    public int* Lows { get; }

    /// <summary>The event behind the last of each cell.</summary>
    public int* Highs { get; }

    /// <summary>Number of events of each cell.</summary>
    public int* Counts { get; }

    /// <summary>One bit a cell that has events; a null pointer: all have.</summary>
    public ulong* NonEmpty { get; }

    /// <summary>Finds the events of every cell.</summary>
    public static EventSpan Of(EventSet set, WindowShape shape, Arena arena)
    {
        var cells = set.Batch.CellCount;
        var highs = Ends(set, shape, arena);
        var lows = shape.EventsMax > 0 ? LatestEvents.Lows(set, shape, arena)
            : shape.IsOpen ? OpenStart(set, arena)
            : Bounds(set, shape.StartOffset, shape.Starts, arena);
        var counts = arena.Take<int>(cells);
        for (nint i = 0; i < cells; i += Vector512<int>.Count)
        {
            (Vector512.Load(highs + i) - Vector512.Load(lows + i)).Store(counts + i);
        }

        foreach (var late in set.LateCells)
        {
            Narrow(set, late, ref lows[late.Cell], ref highs[late.Cell], ref counts[late.Cell]);
        }

        return new EventSpan(lows, highs, counts, Positive(counts, cells, arena));
    }

    /// <summary>For every cell the first event behind the window.</summary>
    public static int* Ends(EventSet set, WindowShape shape, Arena arena) => Bounds(set, shape.EndOffset, shape.Ends, arena);

    /// <summary>One bit a number above zero; a null pointer where all are.</summary>
    private static ulong* Positive(int* counts, int cells, Arena arena)
    {
        var bits = arena.Take<ulong>(BitWords.Count(cells));
        var all = true;
        for (nint i = 0; i < cells; i += Vector512<int>.Count)
        {
            var positive = (ushort)Vector512.GreaterThan(Vector512.Load(counts + i), Vector512<int>.Zero).ExtractMostSignificantBits();
            ((ushort*)bits)[i >> 4] = positive;
            var inRange = (ushort)BitWords.InRange(0, Math.Min(cells - i, 16));
            all &= (positive & inRange) == inRange;
        }

        return all ? null : bits;
    }

    private static int* OpenStart(EventSet set, Arena arena)
    {
        var result = arena.Take<int>(set.Batch.CellCount);
        for (var stretch = 0; stretch < set.Batch.Count; stretch++)
        {
            new Span<int>(result + set.Batch.CellStarts[stretch], set.Batch.WeekCounts[stretch]).Fill(set.Starts[stretch]);
        }

        return result;
    }

    /// <summary>For every cell the first event that is not before an instant.</summary>
    private static int* Bounds(EventSet set, int offset, long[] instants, Arena arena)
    {
        var batch = set.Batch;
        var result = arena.Take<int>(batch.CellCount);
        for (var stretch = 0; stretch < batch.Count; stretch++)
        {
            var target = result + batch.CellStarts[stretch];
            var count = batch.WeekCounts[stretch];
            if (offset != WindowShape.Unaligned)
            {
                var slot = set.Space.SlotStart(stretch) + offset - set.Space.TileMin;
                new Span<int>(set.Boundaries(arena) + slot, count).CopyTo(new Span<int>(target, count));
                continue;
            }

            var (next, end) = (set.LowerBound(stretch, instants[batch.FirstWeeks[stretch]]), set.Starts[stretch + 1]);
            for (var week = 0; week < count; week++)
            {
                var instant = instants[batch.FirstWeeks[stretch] + week];
                while (next < end && set.Times[next] < instant)
                {
                    next++;
                }

                target[week] = next;
            }
        }

        return result;
    }

    /// <summary>Narrows a cell's events to what is visible: from the first to the last visible one, counting those between.</summary>
    private static void Narrow(EventSet set, LateCell late, ref int low, ref int high, ref int count)
    {
        var week = set.WeekBase + set.Batch.FirstWeeks[late.Stretch] + late.Week;
        count = 0;
        var (first, last) = (low, low);
        for (var i = low; i < high; i++)
        {
            if (set.Seen[i] <= week)
            {
                first = count == 0 ? i : first;
                last = i + 1;
                count++;
            }
        }

        (low, high) = (first, last);
    }
}
