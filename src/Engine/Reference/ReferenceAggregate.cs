using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Numerics;

namespace FeatureService.Engine.Reference;

/// <summary>The value of one aggregate for one cell.</summary>
internal sealed class ReferenceAggregate
{
    private readonly AggregateCall _call;
    private readonly WeekCalendar _calendar;
    private readonly long _cutoff;
    private readonly long _end;
    private readonly IReadOnlyList<KeptEvent> _kept;
    private readonly ReferenceWindow _window;

    private ReferenceAggregate(AggregateCall call, WeekCalendar calendar, long cutoff, Piece window, IReadOnlyList<KeptEvent> kept)
    {
        _call = call;
        _calendar = calendar;
        _cutoff = cutoff;
        _end = window.End;
        _kept = kept;
        _window = new ReferenceWindow(calendar, call.Window.Kind, window, kept);
    }

    /// <summary>Evaluates an aggregate.</summary>
    /// <param name="call">The aggregate.</param>
    /// <param name="calendar">The catalog's weeks.</param>
    /// <param name="week">Number of the week.</param>
    /// <param name="events">The events that the cell may see, in event order.</param>
    /// <returns>The value, or an <see cref="Overflow"/>: of the aggregate, or of an event in its window that is kept.</returns>
    public static object? Evaluate(AggregateCall call, WeekCalendar calendar, int week, IEnumerable<ReferenceEvent> events)
    {
        var (start, end) = call.Window.Instants(calendar, week);
        var window = new Piece(start, end);
        var kept = KeptEvent.Of(call, calendar.Zone, window, events, out var overflow);
        return overflow ?? new ReferenceAggregate(call, calendar, calendar.Cutoff(week), window, kept).Result();
    }

    private IEnumerable<object> Values => _kept.Select(e => e.Value);

    private bool IsFloat => _call.Input!.Type == ColumnType.Float64;

    private object? Result() => _call.Function switch
    {
        AggregateFunction.Count => (long)_kept.Count,
        AggregateFunction.CountDistinct => (long)Values.Distinct(ValueOrder.Instance).Count(),
        AggregateFunction.ActiveDays => (long)_kept.Select(e => _calendar.Zone.LocalDay(e.Time)).Distinct().Count(),
        AggregateFunction.ActiveWeeks => (long)_kept.Select(e => _calendar.WeekOf(e.Time)).Distinct().Count(),
        AggregateFunction.Custom => _call.Custom!.Accept(new CustomReference(_calendar.Zone, _window, _call.Window.Kind, _kept, _end)),
        _ when _kept.Count == 0 => null,
        AggregateFunction.Sum => IsFloat ? FloatSum() : InRange(ExactSum()),
        AggregateFunction.Avg => (IsFloat ? FloatSum() : Normal.ToFloat64(ExactSum())) / _kept.Count,
        AggregateFunction.DecayedSum => DecayedSum(_call.Arguments.HalfLife!.Value),
        <= AggregateFunction.Max or AggregateFunction.Quantile or AggregateFunction.Top or AggregateFunction.Entropy => OfMultiset(),
        <= AggregateFunction.StddevSamp or AggregateFunction.Skewness or AggregateFunction.Kurtosis => OfMoments(),
        AggregateFunction.Slope => OfLine().Slope(),
        _ => OfSequence(),
    };

    private object? OfMultiset() => _call.Function switch
    {
        AggregateFunction.Min => Values.Min(ValueOrder.Instance),
        AggregateFunction.Max => Values.Max(ValueOrder.Instance),
        AggregateFunction.Quantile => Multisets.Quantile(Values, _call.Arguments.Fraction),
        AggregateFunction.Top => Multisets.Top(Values, _call.Arguments.Rank),
        AggregateFunction.Entropy => Multisets.Entropy(Values),
        _ => throw Unknown(),
    };

    private object? OfSequence() => _call.Function switch
    {
        AggregateFunction.First => _kept[0].Value,
        AggregateFunction.Last => _kept[^1].Value,
        AggregateFunction.NthLast => Sequences.NthLast(_kept, _call.Arguments.Rank),
        AggregateFunction.MinBy => Sequences.By(_kept, 1),
        AggregateFunction.MaxBy => Sequences.By(_kept, -1),
        AggregateFunction.DaysSinceFirst => Sequences.Days(_end - _kept[0].Time),
        AggregateFunction.DaysSinceLast => Sequences.Days(_end - _kept[^1].Time),
        AggregateFunction.DaysUntilFirst => Sequences.Days(_kept[0].Time - _cutoff),
        AggregateFunction.AvgGapDays => Sequences.AvgGap(_kept),
        AggregateFunction.LongestGapDays => Sequences.LongestGap(_kept),
        // A source of facts without time has one row of an entity.
        AggregateFunction.Value => _kept.Single().Value,
        _ => throw Unknown(),
    };

    private object? OfMoments()
    {
        var moments = _window.Combine(
            default(Moments), (state, e, _) => state.Add(Normal.Number(e.Value)), (older, newer, _) => Moments.Merge(older, newer));
        return _call.Function switch
        {
            AggregateFunction.VarPop => moments.Variance(0),
            AggregateFunction.VarSamp => moments.Variance(1),
            AggregateFunction.StddevPop => Root(moments.Variance(0)),
            AggregateFunction.StddevSamp => Root(moments.Variance(1)),
            AggregateFunction.Skewness => moments.Skewness(),
            AggregateFunction.Kurtosis => moments.Kurtosis(),
            _ => throw Unknown(),
        };
    }

    private LineMoments OfLine() => _window.Combine(
        default(LineMoments),
        (state, e, _) => state.Add(e.Time, Normal.Number(e.Value)),
        (older, newer, _) => LineMoments.Merge(older, newer));

    private double FloatSum() => _window.Combine(0.0, (sum, e, _) => sum + (double)e.Value, (older, newer, _) => older + newer);

    private Int128 ExactSum() => _kept.Aggregate(Int128.Zero, (sum, e) => sum + Normal.Integer(e.Value));

    private static object InRange(Int128 sum) => sum < long.MinValue || sum > long.MaxValue ? new Overflow("sum") : (long)sum;

    /// <summary>Rule 8: every piece sees its values from its own end, and what is older fades by the distance to the newer end.</summary>
    private double DecayedSum(Length halfLife)
    {
        double h = (halfLife.CalendarDays * Instants.MicrosPerDay) + halfLife.ExactMicros;
        return _window.Combine(
            0.0,
            (sum, e, end) => sum + (Normal.Number(e.Value) * F(end - e.Time)),
            (older, newer, apart) => (older * F(apart)) + newer);

        double F(long micros) => Elementary.Exp2(-(micros / h));
    }

    private static double? Root(double? variance) => variance is { } value ? Math.Sqrt(value) : null;

    private NotSupportedException Unknown() => new($"the aggregate {_call.Function}");
}
