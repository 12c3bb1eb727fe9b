using System.Runtime.Intrinsics;
using FeatureService.Core.Calendar;
using FeatureService.Engine.Numerics;

namespace FeatureService.Engine.Kernels;

/// <summary>
/// How much weight is left after some time (EVALUATION.md rule 8): half of it after each half life. One for each half life of a plan,
/// for any number of threads at once.
/// </summary>
internal sealed class Decay
{
    // Requests move on week by week; so many more at either end cost nothing.
    private const int WeeksBeside = 64;

    private readonly WeekCalendar _calendar;
    private readonly double _halfLife;
    private readonly Lock _growing = new();
    private volatile WeekFactors? _weeks;

    /// <summary>The decay of a half life.</summary>
    /// <param name="halfLifeMicros">The half life in microseconds.</param>
    /// <param name="calendar">The catalog's weeks.</param>
    public Decay(long halfLifeMicros, WeekCalendar calendar) => (_halfLife, _calendar) = (halfLifeMicros, calendar);

    /// <summary>The weight that is left after some microseconds.</summary>
    public double Factor(double micros) => Elementary.Exp2(-(micros / _halfLife));

    /// <summary>The weights that are left after some microseconds.</summary>
    public Vector512<double> Factor(Vector512<double> micros) => Elementary.Exp2(-(micros / Vector512.Create(_halfLife)));

    /// <summary>A table that holds at least the weeks of a range.</summary>
    /// <param name="first">The first week.</param>
    /// <param name="end">The week behind the last.</param>
    public WeekFactors Weeks(int first, int end)
    {
        var weeks = _weeks;
        if (weeks is not null && weeks.Holds(first, end))
        {
            return weeks;
        }

        lock (_growing)
        {
            weeks = _weeks;
            if (weeks is null || !weeks.Holds(first, end))
            {
                var (low, high) = (first - WeeksBeside, end + WeeksBeside);
                weeks = new WeekFactors(this, _calendar, Math.Min(low, weeks?.First ?? low), Math.Max(high, weeks?.End ?? high));
                _weeks = weeks;
            }

            return weeks;
        }
    }
}
