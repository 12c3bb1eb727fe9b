using FeatureService.Engine.Expressions;

namespace FeatureService.Engine.Kernels;

/// <summary>
/// Exact sums of int64 as differences of running sums. Where the sum of magnitudes stays inside 63 bits one running sum will do; else
/// the upper and the lower 32 bits of the values are summed apart, neither of which can overflow, and joined to 128 bits.
/// </summary>
internal readonly unsafe struct IntegerSums
{
    private readonly EventSet _set;
    private readonly long* _inputs;
    private readonly long* _low;
    private readonly long* _high;
    private readonly int _count;
    private readonly int* _slots;

    /// <summary>Sums up the values of a batch's events, or of a set that is recalled the sums of its tiles.</summary>
    /// <param name="set">The events.</param>
    /// <param name="inputs">The value of each event; of a set that is recalled the sum of each slot.</param>
    /// <param name="arena">Memory for events.</param>
    public IntegerSums(EventSet set, void* inputs, Arena arena)
    {
        _set = set;
        _inputs = (long*)inputs;
        _count = set.IsRecalled ? set.Space.SlotCount : set.Count;
        _low = arena.Take<long>(_count + 1);
        IsWide = !FitsOne();
        _high = IsWide ? arena.Take<long>(_count + 1) : null;
        _slots = set.IsRecalled ? Numbers(_count + 1, arena) : null;
        var (low, high) = (0L, 0L);
        for (var i = 0; i < _count; i++)
        {
            _low[i] = low;
            low += IsWide ? (uint)_inputs[i] : _inputs[i];
            if (IsWide)
            {
                _high[i] = high;
                high += _inputs[i] >> 32;
            }
        }

        _low[_count] = low;
        if (IsWide)
        {
            _high[_count] = high;
        }
    }

    /// <summary>Whether a sum may need more than 64 bits.</summary>
    public bool IsWide { get; }

    /// <summary>The sum of each cell, where none needs more than 64 bits.</summary>
    /// <param name="span">The window's events.</param>
    /// <param name="shape">The window.</param>
    /// <param name="target">Takes the sums.</param>
    public void Narrow(EventSpan span, WindowShape shape, long* target)
    {
        for (var stretch = 0; stretch < _set.Batch.Count; stretch++)
        {
            var lows = _slots == null ? span.LowsOf(stretch) : Slots(stretch, shape.StartOffset);
            var highs = _slots == null ? span.HighsOf(stretch) : Slots(stretch, shape.EndOffset);
            var cells = target + _set.Batch.CellStarts[stretch];
            for (nint i = 0; i < _set.Batch.WeekCounts[stretch]; i++)
            {
                cells[i] = _low[highs[i]] - _low[lows[i]];
            }
        }

        foreach (var late in _set.LateCells)
        {
            target[late.Cell] = (long)Visible(span, late);
        }
    }

    /// <summary>The sum of each cell.</summary>
    /// <param name="span">The window's events.</param>
    /// <param name="shape">The window.</param>
    /// <param name="target">Takes the sums.</param>
    public void Wide(EventSpan span, WindowShape shape, Int128* target)
    {
        for (var stretch = 0; stretch < _set.Batch.Count; stretch++)
        {
            var lows = _slots == null ? span.LowsOf(stretch) : Slots(stretch, shape.StartOffset);
            var highs = _slots == null ? span.HighsOf(stretch) : Slots(stretch, shape.EndOffset);
            var cells = target + _set.Batch.CellStarts[stretch];
            for (nint i = 0; i < _set.Batch.WeekCounts[stretch]; i++)
            {
                var (from, to) = (lows[i], highs[i]);
                cells[i] = IsWide ? ((Int128)(_high[to] - _high[from]) << 32) + (_low[to] - _low[from]) : _low[to] - _low[from];
            }
        }

        foreach (var late in _set.LateCells)
        {
            target[late.Cell] = Visible(span, late);
        }
    }

    /// <summary>Works out the sums of a set's tiles.</summary>
    /// <param name="set">The events.</param>
    /// <param name="inputs">The value of each event.</param>
    /// <param name="rows">Takes the sums.</param>
    /// <param name="arena">Memory that lives as long as the set does.</param>
    /// <returns>False where one needs more than 64 bits.</returns>
    public static bool TryWriteTiles(EventSet set, long* inputs, TileRows rows, Arena arena)
    {
        for (var stretch = 0; stretch < set.Batch.Count; stretch++)
        {
            var boundaries = set.Boundaries(arena) + set.Space.SlotStart(stretch);
            var sums = rows.Of(set, stretch);
            for (var slot = 0; slot < sums.Length; slot++)
            {
                Int128 sum = 0;
                for (var i = boundaries[slot]; i < boundaries[slot + 1]; i++)
                {
                    sum += inputs[i];
                }

                sums[slot] = (long)(ulong)(UInt128)sum;
                if (sums[slot] != sum)
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>By cell of a stretch the number of the running sum before the tile so many weeks from the cell's week.</summary>
    private int* Slots(int stretch, int offset) => _slots + _set.Space.SlotStart(stretch) + 1 - _set.Space.TileMin + offset;

    private static int* Numbers(int count, Arena arena)
    {
        var numbers = arena.Take<int>(count);
        for (var i = 0; i < count; i++)
        {
            numbers[i] = i;
        }

        return numbers;
    }

    private bool FitsOne()
    {
        // Half of the range leaves room for the difference of two running sums.
        var left = (ulong)(long.MaxValue / 2);
        for (var i = 0; i < _count; i++)
        {
            var magnitude = (ulong)(_inputs[i] < 0 ? -_inputs[i] : _inputs[i]);
            if (magnitude > left)
            {
                return false;
            }

            left -= magnitude;
        }

        return true;
    }

    private Int128 Visible(EventSpan span, LateCell late)
    {
        var week = _set.WeekBase + _set.Batch.FirstWeeks[late.Stretch] + late.Week;
        Int128 sum = 0;
        for (var i = span.Lows[late.Cell]; i < span.Highs[late.Cell]; i++)
        {
            sum += _set.Seen[i] <= week ? _inputs[i] : 0;
        }

        return sum;
    }
}
