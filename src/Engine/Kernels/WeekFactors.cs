using System.Collections.Concurrent;
using FeatureService.Core.Calendar;

namespace FeatureService.Engine.Kernels;

/// <summary>The weights that are left from one week's start to another's, for a range of weeks; weeks differ in length where clocks change.</summary>
internal sealed class WeekFactors
{
    private readonly Decay _decay;
    private readonly long[] _starts;
    private readonly ConcurrentDictionary<int, double[]> _spans = [];

    /// <summary>Tables of a range of weeks.</summary>
    /// <param name="decay">The decay.</param>
    /// <param name="calendar">The catalog's weeks.</param>
    /// <param name="first">The first week.</param>
    /// <param name="end">The week behind the last.</param>
    public WeekFactors(Decay decay, WeekCalendar calendar, int first, int end)
    {
        (_decay, First) = (decay, first);
        _starts = new long[end - first + 1];
        for (var i = 0; i < _starts.Length; i++)
        {
            _starts[i] = calendar.Cutoff(first + i);
        }
    }

    /// <summary>The first week.</summary>
    public int First { get; }

    /// <summary>The week behind the last.</summary>
    public int End => First + _starts.Length - 1;

    /// <summary>Whether all weeks of a range are here.</summary>
    public bool Holds(int first, int end) => First <= first && end <= End;

    /// <summary>The instant at which a week starts, or the last one ends.</summary>
    public long Start(int week) => _starts[week - First];

    /// <summary>The weight that is left from the start of each week, counted from <see cref="First"/>, until so many weeks later.</summary>
    public double[] Over(int weeks) => _spans.GetOrAdd(weeks, static (span, self) => self.Span(span), this);

    private double[] Span(int weeks)
    {
        var factors = new double[Math.Max(_starts.Length - weeks, 0)];
        var (micros, factor) = (0L, 1.0);
        for (var i = 0; i < factors.Length; i++)
        {
            // Nearly all spans are equally long.
            if (_starts[i + weeks] - _starts[i] != micros)
            {
                micros = _starts[i + weeks] - _starts[i];
                factor = _decay.Factor(micros);
            }

            factors[i] = factor;
        }

        return factors;
    }
}
