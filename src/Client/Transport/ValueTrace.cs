namespace FeatureService.Client.Transport;

/// <summary>How one value came about.</summary>
/// <remarks>
/// Values are null, or by type: <see cref="bool"/>, <see cref="long"/>, <see cref="double"/>, <see cref="string"/>,
/// <see cref="DateOnly"/>, <see cref="DateTimeOffset"/>, or a <see cref="ValueError"/>.
/// </remarks>
public sealed record ValueTrace
{
    /// <summary>Id of the snapshot's content.</summary>
    public required string SnapshotId { get; init; }

    /// <summary>Hash of the view.</summary>
    public required string ViewVersion { get; init; }

    /// <summary>The column.</summary>
    public required DatasetColumn Column { get; init; }

    /// <summary>Its definition as written.</summary>
    public required string Definition { get; init; }

    /// <summary>The row's cutoff, microseconds UTC.</summary>
    public required long CutoffMicros { get; init; }

    /// <summary>The value.</summary>
    public required object? Value { get; init; }

    /// <summary>Status of the row, of this column alone.</summary>
    public required string RowStatus { get; init; }

    /// <summary>Why a label has no value yet; empty where it is mature, and of features.</summary>
    public required string Immature { get; init; }

    /// <summary>The aggregates of the definition, other definitions written out, in the order of the text.</summary>
    public required IReadOnlyList<TracedAggregate> Aggregates { get; init; }
}

/// <summary>One aggregate of a definition, for a row.</summary>
/// <param name="Text">In normal form.</param>
/// <param name="Source">Name of its source.</param>
/// <param name="StartMicros">Where the window starts, microseconds UTC; null where it is open.</param>
/// <param name="EndMicros">Where the window ends; not inside.</param>
/// <param name="Value">Its value.</param>
/// <param name="CountedCount">Events that counted.</param>
/// <param name="NotCountedCount">Events of the entity that did not.</param>
/// <param name="Columns">Names of the columns that it reads.</param>
/// <param name="Counted">The latest of the events that counted, in event order.</param>
/// <param name="NotCounted">Of the others those nearest to the window, in event order.</param>
public sealed record TracedAggregate(
    string Text,
    string Source,
    long? StartMicros,
    long EndMicros,
    object? Value,
    long CountedCount,
    long NotCountedCount,
    IReadOnlyList<string> Columns,
    IReadOnlyList<TracedEvent> Counted,
    IReadOnlyList<TracedEvent> NotCounted);

/// <summary>One event.</summary>
/// <param name="TimeMicros">When it happened, microseconds UTC; null of facts without time.</param>
/// <param name="KnownMicros">When it became known; null where it never did.</param>
/// <param name="Values">What it has in the columns of its aggregate.</param>
/// <param name="Input">What entered the aggregate; null of rows and of events that did not count.</param>
/// <param name="Reason">Why it did not count; empty of one that counted.</param>
public sealed record TracedEvent(long? TimeMicros, long? KnownMicros, IReadOnlyList<object?> Values, object? Input, string Reason);

/// <summary>No value: what overflowed, and the cure.</summary>
/// <param name="Message">The message.</param>
public sealed record ValueError(string Message);
