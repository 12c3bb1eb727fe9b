using System.Runtime.InteropServices;
using FeatureService.Core.Columns;
using FeatureService.Engine.Snapshots;
using FeatureService.Ingest.Loading;
using FeatureService.Ingest.Storing;

namespace FeatureService.Ingest.Writing;

/// <summary>
/// Sorts partitions by (rank of the entity, time, the columns that break ties, position in the input), one after the other in one
/// memory: what it gives is good until it sorts the next.
/// </summary>
/// <param name="order">The entities in order.</param>
internal sealed class PartitionSorter(EntityOrder order)
{
    private const int PlacesSlot = 0;
    private const int TimesSlot = 1;
    private const int WeeksSlot = 2;
    private const int FirstCutoffsSlot = 3;
    private const int ValidSlot = 4;
    private const int NarrowSlot = 5;
    private const int ScratchSlot = 6;
    private const int ColumnsSlot = 7;

    // Moves, keys and items of events that are not in order, and texts of which there are too many for a table.
    private const int UnsortedBytes = sizeof(int) + sizeof(long) + sizeof(int);

    private readonly WorkMemory _memory = new();

    /// <summary>The most bytes that sorting partitions of a source takes.</summary>
    /// <param name="source">The source.</param>
    /// <param name="events">The most events of a partition.</param>
    /// <param name="entities">The most entities of a partition.</param>
    public static long BytesFor(LoadedSource source, long events, long entities)
    {
        var layout = source.Events.Layout;
        var slots = (3 * sizeof(int)) + sizeof(long) + sizeof(bool) + sizeof(int) + UnsortedBytes;
        var columns = layout.Columns.Sum(field => layout.Widths[field]) + layout.Columns.Length;
        var ties = source.Schema.TieColumns.Sum(column => layout.Widths[layout.Columns[column]] + sizeof(bool));
        var available = layout.Available < 0 ? 0 : sizeof(long);
        const int EntityBytes = 64;
        return (events * (slots + columns + ties + available)) + (entities * EntityBytes) + (PartitionEvents.BatchValues * sizeof(long));
    }

    /// <summary>Sorts a partition.</summary>
    /// <param name="source">The source.</param>
    /// <param name="tables">Its texts and weeks.</param>
    /// <param name="partition">The partition.</param>
    /// <exception cref="IOException">Events cannot be read back.</exception>
    public SegmentData Sort(LoadedSource source, SourceTables tables, int partition)
    {
        var scratch = _memory.Bytes<long>(ScratchSlot, PartitionEvents.BatchValues, 0);
        var events = new PartitionEvents(source.Events, order.Placement, partition, scratch);
        var (count, room) = (events.Count, tables.EventsMax);
        var places = _memory.Values<int>(PlacesSlot, count, room);
        var starts = Place(events, partition, places);
        var layout = source.Events.Layout;
        var timesMemory = layout.Time < 0 ? default : _memory.Bytes<long>(TimesSlot, count, room);
        var times = MemoryMarshal.Cast<byte, long>(timesMemory.Span);
        if (layout.Time >= 0)
        {
            events.Scatter(layout.Time, places, times);
            SortTimes(source, events, starts, places, times, _memory.Values<int>(NarrowSlot, count, room));
        }

        var (weeks, firstCutoffs) = Weeks(events, layout, tables.Weeks, places, times, room);
        var columns = new EventColumn[layout.Columns.Length];
        for (var i = 0; i < columns.Length; i++)
        {
            var type = source.Schema.Source.Columns[i].Type;
            columns[i] = layout.Columns[i] == layout.Time
                ? new EventColumn { Type = type, Data = timesMemory }
                : Column(events, layout, i, type, tables, places);
        }

        var (keys, sliceStarts, eventStarts) = SegmentData.Entities(order, partition, starts);
        return new SegmentData
        {
            Keys = keys,
            SliceEntityStarts = sliceStarts,
            EntityFirstCutoffs = SegmentData.Least(eventStarts, MemoryMarshal.Cast<byte, int>(firstCutoffs.Span)),
            EventStarts = eventStarts,
            Times = timesMemory,
            FirstCutoffs = firstCutoffs,
            Weeks = weeks,
            Columns = columns,
        };
    }

