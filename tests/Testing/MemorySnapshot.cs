using System.Globalization;
using System.IO.Hashing;
using System.Text;
using FeatureService.Core.Columns;
using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Snapshots;

namespace FeatureService.Testing;

/// <summary>
/// A snapshot of plain rows in memory, made as a build makes one: hashed into slices, sorted, coded; rows without a time are left out.
/// </summary>
public sealed class MemorySnapshot : ISnapshot
{
    private readonly Dictionary<SliceId, SliceData> _slices = [];
    private readonly long[] _completeUntil;
    private readonly Dictionary<(int Source, SliceId Slice, int Period), byte[]> _digests = [];

    /// <summary>Sorts rows into slices.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="placement">Partitions and slices.</param>
    /// <param name="rows">For each source its rows in the order of the input.</param>
    /// <param name="completeUntil">For each source the instant before which it is whole; null, of all or of one: its last event. Facts are always whole.</param>
    /// <exception cref="ArgumentException">A row has too many or too few values, or an entity has two rows of facts.</exception>
    public MemorySnapshot(
        Catalog catalog, Placement placement, IReadOnlyList<IReadOnlyList<EventRow>> rows, IReadOnlyList<long?>? completeUntil = null)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(rows.Count, catalog.Sources.Length);
        Catalog = catalog;
        Placement = placement;
        var events = new List<MemoryEvent>[rows.Count];
        _completeUntil = new long[rows.Count];
        for (var source = 0; source < rows.Count; source++)
        {
            events[source] = Events(catalog, source, rows[source]);
            _completeUntil[source] = catalog.Sources[source].Always ? long.MaxValue
                : completeUntil?[source] ?? events[source].Select(e => e.Time).DefaultIfEmpty(long.MinValue).Max();
        }

        for (var partition = 0; partition < placement.Partitions; partition++)
        {
            AddPartition(partition, [.. events.Select(list => Sorted(list, partition))]);
        }

