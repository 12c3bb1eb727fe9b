using FeatureService.Engine.Definitions;

namespace FeatureService.Engine.Reference.Tracing;

/// <summary>How one value came about.</summary>
/// <param name="Cutoff">The row's cutoff, microseconds UTC.</param>
/// <param name="Value">The value, as <see cref="ReferenceEntity.Value"/> has it.</param>
/// <param name="Status">The row's status, of this column alone.</param>
/// <param name="Immature">Why a label has no value yet; null where it is mature, and of features.</param>
/// <param name="Aggregates">Each aggregate of the definition once, other definitions written out, in the order of the text.</param>
public sealed record ValueTrace(long Cutoff, object? Value, string Status, string? Immature, IReadOnlyList<AggregateTrace> Aggregates);

/// <summary>One aggregate for one row.</summary>
/// <param name="Call">The aggregate.</param>
/// <param name="Text">The aggregate in normal form.</param>
/// <param name="Start">Where its window starts, microseconds UTC; null where it is open.</param>
/// <param name="End">Where its window ends; not inside.</param>
/// <param name="Value">Its value, or an <see cref="Overflow"/>.</param>
/// <param name="Columns">Names of the columns that it reads, in the order of the source.</param>
/// <param name="Events">Every event of the entity in the source, in event order.</param>
public sealed record AggregateTrace(
    AggregateCall Call, string Text, long? Start, long End, object? Value, IReadOnlyList<string> Columns, IReadOnlyList<EventTrace> Events);

/// <summary>One event for one aggregate.</summary>
/// <param name="Time">Microseconds UTC; null of facts without time.</param>
/// <param name="Known">When it became known; null where it never did, and of facts without time.</param>
/// <param name="Values">What it has in <see cref="AggregateTrace.Columns"/>.</param>
/// <param name="Input">What enters the aggregate; null of rows, and of events that did not count.</param>
/// <param name="Verdict">Whether it counted.</param>
public sealed record EventTrace(long? Time, long? Known, IReadOnlyList<object?> Values, object? Input, EventVerdict Verdict);
