using System.Runtime.InteropServices;
using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;
using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Snapshots;

namespace FeatureService.Testing;

/// <summary>
/// A snapshot of many events made by columns: a source <c>e</c> with the columns <c>at</c>, <c>b</c> bool, <c>i</c> int64,
/// <c>f</c> float64, <c>s</c> string, <c>d</c> date and <c>t</c> timestamp, one value in eight of each null. On request also facts
/// without time <c>u</c> with the same columns but for <c>at</c>, for seven entities in eight.
/// </summary>
public sealed class GeneratedSnapshot : ISnapshot
{
    private static readonly (string Name, ColumnType Type)[] s_columns =
    [
        ("b", ColumnType.Bool), ("i", ColumnType.Int64), ("f", ColumnType.Float64), ("s", ColumnType.String),
        ("d", ColumnType.Date), ("t", ColumnType.Timestamp),
    ];

    /// <summary>What stands for the number of the event in a fact's random bits: no event has it.</summary>
    private const int FactNumber = -1;

    private readonly SortedDictionary<SliceId, SliceData> _slices = [];

    /// <summary>Makes the events.</summary>
    /// <param name="entities">Number of entities; their keys count from 0.</param>
    /// <param name="eventsPerEntity">Number of events of each.</param>
    /// <param name="weeks">Number of weeks from <see cref="GeneratedEvents.Start"/> over which events lie, evenly but for a random part.</param>
    /// <param name="slices">Number of slices, a power of two.</param>
    /// <param name="columns">Names of the columns to make; none means all.</param>
    public GeneratedSnapshot(int entities, int eventsPerEntity, int weeks, int slices, params string[] columns)
        : this(entities, eventsPerEntity, weeks, slices, hasFacts: false, columns)
    {
    }

    private GeneratedSnapshot(int entities, int eventsPerEntity, int weeks, int slices, bool hasFacts, string[] columns)
    {
        var events = Catalogs.Source("e", [.. s_columns.Where(column => columns.Length == 0 || columns.Contains(column.Name))]);
        Catalog = Catalogs.Of("Europe/London", hasFacts ? [events, Catalogs.Facts("u", s_columns)] : [events]);
        Placement = new Placement(1, slices);
        var keys = Enumerable.Range(0, entities)
            .GroupBy(key => Placement.SliceOf(EntityKey.HashOf(key)))
            .ToDictionary(group => group.Key, group => group.ToArray());
        for (var slice = 0; slice < slices; slice++)
        {
            var id = new SliceId(0, slice);
            _slices.Add(id, Make(keys.GetValueOrDefault(id, []), eventsPerEntity, weeks * 7 * Instants.MicrosPerDay));
        }
    }

    /// <inheritdoc/>
    public string Id => "generated";

    /// <inheritdoc/>
    public Catalog Catalog { get; }

    /// <inheritdoc/>
    public Placement Placement { get; }

    /// <inheritdoc/>
    public int EntityCount(SliceId slice) => _slices[slice].EntityCount;

    /// <inheritdoc/>
    public long CompleteUntil(int source) => long.MaxValue;

    /// <inheritdoc/>
    public SliceData Slice(SliceId slice) => _slices[slice];

    /// <summary>The same events, and beside them facts without time <c>u</c>.</summary>
    /// <param name="entities">Number of entities; their keys count from 0.</param>
    /// <param name="eventsPerEntity">Number of events of each.</param>
    /// <param name="weeks">Number of weeks over which events lie.</param>
    /// <param name="slices">Number of slices, a power of two.</param>
    public static GeneratedSnapshot WithFacts(int entities, int eventsPerEntity, int weeks, int slices) =>
        new(entities, eventsPerEntity, weeks, slices, hasFacts: true, []);

    private SliceData Make(int[] keys, int eventsPerEntity, long span)
    {
        var times = new long[keys.Length * eventsPerEntity];
        var step = Math.Max(1, span / eventsPerEntity);
        for (var row = 0; row < times.Length; row++)
        {
            var (key, number) = (keys[row / eventsPerEntity], row % eventsPerEntity);
            times[row] = GeneratedEvents.Start + (number * step) + (long)(GeneratedEvents.Random(key, number, 0) % (ulong)step);
        }

        var firstCutoffs = FirstCutoffs(times);
        var columns = Catalog.Sources[0].Columns.Select(
            column => column.Name == "at" ? Times(times) : Column(column, keys, eventsPerEntity, firstNumber: 0)).ToArray();
        var events = new SourceEvents(Offsets(keys.Length, eventsPerEntity), times, firstCutoffs, columns);
        return new SliceData(
            new EntityKeys(keys.Select(key => (long)key).ToArray()),
            [.. keys.Select((_, index) => firstCutoffs[index * eventsPerEntity])],
            Catalog.Sources.Length == 1 ? [events] : [events, Facts(Catalog.Sources[1], keys)]);
    }

