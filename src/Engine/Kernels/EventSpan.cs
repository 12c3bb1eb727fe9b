using System.Runtime.Intrinsics;
using FeatureService.Engine.Expressions;

namespace FeatureService.Engine.Kernels;

/// <summary>
/// For every cell of a batch which events of a set lie in a window, and how many of them are visible. What nobody asks for is not worked
/// out. Used again for the next batch.
/// </summary>
internal sealed unsafe class EventSpan
{
    private EventSet _set = null!;
    private WindowShape _shape = null!;
    private Arena _arena = null!;
    private bool _isPlain;
    private int* _lows;
    private int* _highs;
    private int* _counts;
    private ulong* _nonEmpty;
    private bool _hasNonEmpty;

    /// <summary>Turns to a window.</summary>
    /// <param name="set">The events.</param>
    /// <param name="shape">The window.</param>
    /// <param name="arena">Memory of the result, which must live until the next call.</param>
    public void Set(EventSet set, WindowShape shape, Arena arena)
    {
        (_set, _shape, _arena) = (set, shape, arena);
        _lows = _highs = _counts = null;
        _hasNonEmpty = false;
        _isPlain = shape.EventsMax == 0 && set.LateCells.Count == 0;
        if (!_isPlain)
        {
            Narrow();
        }
    }

    /// <summary>The first event of each cell.</summary>
    public int* Lows => _lows == null ? _lows = WindowBounds.Starts(_set, _shape, _arena) : _lows;

    /// <summary>The event behind the last of each cell.</summary>
    public int* Highs => _highs == null ? _highs = WindowBounds.Ends(_set, _shape, _arena) : _highs;

    /// <summary>Number of events of each cell.</summary>
    public int* Counts => _counts == null ? _counts = Count() : _counts;

    /// <summary>One bit a cell that has events; a null pointer: all have.</summary>
    public ulong* NonEmpty
    {
        get
        {
            if (!_hasNonEmpty)
            {
                _nonEmpty = AtLeast(1);
                _hasNonEmpty = true;
            }

            return _nonEmpty;
        }
    }

    /// <summary>The first event of each cell of a stretch, by its weeks.</summary>
    public int* LowsOf(int stretch) => _lows == null && _isPlain && WindowBounds.Shared(_set, _shape.StartOffset, stretch, _arena) is var low && low != null
        ? low
        : Lows + _set.Batch.CellStarts[stretch];

    /// <summary>The event behind the last of each cell of a stretch, by its weeks.</summary>
    public int* HighsOf(int stretch) => _highs == null && _isPlain && WindowBounds.Shared(_set, _shape.EndOffset, stretch, _arena) is var high && high != null
        ? high
        : Highs + _set.Batch.CellStarts[stretch];

    /// <summary>One bit a cell that has so many events; a null pointer: all have.</summary>
    public ulong* AtLeast(int count)
    {
        var cells = _set.Batch.CellCount;
        var counts = Counts;
        var bits = _arena.Take<ulong>(BitWords.Count(cells));
        var all = true;
        var less = Vector512.Create(count - 1);
        for (nint i = 0; i < cells; i += Vector512<int>.Count)
        {
            var enough = (ushort)Vector512.GreaterThan(Vector512.Load(counts + i), less).ExtractMostSignificantBits();
            ((ushort*)bits)[i >> 4] = enough;
            var inRange = (ushort)BitWords.InRange(0, Math.Min(cells - i, 16));
            all &= (enough & inRange) == inRange;
        }

        return all ? null : bits;
    }

    private int* Count()
    {
        var counts = _arena.Take<int>(_set.Batch.CellCount);
        for (var stretch = 0; stretch < _set.Batch.Count; stretch++)
        {
            var highs = HighsOf(stretch);
            var target = counts + _set.Batch.CellStarts[stretch];
            var weeks = _set.Batch.WeekCounts[stretch];
            if (_isPlain && _shape.IsOpen)
            {
                var start = Vector512.Create(_set.Starts[stretch]);
                for (nint i = 0; i < weeks; i += Vector512<int>.Count)
                {
                    (Vector512.Load(highs + i) - start).Store(target + i);
                }

                continue;
            }

            var lows = LowsOf(stretch);
            for (nint i = 0; i < weeks; i += Vector512<int>.Count)
            {
                (Vector512.Load(highs + i) - Vector512.Load(lows + i)).Store(target + i);
            }
        }

        return counts;
    }

    /// <summary>Narrows the events of late cells to what is visible: from the first to the last visible one, counting those between.</summary>
    private void Narrow()
    {
        var lows = Lows;
        var highs = Highs;
        var counts = Counts;
        foreach (var late in _set.LateCells)
        {
            var week = _set.WeekOf(late);
            var (low, high) = (lows[late.Cell], highs[late.Cell]);
            counts[late.Cell] = 0;
            var (first, last) = (low, low);
            for (var i = low; i < high; i++)
            {
                if (_set.Seen[i] <= week)
                {
                    first = counts[late.Cell] == 0 ? i : first;
                    last = i + 1;
                    counts[late.Cell]++;
                }
            }

            (lows[late.Cell], highs[late.Cell]) = (first, last);
        }
    }
}
