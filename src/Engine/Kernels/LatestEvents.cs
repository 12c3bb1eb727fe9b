using FeatureService.Engine.Expressions;

namespace FeatureService.Engine.Kernels;

/// <summary>
/// Windows of the latest events that a filter keeps, whatever their values: an event without a value takes a place. So the base set of a
/// filter says where such a window starts, and sets of events with a value, or in error, follow it.
/// </summary>
internal static unsafe class LatestEvents
{
    /// <summary>For every cell the first of the latest events, by its number among the batch's; -1 where the window never fills.</summary>
    /// <param name="set">The base set.</param>
    /// <param name="shape">A window of so many latest events.</param>
    /// <param name="arena">Memory of the result.</param>
    public static int* FirstRows(EventSet set, WindowShape shape, Arena arena)
    {
        var result = arena.Take<int>(set.Batch.CellCount);
        var ends = WindowBounds.Ends(set, shape, arena);
        for (var stretch = 0; stretch < set.Batch.Count; stretch++)
        {
            for (var cell = set.Batch.CellStarts[stretch]; cell < set.Batch.CellStarts[stretch + 1]; cell++)
            {
                var first = (long)ends[cell] - shape.EventsMax;
                result[cell] = first < set.Starts[stretch] ? -1 : Row(set, (int)first);
            }
        }

        foreach (var late in set.LateCells)
        {
            result[late.Cell] = FirstVisibleRow(set, late, ends[late.Cell], shape.EventsMax);
        }

        return result;
    }

    /// <summary>For every cell the first event of a set that is among the latest, or with errors, that may be.</summary>
    /// <param name="set">The set.</param>
    /// <param name="shape">A window of so many latest events.</param>
    /// <param name="arena">Memory of the result.</param>
    public static int* Lows(EventSet set, WindowShape shape, Arena arena)
    {
        var rows = set.Base.FirstRowsOf(shape, arena);
        var result = arena.Take<int>(set.Batch.CellCount);
        for (var stretch = 0; stretch < set.Batch.Count; stretch++)
        {
            var (next, end) = (set.Starts[stretch], set.Starts[stretch + 1]);
            for (var cell = set.Batch.CellStarts[stretch]; cell < set.Batch.CellStarts[stretch + 1]; cell++)
            {
                // What a later cutoff sees, an earlier one may not, never the other way round: the start only moves on.
                while (next < end && Row(set, next) < rows[cell])
                {
                    next++;
                }

                result[cell] = next;
            }
        }

        return result;
    }

    private static int Row(EventSet set, int index) => set.Rows == null ? index : set.Rows[index];

    private static int FirstVisibleRow(EventSet set, LateCell late, int end, int eventsMax)
    {
        var week = set.WeekOf(late);
        var count = 0;
        for (var i = end - 1; i >= set.Starts[late.Stretch]; i--)
        {
            if (set.Seen[i] <= week && ++count == eventsMax)
            {
                return Row(set, i);
            }
        }

        return -1;
    }
}
