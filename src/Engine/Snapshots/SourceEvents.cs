using System.Runtime.InteropServices;
using FeatureService.Core.Columns;

namespace FeatureService.Engine.Snapshots;

/// <summary>
/// The events of one source for the entities of a slice, by columns, sorted by (entity, event order). Entity <c>i</c> of the slice
/// has the events <c>Offsets[i]</c> to <c>Offsets[i + 1]</c>; event numbers count into the columns as they are stored, so the first
/// need not be 0.
/// </summary>
public sealed class SourceEvents
{
    /// <summary>The first cutoff of an event that no cutoff sees, as its availability is null.</summary>
    public const int Never = int.MaxValue;

    /// <summary>
    /// The first cutoff of a fact without time, which every cutoff sees: a week before any that an event can lie in, yet so small
    /// that the difference of two weeks fits an int.
    /// </summary>
    public const int Ever = -(1 << 20);

    /// <summary>The instant of a fact without time: before every event.</summary>
    public const long BeforeAllTime = long.MinValue;

    private readonly ReadOnlyMemory<long> _times;
    private readonly ReadOnlyMemory<int> _firstCutoffs;
    private readonly int[] _offsets;
    private readonly EventColumn[] _columns;

    /// <summary>Wraps columns; nothing is copied.</summary>
    /// <param name="offsets">One more than the slice has entities; not descending.</param>
    /// <param name="times">Microseconds UTC of each event.</param>
    /// <param name="firstCutoffs">For each event the number of the first week whose cutoff lies after it and after its availability.</param>
    /// <param name="columns">One for each column of the source.</param>
    public SourceEvents(int[] offsets, ReadOnlyMemory<long> times, ReadOnlyMemory<int> firstCutoffs, EventColumn[] columns)
    {
        _offsets = offsets;
        _times = times;
        _firstCutoffs = firstCutoffs;
        _columns = columns;
    }

    /// <summary>
    /// Facts without time: each lies at <see cref="BeforeAllTime"/> and is seen from <see cref="Ever"/> on. All snapshots share the
    /// memory of these, so that it costs nothing to give facts what events have.
    /// </summary>
    /// <param name="offsets">One more than the slice has entities; not descending.</param>
    /// <param name="columns">One for each column of the source.</param>
    public static SourceEvents OfFacts(int[] offsets, EventColumn[] columns) =>
        new(offsets, FactTimes.Times(offsets[^1]), FactTimes.FirstCutoffs(offsets[^1]), columns);

    /// <summary>Where each entity's events start, and behind the last where they end.</summary>
    public ReadOnlySpan<int> Offsets => _offsets;

    /// <summary>Number of events of the slice.</summary>
    public int Count => _offsets[^1] - _offsets[0];

    /// <summary>Microseconds UTC of the events, by event number.</summary>
    public ReadOnlySpan<long> Times => _times.Span;

    /// <summary><see cref="Times"/>, for code that fixes them in memory.</summary>
    public ReadOnlyMemory<long> TimeMemory => _times;

    /// <summary><see cref="FirstCutoffs"/>, for code that fixes them in memory.</summary>
    public ReadOnlyMemory<int> FirstCutoffMemory => _firstCutoffs;

    /// <summary>
    /// The first week whose cutoff sees each event, by event number. Without an availability column it is the week behind the one
    /// in which the event lies; for facts without time it is <see cref="Ever"/>.
    /// </summary>
    public ReadOnlySpan<int> FirstCutoffs => _firstCutoffs.Span;

    /// <summary>One column of the source, the time column among them.</summary>
    /// <param name="column">Index in <see cref="Definitions.EventSource.Columns"/>.</param>
    public EventColumn Column(int column) => _columns[column];
}

/// <summary>The values of one column of a source, by event number.</summary>
public sealed class EventColumn
{
    /// <summary>The type of the values.</summary>
    public required ColumnType Type { get; init; }

    /// <summary>
    /// Little-endian values: int64 (also timestamps, in microseconds), float64, int32 (dates, and codes of strings); bools are one
    /// bit each, LSB first. Nulls have zero.
    /// </summary>
    public required ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>One bit an event, LSB first, 1 = valid; empty where all are.</summary>
    public ReadOnlyMemory<byte> Validity { get; init; }

    /// <summary>For strings the texts, ascending by bytes, without duplicates; else null.</summary>
    public StringTable? Dictionary { get; init; }

    /// <summary>The values as a span, by event number.</summary>
    /// <typeparam name="T">A type of the values' width.</typeparam>
    public ReadOnlySpan<T> Values<T>()
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(Data.Span);

    /// <summary>Whether an event's value is not null.</summary>
    /// <param name="row">Event number.</param>
    public bool IsValid(int row) => Validity.IsEmpty || Bitmap.Get(Validity.Span, row);
}
