using FeatureService.Engine.Expressions;

namespace FeatureService.Engine.Kernels;

/// <summary>
/// The event with the least key of each cell, the earliest of equal ones. Of the events of a window only those are kept that no later
/// one is below; each comes once and goes once, however long the window is.
/// </summary>
internal readonly unsafe struct SlidingLeast
{
    private readonly EventSet _set;
    private readonly EventSpan _span;
    private readonly long* _keys;
    private readonly int* _kept;

    /// <summary>Reads a window.</summary>
    /// <param name="set">The events.</param>
    /// <param name="span">The events of each cell.</param>
    /// <param name="keys">A key for each event.</param>
    /// <param name="arena">Memory for the while.</param>
    public SlidingLeast(EventSet set, EventSpan span, long* keys, Arena arena)
    {
        (_set, _span) = (set, span);
        _keys = keys;
        _kept = arena.Take<int>(set.Count);
    }

    /// <summary>The event of each cell that has any.</summary>
    /// <param name="skip">How many of a cell's first events are left out; cells that have no others keep what they had.</param>
    /// <param name="target">Where the events go, by cell.</param>
    public void Run(int skip, int* target)
    {
        var late = 0;
        for (var stretch = 0; stretch < _set.Batch.Count; stretch++)
        {
            Run(skip, target, stretch, ref late);
        }
    }

    private void Run(int skip, int* target, int stretch, ref int late)
    {
        var next = _set.Starts[stretch];
        var (first, end) = (0, 0);
        for (var cell = _set.Batch.CellStarts[stretch]; cell < _set.Batch.CellStarts[stretch + 1]; cell++)
        {
            if (late < _set.LateCells.Count && _set.LateCells[late].Cell == cell)
            {
                late++;
                continue;
            }

            var (low, high) = (_span.Lows[cell] + skip, _span.Highs[cell]);
            if (low >= high)
            {
                continue;
            }

            for (next = Math.Max(next, low); next < high; next++)
            {
                while (end > first && _keys[_kept[end - 1]] > _keys[next])
                {
                    end--;
                }

                _kept[end++] = next;
            }

            while (_kept[first] < low)
            {
                first++;
            }

            target[cell] = _kept[first];
        }
    }
}