    /// <summary>Where each event goes: a stable counting sort by the entity's rank.</summary>
    /// <returns>For each rank of the partition its first event, and behind the last the number of events.</returns>
    private int[] Place(PartitionEvents events, int partition, Span<int> places)
    {
        var slices = order.Placement.SlicesPerPartition;
        var first = order.SliceStarts[partition * slices];
        var starts = new int[order.SliceStarts[(partition + 1) * slices] - first + 1];
        events.Copy(EventLayout.Entity, places);
        foreach (ref var place in places)
        {
            place = order.Ranks[place] - first;
            starts[place + 1]++;
        }

        for (var rank = 1; rank < starts.Length; rank++)
        {
            starts[rank] += starts[rank - 1];
        }

        var next = starts.AsSpan().ToArray();
        foreach (ref var place in places)
        {
            place = next[place]++;
        }

        return starts;
    }

    private static void SortTimes(LoadedSource source, PartitionEvents events, int[] starts, Span<int> places, Span<long> times, Span<int> moves)
    {
        var ties = source.Schema.TieColumns.IsEmpty ? null : new TieOrder(source, events, places.ToArray());
        if (!TimeSort.TryMoves(starts, times, ties is null ? null : ties.Compare, moves))
        {
            return;
        }

        foreach (ref var place in places)
        {
            place = moves[place];
        }

        events.Scatter(source.Events.Layout.Time, places, times);
    }

    private (ReadOnlyMemory<byte> Weeks, ReadOnlyMemory<byte> FirstCutoffs) Weeks(
        PartitionEvents events, EventLayout layout, WeekTable? table, ReadOnlySpan<int> places, ReadOnlySpan<long> times, int room)
    {
        if (table is null)
        {
            return default;
        }

        var weeksMemory = _memory.Bytes<int>(WeeksSlot, times.Length, room);
        var cutoffsMemory = _memory.Bytes<int>(FirstCutoffsSlot, times.Length, room);
        var weeks = MemoryMarshal.Cast<byte, int>(weeksMemory.Span);
        var cutoffs = MemoryMarshal.Cast<byte, int>(cutoffsMemory.Span);
        table.Find(times, weeks);
        for (var i = 0; i < weeks.Length; i++)
        {
            cutoffs[i] = weeks[i] + 1;
        }

        if (layout.Available >= 0)
        {
            var available = _memory.Values<long>(NarrowSlot, times.Length, room);
            events.Scatter(layout.Available, places, available);
            for (var i = 0; i < weeks.Length; i++)
            {
                cutoffs[i] = available[i] <= times[i] ? cutoffs[i]
                    : available[i] == long.MaxValue ? SourceEvents.Never
                    : table.WeekOf(available[i]) + 1;
            }
        }

        return (weeksMemory, cutoffsMemory);
    }

    private EventColumn Column(PartitionEvents events, EventLayout layout, int index, ColumnType type, SourceTables tables, ReadOnlySpan<int> places)
    {
        var (count, room, field) = (places.Length, tables.EventsMax, layout.Columns[index]);
        var valid = Span<bool>.Empty;
        if (events.Has(layout.Valid[index]))
        {
            valid = _memory.Values<bool>(ValidSlot, count, room);
            events.Scatter(layout.Valid[index], places, valid);
        }

        var validity = valid.Contains(false) ? Bits.Of(valid) : [];
        if (EventLayout.IsWide(type))
        {
            var wide = _memory.Bytes<long>(ColumnsSlot + index, count, room);
            events.Scatter(field, places, MemoryMarshal.Cast<byte, long>(wide.Span));
            return new EventColumn { Type = type, Data = wide, Validity = validity };
        }

        if (type == ColumnType.Bool)
        {
            var values = _memory.Values<int>(NarrowSlot, count, room);
            events.Scatter(field, places, values);
            return new EventColumn { Type = type, Data = Bits.Of(values), Validity = validity };
        }

        var narrow = _memory.Bytes<int>(ColumnsSlot + index, count, room);
        var codes = MemoryMarshal.Cast<byte, int>(narrow.Span);
        events.Scatter(field, places, codes);
        return new EventColumn
        {
            Type = type,
            Data = narrow,
            Validity = validity,
            Dictionary = type == ColumnType.String ? tables.Texts[index]!.Select(codes, valid) : null,
        };
    }
}
