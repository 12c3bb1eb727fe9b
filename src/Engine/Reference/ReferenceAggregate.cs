using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;
using FeatureService.Engine.Definitions;

namespace FeatureService.Engine.Reference;

/// <summary>The value of one aggregate for one cell.</summary>
internal sealed class ReferenceAggregate
{
    private readonly AggregateCall _call;
    private readonly WeekCalendar _calendar;
    private readonly Piece _window;
    private readonly IReadOnlyList<KeptEvent> _kept;

    private ReferenceAggregate(AggregateCall call, WeekCalendar calendar, Piece window, IReadOnlyList<KeptEvent> kept)
    {
        _call = call;
        _calendar = calendar;
        _window = window;
        _kept = kept;
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
        var kept = new List<KeptEvent>();
        foreach (var e in events.Where(e => start <= e.Time && e.Time < end))
        {
            var row = new Interpreter(calendar.Zone, leaf => e.Values[((ColumnExpression)leaf).Column]);
            var keep = call.Where is null ? true : row.Evaluate(call.Where);
            var value = keep is not true ? null : call.Input is null ? true : row.Evaluate(call.Input);
            if ((keep as Overflow ?? value as Overflow) is { } overflow)
            {
                return overflow;
            }

            // Nulls are skipped by every aggregate; of a source's rows each has a value.
            if (value is not null)
            {
                kept.Add(new KeptEvent(e.Time, Normal.Of(value)!));
            }
        }

        return new ReferenceAggregate(call, calendar, new Piece(start, end), kept).Result();
    }

    private object? Result() => _call.Function switch
    {
        AggregateFunction.Count => (long)_kept.Count,
        AggregateFunction.CountDistinct => (long)_kept.Select(e => e.Value).Distinct(ValueOrder.Instance).Count(),
        _ when _kept.Count == 0 => null,
        AggregateFunction.Sum => IsFloat ? FloatSum() : InRange(ExactSum()),
        AggregateFunction.Avg => (IsFloat ? FloatSum() : Normal.ToFloat64(ExactSum())) / _kept.Count,
        AggregateFunction.Min => _kept.Select(e => e.Value).Min(ValueOrder.Instance),
        AggregateFunction.Max => _kept.Select(e => e.Value).Max(ValueOrder.Instance),
        AggregateFunction.VarPop => Variance(0),
        AggregateFunction.VarSamp => Variance(1),
        AggregateFunction.StddevPop => Root(Variance(0)),
        AggregateFunction.StddevSamp => Root(Variance(1)),
        AggregateFunction.First => _kept[0].Value,
        AggregateFunction.Last => _kept[^1].Value,
        AggregateFunction.DaysSinceFirst => Days(_window.End - _kept[0].Time),
        AggregateFunction.DaysSinceLast => Days(_window.End - _kept[^1].Time),
        _ => throw new NotSupportedException($"the aggregate {_call.Function}"),
    };

    private bool IsFloat => _call.Input!.Type == ColumnType.Float64;

    private double FloatSum() => Combine(
        piece => Inside(piece).Aggregate(0.0, (sum, e) => sum + (double)e.Value), (older, newer) => older + newer, 0.0);

    private Int128 ExactSum() => _kept.Aggregate(Int128.Zero, (sum, e) => sum + Integer(e.Value));

    private static object InRange(Int128 sum) => sum < long.MinValue || sum > long.MaxValue ? new Overflow("sum") : (long)sum;

    private double? Variance(int less)
    {
        var moments = Combine(
            piece => Inside(piece).Aggregate(default(Moments), (state, e) => state.Add(Number(e.Value))), Moments.Merge, default);
        return moments.N <= less ? null : moments.M2 / (moments.N - less);
    }

    private static double? Root(double? variance) => variance is { } value ? Math.Sqrt(value) : null;

    private static double Days(long micros) => micros / (double)Instants.MicrosPerDay;

    private static long Integer(object value) => value is bool truth ? truth ? 1 : 0 : (long)value;

    private static double Number(object value) => value is double number ? number : Integer(value);

    private IEnumerable<KeptEvent> Inside(Piece piece) => _kept.Where(e => piece.Start <= e.Time && e.Time < piece.End);

    private TState Combine<TState>(Func<Piece, TState> fold, Func<TState, TState, TState> merge, TState nothing) =>
        _call.Window.Kind switch
        {
            WindowKind.Over or WindowKind.Next => WindowPieces.Combine(_calendar, _window, fold, merge, nothing),
            // Empty tiles change nothing, so the first kept event will do for the entity's first.
            WindowKind.All => WindowPieces.CombineAll(_calendar, _kept[0].Time, _window.End, fold, merge, nothing),
            _ => throw new NotSupportedException($"the window {_call.Window.NormalForm}"),
        };

    /// <summary>An event that counts, with the value that enters the aggregate.</summary>
    private sealed record KeptEvent(long Time, object Value);
}
