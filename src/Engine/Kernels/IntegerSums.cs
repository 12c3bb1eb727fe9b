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

    /// <summary>Sums up the values of a batch's events.</summary>
    public IntegerSums(EventSet set, void* inputs, Arena arena)
    {
        _set = set;
        _inputs = (long*)inputs;
        _low = arena.Take<long>(set.Count + 1);
        IsWide = !FitsOne();
        _high = IsWide ? arena.Take<long>(set.Count + 1) : null;
        var (low, high) = (0L, 0L);
        for (var i = 0; i < set.Count; i++)
        {
            _low[i] = low;
            low += IsWide ? (uint)_inputs[i] : _inputs[i];
            if (IsWide)
            {
                _high[i] = high;
                high += _inputs[i] >> 32;
            }
        }

        _low[set.Count] = low;
        if (IsWide)
        {
            _high[set.Count] = high;
        }
    }

    /// <summary>Whether a sum may need more than 64 bits.</summary>
    public bool IsWide { get; }

    /// <summary>The sum of each cell, where none needs more than 64 bits.</summary>
    public void Narrow(EventSpan span, long* target)
    {
        for (var stretch = 0; stretch < _set.Batch.Count; stretch++)
        {
            var lows = span.LowsOf(stretch);
            var highs = span.HighsOf(stretch);
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
    public void Wide(EventSpan span, Int128* target)
    {
        for (var cell = 0; cell < _set.Batch.CellCount; cell++)
        {
            var (from, to) = (span.Lows[cell], span.Highs[cell]);
            target[cell] = IsWide ? ((Int128)(_high[to] - _high[from]) << 32) + (_low[to] - _low[from]) : _low[to] - _low[from];
        }

        foreach (var late in _set.LateCells)
        {
            target[late.Cell] = Visible(span, late);
        }
    }

    private bool FitsOne()
    {
        // Half of the range leaves room for the difference of two running sums.
        var left = (ulong)(long.MaxValue / 2);
        for (var i = 0; i < _set.Count; i++)
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
