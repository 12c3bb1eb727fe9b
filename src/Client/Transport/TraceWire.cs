using FeatureService.Contracts.V1;

namespace FeatureService.Client.Transport;

/// <summary>From the messages about a trace to the client's records.</summary>
internal static class TraceWire
{
    /// <summary>A trace.</summary>
    public static ValueTrace Trace(TraceResponse response) => new()
    {
        SnapshotId = response.SnapshotId,
        ViewVersion = response.ViewVersion,
        Column = Wire.Column(response.Column),
        Definition = response.Definition,
        CutoffMicros = response.CutoffMicros,
        Value = Value(response.Value),
        RowStatus = response.RowStatus,
        Immature = response.Immature,
        Aggregates = [.. response.Aggregates.Select(Aggregate)],
    };

    private static TracedAggregate Aggregate(Contracts.V1.TracedAggregate aggregate) => new(
        aggregate.Text,
        aggregate.Source,
        aggregate.HasStartMicros ? aggregate.StartMicros : null,
        aggregate.EndMicros,
        Value(aggregate.Value),
        aggregate.Counted,
        aggregate.NotCounted,
        [.. aggregate.Columns],
        [.. aggregate.CountedEvents.Select(Event)],
        [.. aggregate.NotCountedEvents.Select(Event)]);

    private static TracedEvent Event(Contracts.V1.TracedEvent e) => new(
        e.HasTimeMicros ? e.TimeMicros : null,
        e.HasKnownMicros ? e.KnownMicros : null,
        [.. e.Values.Select(Value)],
        Value(e.Input),
        e.Reason);

    private static object? Value(TracedValue? value) => value?.KindCase switch
    {
        TracedValue.KindOneofCase.BoolValue => value.BoolValue,
        TracedValue.KindOneofCase.Int64Value => value.Int64Value,
        TracedValue.KindOneofCase.Float64Value => value.Float64Value,
        TracedValue.KindOneofCase.StringValue => value.StringValue,
        TracedValue.KindOneofCase.DateValue => Core.Calendar.WeekCalendar.Date(value.DateValue),
        TracedValue.KindOneofCase.TimestampValue => DateTimeOffset.UnixEpoch.AddTicks(value.TimestampValue * TimeSpan.TicksPerMicrosecond),
        TracedValue.KindOneofCase.Error => new ValueError(value.Error),
        _ => null,
    };
}