    private static SourceEvents Facts(EventSource source, int[] keys)
    {
        var offsets = new int[keys.Length + 1];
        for (var i = 0; i < keys.Length; i++)
        {
            offsets[i + 1] = offsets[i] + ((GeneratedEvents.Random(keys[i], FactNumber, 0) & 7) == 0 ? 0 : 1);
        }

        int[] known = [.. keys.Where((_, i) => offsets[i] < offsets[i + 1])];
        return SourceEvents.OfFacts(offsets, [.. source.Columns.Select(column => Column(column, known, 1, FactNumber))]);
    }

    private static int[] Offsets(int entities, int eventsPerEntity) =>
        [.. Enumerable.Range(0, entities + 1).Select(index => index * eventsPerEntity)];

    /// <summary>The calendar is asked once a week, not once an event.</summary>
    private int[] FirstCutoffs(long[] times)
    {
        var firstCutoffs = new int[times.Length];
        var (week, start, end) = (0, 0L, 0L);
        for (var row = 0; row < times.Length; row++)
        {
            if (times[row] < start || times[row] >= end)
            {
                week = Catalog.Calendar.WeekOf(times[row]);
                (start, end) = (Catalog.Calendar.Cutoff(week), Catalog.Calendar.Cutoff(week + 1));
            }

            firstCutoffs[row] = week + 1;
        }

        return firstCutoffs;
    }

    private static EventColumn Times(long[] times) => new()
    {
        Type = ColumnType.Timestamp,
        Data = MemoryMarshal.AsBytes(times.AsSpan()).ToArray(),
    };

    private static EventColumn Column(SourceColumn column, int[] keys, int eventsPerEntity, int firstNumber)
    {
        var (type, number) = (column.Type, s_columns.Index().Single(known => known.Item.Name == column.Name).Index);
        var count = keys.Length * eventsPerEntity;
        var data = new byte[type == ColumnType.Bool ? Bitmap.Bytes(count) : count * (type == ColumnType.String ? 4 : type.Width())];
        var validity = new byte[Bitmap.Bytes(count)];
        for (var row = 0; row < count; row++)
        {
            var bits = GeneratedEvents.Random(keys[row / eventsPerEntity], firstNumber + (row % eventsPerEntity), number + 1);
            // The lowest bits say null, the bits above them the value.
            if ((bits & 7) != 0)
            {
                Bitmap.Set(validity, row);
                Set(type, data, row, bits >> 3);
            }
        }

        return new EventColumn
        {
            Type = type,
            Data = data,
            Validity = validity,
            Dictionary = type == ColumnType.String ? StringTable.Of(GeneratedEvents.Texts) : null,
        };
    }

    private static void Set(ColumnType type, byte[] data, int row, ulong bits)
    {
        switch (type)
        {
            case ColumnType.Bool when (bits & 1) != 0:
                Bitmap.Set(data, row);
                break;
            case ColumnType.Int64:
                MemoryMarshal.Cast<byte, long>(data.AsSpan())[row] = (long)(bits % 20_001) - 10_000;
                break;
            case ColumnType.Float64:
                MemoryMarshal.Cast<byte, double>(data.AsSpan())[row] =
                    // The bits have lost their top ones; mixed again, both signs are as likely.
                    GeneratedEvents.Float(GeneratedEvents.Random(bits));
                break;
            case ColumnType.String:
                MemoryMarshal.Cast<byte, int>(data.AsSpan())[row] = (int)(bits % (ulong)GeneratedEvents.Texts.Length);
                break;
            case ColumnType.Date:
                MemoryMarshal.Cast<byte, int>(data.AsSpan())[row] = (int)(bits % 40_000);
                break;
            case ColumnType.Timestamp:
                MemoryMarshal.Cast<byte, long>(data.AsSpan())[row] = (long)(bits % (1UL << 51));
                break;
        }
    }
}
