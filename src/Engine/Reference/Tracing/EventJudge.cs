using FeatureService.Core.Calendar;
using FeatureService.Engine.Definitions;

namespace FeatureService.Engine.Reference.Tracing;

/// <summary>Says of every event of an entity whether it counts for an aggregate.</summary>
/// <param name="call">The aggregate.</param>
/// <param name="calendar">The catalog's weeks.</param>
/// <param name="week">Number of the row's week.</param>
/// <param name="seesAll">Whether events count before they are known.</param>
internal sealed class EventJudge(AggregateCall call, WeekCalendar calendar, int week, bool seesAll)
{
    /// <summary>The verdicts, and what enters of the events that count; an event whose filter or value overflows counts, with that overflow.</summary>
    /// <param name="events">The entity's events, in event order.</param>
    public (EventVerdict Verdict, object? Input)[] Judge(IReadOnlyList<ReferenceEvent> events)
    {
        var verdicts = events.Select(Judge).ToArray();
        if (call.Window.Kind == WindowKind.LastEvents)
        {
            KeepTheLast(verdicts);
        }

        return verdicts;
    }

    private (EventVerdict Verdict, object? Input) Judge(ReferenceEvent e)
    {
        var (start, end) = call.Window.Instants(calendar, week);
        if (e.Time < start || e.Time >= end)
        {
            return (e.Time < start ? EventVerdict.BeforeTheWindow : EventVerdict.BehindTheWindow, null);
        }

        if (!seesAll && !(e.Known < calendar.Cutoff(week)))
        {
            return (EventVerdict.NotKnown, null);
        }

        var row = new Interpreter(calendar.Zone, leaf => e.Values[((ColumnExpression)leaf).Column]);
        var keep = call.Where is null ? true : row.Evaluate(call.Where);
        if (keep is not true)
        {
            return keep is Overflow ? (EventVerdict.Counted, keep) : (keep is null ? EventVerdict.WhereNull : EventVerdict.WhereFalse, null);
        }

        return call.Input is null ? (EventVerdict.Counted, null)
            : row.Evaluate(call.Input) is { } value ? (EventVerdict.Counted, Normal.Of(value))
            : (EventVerdict.ValueNull, null);
    }

    /// <summary>From the newest back: so many kept events, one with a null value among them.</summary>
    private void KeepTheLast((EventVerdict Verdict, object? Input)[] verdicts)
    {
        var taken = 0;
        for (var i = verdicts.Length - 1; i >= 0; i--)
        {
            if (verdicts[i].Verdict is not (EventVerdict.Counted or EventVerdict.ValueNull))
            {
                continue;
            }

            if (taken++ >= call.Window.EventsMax)
            {
                verdicts[i] = (EventVerdict.NotAmongTheLast, null);
            }
        }
    }
}