        AddDigests(events);
        Id = Hash(events, _completeUntil);
    }

    /// <inheritdoc/>
    public string Id { get; }

    /// <inheritdoc/>
    public Catalog Catalog { get; }

    /// <inheritdoc/>
    public Placement Placement { get; }

    /// <summary>Every slice, in ascending order.</summary>
    public IEnumerable<SliceId> Slices => _slices.Keys.Order();

    /// <inheritdoc/>
    public int EntityCount(SliceId slice) => _slices[slice].EntityCount;

    /// <inheritdoc/>
    public long CompleteUntil(int source) => _completeUntil[source];

    /// <inheritdoc/>
    public bool AppendDigests(int source, SliceId slice, int firstPeriod, int lastPeriod, NonCryptographicHashAlgorithm hash)
    {
        foreach (var (key, digest) in _digests
            .Where(d => d.Key.Source == source && d.Key.Slice == slice && d.Key.Period >= firstPeriod && d.Key.Period <= lastPeriod)
            .OrderBy(d => d.Key.Period))
        {
            hash.Append(BitConverter.GetBytes(key.Period));
            hash.Append(digest);
        }

        return true;
    }

    /// <inheritdoc/>
    public SliceData Slice(SliceId slice) => _slices[slice];

    private static List<MemoryEvent> Events(Catalog catalog, int source, IReadOnlyList<EventRow> rows)
    {
        var description = catalog.Sources[source];
        var events = new List<MemoryEvent>(rows.Count);
        if (description.Always && rows.CountBy(row => row.Key).Any(key => key.Value > 1))
        {
            throw new ArgumentException($"two rows of an entity in {description.Name}: expected one, as facts have no time", nameof(rows));
        }

        foreach (var row in rows)
        {
            if (row.Values.Length != description.Columns.Length)
            {
                throw new ArgumentException(
                    $"a row of {description.Name} has {row.Values.Length} values: expected {description.Columns.Length}", nameof(rows));
            }

            if (description.Always)
            {
                // No history: what an entity is first seen by does not count facts.
                events.Add(new MemoryEvent(row, SourceEvents.BeforeAllTime, SourceEvents.Never));
            }
            else if (Instant(catalog, row.Values[description.TimeColumn]) is { } time)
            {
                var known = description.AvailableColumn < 0 ? time : Instant(catalog, row.Values[description.AvailableColumn]);
                var firstCutoff = known is { } at ? catalog.Calendar.WeekOf(Math.Max(at, time)) + 1 : SourceEvents.Never;
                events.Add(new MemoryEvent(row, time, firstCutoff));
            }
        }

        return events;
    }

    private static long? Instant(Catalog catalog, object? value) => value switch
    {
        null => null,
        int day => catalog.Calendar.Zone.StartOfDay(day),
        _ => (long)value,
    };

    /// <summary>The events of a partition by (slice, entity, time, position); sorting by LINQ keeps the positions.</summary>
    private MemoryEvent[] Sorted(List<MemoryEvent> events, int partition) =>
    [
        .. events.Where(e => Placement.SliceOf(e.Row.Key.Hash).Partition == partition)
            .OrderBy(e => Placement.SliceOf(e.Row.Key.Hash)).ThenBy(e => e.Row.Key).ThenBy(e => e.Time),
    ];

    /// <summary>Slices of a partition share its columns, as in files, so that event numbers of a slice do not start at 0.</summary>
    private void AddPartition(int partition, MemoryEvent[][] events)
    {
        var columns = Catalog.Sources.Select((source, index) => Columns(source, events[index])).ToArray();
        var starts = new int[events.Length];
        for (var i = 0; i < Placement.SlicesPerPartition; i++)
        {
            var slice = new SliceId(partition, i);
            var inSlice = events.Select(list => list.Where(e => Placement.SliceOf(e.Row.Key.Hash) == slice).ToArray()).ToArray();
            var firstCutoffs = new SortedDictionary<EntityKey, int>(
                inSlice.SelectMany(list => list)
                    .GroupBy(e => e.Row.Key)
                    .ToDictionary(group => group.Key, group => group.Min(e => e.FirstCutoff)));
            EntityKey[] keys = [.. firstCutoffs.Keys];
            var sources = new SourceEvents[events.Length];
            for (var source = 0; source < sources.Length; source++)
            {
                sources[source] = Source(source, keys, starts[source], inSlice[source], events[source], columns[source]);
                starts[source] += inSlice[source].Length;
            }

            _slices.Add(slice, new SliceData(KeysOf(Catalog.EntityType, keys), [.. firstCutoffs.Values], sources));
        }
    }

    private SourceEvents Source(
        int source, EntityKey[] keys, int start, MemoryEvent[] inSlice, MemoryEvent[] inPartition, EventColumn[] columns)
    {
        var counts = inSlice.CountBy(e => e.Row.Key).ToDictionary();
        var offsets = new int[keys.Length + 1];
        offsets[0] = start;
        for (var i = 0; i < keys.Length; i++)
        {
            offsets[i + 1] = offsets[i] + counts.GetValueOrDefault(keys[i]);
        }

        return Catalog.Sources[source].Always
            ? SourceEvents.OfFacts(offsets, columns)
            : new SourceEvents(
                offsets, inPartition.Select(e => e.Time).ToArray(), inPartition.Select(e => e.FirstCutoff).ToArray(), columns);
    }

    private static EventColumn[] Columns(EventSource source, MemoryEvent[] events) =>
    [
        .. source.Columns.Select((column, index) => EventColumns.Of(column.Type, [.. events.Select(e => e.Row.Values[index])])),
    ];

    private static EntityKeys KeysOf(EntityKeyType type, EntityKey[] keys) => type == EntityKeyType.Int64
        ? new EntityKeys(keys.Select(key => key.Number).ToArray())
        : new EntityKeys(StringTable.Of(keys.Select(key => key.ToString())));

    /// <summary>As text, by a way of its own: one for each source, slice and period that has events.</summary>
    private void AddDigests(List<MemoryEvent>[] events)
    {
        for (var source = 0; source < events.Length; source++)
        {
            var always = Catalog.Sources[source].Always;
            foreach (var group in events[source].GroupBy(
                e => (source, Placement.SliceOf(e.Row.Key.Hash), always ? 0 : EventDigest.PeriodOf(Catalog.Calendar.WeekOf(e.Time)))))
            {
                var text = string.Join('\n', group.Select(e => string.Join('|', e.Row.Values.Prepend(e.Row.Key))));
                _digests.Add(group.Key, XxHash128.Hash(Encoding.UTF8.GetBytes(text)));
            }
        }
    }

    private string Hash(List<MemoryEvent>[] events, long[] completeUntil)
    {
        var text = new StringBuilder();
        for (var source = 0; source < events.Length; source++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{Catalog.Sources[source].Name} {completeUntil[source]} {Placement}\n");
            foreach (var e in events[source])
            {
                text.Append(e.Row.Key).Append('|').AppendJoin('|', e.Row.Values).Append('\n');
            }
        }

        return Convert.ToHexStringLower(XxHash128.Hash(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private sealed record MemoryEvent(EventRow Row, long Time, int FirstCutoff);
}
