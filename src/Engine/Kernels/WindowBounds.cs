using FeatureService.Engine.Expressions;

namespace FeatureService.Engine.Kernels;

/// <summary>Where the events of windows begin and end, for every cell of a batch.</summary>
internal static unsafe class WindowBounds
{
    /// <summary>For every cell the first event of the window.</summary>
    public static int* Starts(EventSet set, WindowShape shape, Arena arena) =>
        shape.EventsMax > 0 ? LatestEvents.Lows(set, shape, arena)
        : shape.IsOpen ? OpenStarts(set, arena)
        : Of(set, shape.StartOffset, shape.StartFloor, shape.Starts, arena);

    /// <summary>For every cell the first event behind the window.</summary>
    public static int* Ends(EventSet set, WindowShape shape, Arena arena) => Of(set, shape.EndOffset, shape.EndFloor, shape.Ends, arena);

    /// <summary>The bounds of a stretch where they are boundaries between weeks, in place; a null pointer where they are not.</summary>
    public static int* Shared(EventSet set, int offset, int stretch, Arena arena) =>
        offset == WindowShape.Unaligned ? null : set.Boundaries(arena) + set.Space.SlotStart(stretch) + offset - set.Space.TileMin;

    private static int* OpenStarts(EventSet set, Arena arena)
    {
        var result = arena.Take<int>(set.Batch.CellCount);
        for (var stretch = 0; stretch < set.Batch.Count; stretch++)
        {
            new Span<int>(result + set.Batch.CellStarts[stretch], set.Batch.WeekCounts[stretch]).Fill(set.Starts[stretch]);
        }

        return result;
    }

    /// <summary>For every cell the first event that is not before an instant.</summary>
    private static int* Of(EventSet set, int offset, int floor, long[] instants, Arena arena)
    {
        var batch = set.Batch;
        var result = arena.Take<int>(batch.CellCount);
        for (var stretch = 0; stretch < batch.Count; stretch++)
        {
            var target = new Span<int>(result + batch.CellStarts[stretch], batch.WeekCounts[stretch]);
            var own = instants.AsSpan(batch.FirstWeeks[stretch], target.Length);
            if (offset != WindowShape.Unaligned)
            {
                new Span<int>(Shared(set, offset, stretch, arena), target.Length).CopyTo(target);
            }
            else if (floor != WindowShape.Unaligned)
            {
                ByWeek(set, stretch, floor, own, target);
            }
            else
            {
                InOrder(set, stretch, own, target);
            }
        }

        return result;
    }

    /// <summary>
    /// Each instant lies in the week that is <paramref name="floor"/> weeks from the cell's, so of an event's week alone one instant is
    /// in doubt. Events are counted by the first cell whose instant is behind them, then summed up.
    /// </summary>
    private static void ByWeek(EventSet set, int stretch, int floor, ReadOnlySpan<long> instants, Span<int> target)
    {
        target.Clear();
        // The week behind that of the first instant.
        var first = (long)set.WeekBase + set.Batch.FirstWeeks[stretch] + floor + 1;
        var (start, end) = (set.Starts[stretch], set.Starts[stretch + 1]);
        for (var i = start; i < end; i++)
        {
            // Of weeks far outside, the difference may not fit 32 bits.
            var cell = set.Cuts[i] - first;
            if (cell < 0)
            {
                target[0]++;
                continue;
            }

            if (cell >= instants.Length)
            {
                break;
            }

            cell += instants[(int)cell] <= set.Times[i] ? 1 : 0;
            if (cell < target.Length)
            {
                target[(int)cell]++;
            }
        }

        RunningSums.Of(target, start);
    }

    private static void InOrder(EventSet set, int stretch, ReadOnlySpan<long> instants, Span<int> target)
    {
        var (next, end) = (set.LowerBound(stretch, instants[0]), set.Starts[stretch + 1]);
        for (var week = 0; week < target.Length; week++)
        {
            while (next < end && set.Times[next] < instants[week])
            {
                next++;
            }

            target[week] = next;
        }
    }
}
