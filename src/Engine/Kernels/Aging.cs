using System.Runtime.Intrinsics;
using FeatureService.Engine.Expressions;

namespace FeatureService.Engine.Kernels;

/// <summary>What values and states of a batch lose with time, by one half life (EVALUATION.md rule 8).</summary>
internal sealed unsafe class Aging
{
    private readonly Decay _decay;
    private readonly Dictionary<int, nint> _bySlot = [];
    private EventSet _set = null!;
    private Arena _arena = null!;
    private WeekFactors _weeks = null!;
    private double* _values;
    private double* _aged;
    private (long Micros, double Factor) _last = (0, 1);

    /// <summary>The aging of a half life.</summary>
    /// <param name="decay">The half life.</param>
    public Aging(Decay decay) => _decay = decay;

    /// <summary>Turns to a batch.</summary>
    /// <param name="set">The events.</param>
    /// <param name="values">The value of each event.</param>
    /// <param name="arena">Memory that lives as long as the tiles do.</param>
    public void Set(EventSet set, double* values, Arena arena)
    {
        (_set, _arena) = (set, arena);
        _bySlot.Clear();
        _values = values;
        _aged = arena.Take<double>(set.Count);
        var (first, end) = (int.MaxValue, int.MinValue);
        for (var stretch = 0; stretch < set.Batch.Count; stretch++)
        {
            first = Math.Min(first, set.WeekOfSlots(stretch) - 1);
            end = Math.Max(end, set.WeekOfSlots(stretch) + set.Space.SlotsOf(stretch));
        }

        _weeks = _decay.Weeks(first, Math.Max(first, end));
    }

    /// <summary>The weight that is left after some microseconds.</summary>
    public double Factor(long micros)
    {
        // Pieces of neighbouring cells are mostly equally long.
        if (_last.Micros != micros)
        {
            _last = (micros, _decay.Factor(micros));
        }

        return _last.Factor;
    }

    /// <summary>By slot the weight that is left from the start of its tile until so many weeks later; 0 behind the last slot.</summary>
    public double* Over(int weeks)
    {
        if (!_bySlot.TryGetValue(weeks, out var known))
        {
            var factors = _arena.TakeCleared<double>(_set.Space.SlotCount);
            var table = _weeks.Over(weeks).AsSpan();
            for (var stretch = 0; stretch < _set.Batch.Count; stretch++)
            {
                var left = table[(_set.WeekOfSlots(stretch) - 1 - _weeks.First)..];
                var slots = _set.Space.SlotsOf(stretch);
                left[..Math.Min(slots, left.Length)].CopyTo(new Span<double>(factors + _set.Space.SlotStart(stretch), slots));
            }

            known = (nint)factors;
            _bySlot.Add(weeks, known);
        }

        return (double*)known;
    }

    /// <summary>The weight that is left from the start of a week until that of a later one.</summary>
    public double Between(int week, int later)
    {
        Hold(week, later);
        return _weeks.Over(later - week)[week - _weeks.First];
    }

    /// <summary>Of each week from one to before a later one the weight that is left at its end of what there was at its start.</summary>
    public ReadOnlySpan<double> Through(int week, int later)
    {
        Hold(week, later);
        return _weeks.Over(1).AsSpan(week - _weeks.First, later - week);
    }

    /// <summary>Events of a run, each as it counts at the end of its week; until the next call.</summary>
    public TileInputs ToWeekEnds(int from, int to)
    {
        if (from < to)
        {
            Hold(_set.Cuts[from], _set.Cuts[to - 1]);
        }

        for (var i = from; i < to; i++)
        {
            _aged[i] = _weeks.Start(_set.Cuts[i]) - _set.Times[i];
        }

        return Weigh(from, to);
    }

    /// <summary>Events of a run as they count at an instant; until the next call.</summary>
    public TileInputs To(long end, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            _aged[i] = end - _set.Times[i];
        }

        return Weigh(from, to);
    }

    /// <summary>From ages to aged values.</summary>
    private TileInputs Weigh(int from, int to)
    {
        var i = (nint)from;
        for (; i + Vector512<double>.Count <= to; i += Vector512<double>.Count)
        {
            (Vector512.Load(_values + i) * _decay.Factor(Vector512.Load(_aged + i))).Store(_aged + i);
        }

        for (; i < to; i++)
        {
            _aged[i] = _values[i] * _decay.Factor(_aged[i]);
        }

        return new TileInputs(_aged, _set.Times);
    }

    private void Hold(int first, int end)
    {
        if (!_weeks.Holds(first, end))
        {
            _weeks = _decay.Weeks(Math.Min(first, _weeks.First), Math.Max(end, _weeks.End));
        }
    }
}
