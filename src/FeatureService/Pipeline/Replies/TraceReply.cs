using FeatureService.Contracts.V1;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Reference;
using FeatureService.Engine.Reference.Tracing;

namespace FeatureService.Pipeline.Replies;

/// <summary>A trace as it is told.</summary>
internal static class TraceReply
{
    /// <summary>The most events of one kind that are listed for an aggregate.</summary>
    public const int EventsMax = 1_000;

    /// <summary>The answer, without what it was bound against.</summary>
    public static TraceResponse Of(ValueTrace trace, Catalog catalog, FeatureColumn column, int eventsMax)
    {
        var response = new TraceResponse
        {
            Column = Headers.Of(column),
            Definition = column.Text,
            CutoffMicros = trace.Cutoff,
            Value = Value(trace.Value, column.OutputType),
            RowStatus = trace.Status,
            Immature = trace.Immature ?? "",
        };
        response.Aggregates.AddRange(trace.Aggregates.Select(aggregate => Aggregate(aggregate, catalog, eventsMax)));
        return response;
    }

    private static TracedAggregate Aggregate(AggregateTrace trace, Catalog catalog, int eventsMax)
    {
        var source = catalog.Sources[trace.Call.Source];
        Core.Columns.ColumnType[] types = [.. trace.Columns.Select(name => source.Columns[source.IndexOf(name)].Type)];
        var counted = trace.Events.Where(e => e.Verdict == EventVerdict.Counted).ToList();
        var others = trace.Events.Where(e => e.Verdict != EventVerdict.Counted).ToList();
        var told = new TracedAggregate
        {
            Text = trace.Text,
            Source = source.Name,
            EndMicros = trace.End,
            Value = Value(trace.Value, trace.Call.Type),
            Counted = counted.Count,
            NotCounted = others.Count,
        };
        if (trace.Start is { } start)
        {
            told.StartMicros = start;
        }

        told.Columns.AddRange(trace.Columns);
        told.CountedEvents.AddRange(counted.TakeLast(eventsMax).Select(e => Event(e, types, trace.Call.Input?.Type)));
        told.NotCountedEvents.AddRange(Nearest(others, trace, eventsMax).Select(e => Event(e, types, trace.Call.Input?.Type)));
        return told;
    }

    /// <summary>The events nearest to the window; those inside it have no distance.</summary>
    private static IEnumerable<EventTrace> Nearest(List<EventTrace> events, AggregateTrace trace, int eventsMax) => events
        .Index()
        .OrderBy(e => Distance(e.Item, trace))
        .Take(eventsMax)
        .OrderBy(e => e.Index)
        .Select(e => e.Item);

    private static Int128 Distance(EventTrace e, AggregateTrace trace) => e.Verdict switch
    {
        EventVerdict.BeforeTheWindow => (Int128)(trace.Start ?? 0) - (e.Time ?? 0),
        EventVerdict.BehindTheWindow => (Int128)(e.Time ?? 0) - trace.End,
        _ => 0,
    };

    private static TracedEvent Event(EventTrace trace, Core.Columns.ColumnType[] types, Core.Columns.ColumnType? input)
    {
        var told = new TracedEvent { Reason = trace.Verdict.Reason() };
        if (trace.Time is { } time)
        {
            told.TimeMicros = time;
        }

        if (trace.Known is { } known)
        {
            told.KnownMicros = known;
        }

        told.Values.AddRange(trace.Values.Zip(types, Value));
        if (trace.Verdict == EventVerdict.Counted && input is { } type)
        {
            told.Input = Value(trace.Input, type);
        }

        return told;
    }

    private static TracedValue Value(object? value, Core.Columns.ColumnType type) => value switch
    {
        null => new TracedValue(),
        Overflow overflow => new TracedValue { Error = $"int64 overflow of {overflow.Operation}: multiply by 1.0 (* 1.0) to compute in float64" },
        bool truth => new TracedValue { BoolValue = truth },
        long instant when type == Core.Columns.ColumnType.Timestamp => new TracedValue { TimestampValue = instant },
        long number => new TracedValue { Int64Value = number },
        int day => new TracedValue { DateValue = day },
        double number => new TracedValue { Float64Value = number },
        float number => new TracedValue { Float64Value = number },
        string text => new TracedValue { StringValue = text },
        _ => throw new ArgumentException($"no value of {value.GetType().Name}", nameof(value)),
    };
}
