using FeatureService.Core.Calendar;
using FeatureService.Engine.Definitions;

namespace FeatureService.Engine.Reference;

/// <summary>An event that counts.</summary>
/// <param name="Time">Microseconds UTC.</param>
/// <param name="Value">What enters the aggregate, never null; of an aggregate of rows true.</param>
/// <param name="Order">What <c>min_by</c> and <c>max_by</c> compare; else null.</param>
internal sealed record KeptEvent(long Time, object Value, object? Order)
{
    /// <summary>The events of an aggregate's window for which <c>where</c> is true and whose value is not null, in event order.</summary>
    /// <param name="call">The aggregate.</param>
    /// <param name="zone">The catalog's zone.</param>
    /// <param name="window">From which instant to which the aggregate sees.</param>
    /// <param name="events">The events that the cell may see, in event order.</param>
    /// <param name="overflow">That of an event that counts; null where there is none.</param>
    public static List<KeptEvent> Of(
        AggregateCall call, ZoneRules zone, Piece window, IEnumerable<ReferenceEvent> events, out Overflow? overflow)
    {
        var inWindow = events.Where(e => window.Start <= e.Time && e.Time < window.End);
        var kept = new List<KeptEvent>();
        foreach (var e in call.Window.Kind == WindowKind.LastEvents ? Latest(call, zone, inWindow) : inWindow)
        {
            var row = Row(zone, e);
            var keep = call.Where is null ? true : row.Evaluate(call.Where);
            var value = keep is not true ? null : call.Input is null ? true : row.Evaluate(call.Input);
            var order = value is null or Overflow || call.OrderBy is null ? null : row.Evaluate(call.OrderBy);
            overflow = keep as Overflow ?? value as Overflow ?? order as Overflow;
            if (overflow is not null)
            {
                return kept;
            }

            if (value is not null)
            {
                kept.Add(new KeptEvent(e.Time, Normal.Of(value)!, Normal.Of(order)));
            }
        }

        overflow = null;
        return kept;
    }

    /// <summary>
    /// From the newest event back, until so many are kept as the window has; a null value takes a place. One whose <c>where</c>
    /// overflows on the way is among them: it decides about the value. Older ones are not looked at.
    /// </summary>
    private static List<ReferenceEvent> Latest(AggregateCall call, ZoneRules zone, IEnumerable<ReferenceEvent> events)
    {
        var latest = new List<ReferenceEvent>();
        foreach (var e in events.Reverse().TakeWhile(_ => latest.Count < call.Window.EventsMax))
        {
            if (call.Where is null || Row(zone, e).Evaluate(call.Where) is true or Overflow)
            {
                latest.Insert(0, e);
            }
        }

        return latest;
    }

    private static Interpreter Row(ZoneRules zone, ReferenceEvent e) =>
        new(zone, leaf => e.Values[((ColumnExpression)leaf).Column]);
}
