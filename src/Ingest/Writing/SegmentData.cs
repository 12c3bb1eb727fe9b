using System.Runtime.InteropServices;
using FeatureService.Core.Columns;
using FeatureService.Core.Keys;
using FeatureService.Engine.Snapshots;
using FeatureService.Ingest.Loading;

namespace FeatureService.Ingest.Writing;

/// <summary>The events of one source in one partition as a segment holds them.</summary>
internal sealed record SegmentData
{
    /// <summary>The entities that have events, in the order of slice and key.</summary>
    public required EntityKeys Keys { get; init; }

    /// <summary>For each slice its first entity, and behind the last the number of entities.</summary>
    public required int[] SliceEntityStarts { get; init; }

    /// <summary>For each entity the first week whose cutoff sees any of its events.</summary>
    public required int[] EntityFirstCutoffs { get; init; }

    /// <summary>For each entity its first event, and behind the last the number of events.</summary>
    public required int[] EventStarts { get; init; }

    /// <summary>Instants; empty for facts without time.</summary>
    public required long[] Times { get; init; }

    /// <summary>First cutoffs; empty for facts without time.</summary>
    public required int[] FirstCutoffs { get; init; }

    /// <summary>The week in which each event lies; empty for facts without time.</summary>
    public required int[] Weeks { get; init; }

    /// <summary>The source's columns.</summary>
    public required EventColumn[] Columns { get; init; }

    /// <summary>Cuts a partition out of a sorted source.</summary>
    /// <param name="sorted">The source.</param>
    /// <param name="texts">For each column of strings its texts.</param>
    /// <param name="order">The entities in order.</param>
    /// <param name="partition">The partition.</param>
    public static SegmentData Cut(SortedSource sorted, TextOrder?[] texts, EntityOrder order, int partition)
    {
        var slices = order.Placement.SlicesPerPartition;
        var ranks = new List<int>();
        var sliceStarts = new int[slices + 1];
        for (var slice = 0; slice < slices; slice++)
        {
            for (var rank = order.SliceStarts[(partition * slices) + slice]; rank < order.SliceStarts[(partition * slices) + slice + 1]; rank++)
            {
                if (sorted.EventStarts[rank] < sorted.EventStarts[rank + 1])
                {
                    ranks.Add(rank);
                }
            }

            sliceStarts[slice + 1] = ranks.Count;
        }

        var first = sorted.EventStarts[order.SliceStarts[partition * slices]];
        var count = sorted.EventStarts[order.SliceStarts[(partition + 1) * slices]] - first;
        int[] eventStarts = [.. ranks.Select(rank => sorted.EventStarts[rank] - first), count];
        var firstCutoffs = Range(sorted.FirstCutoffs, first, count);
        return new SegmentData
        {
            Keys = order.Keys(CollectionsMarshal.AsSpan(ranks)),
            SliceEntityStarts = sliceStarts,
            EntityFirstCutoffs = Least(eventStarts, firstCutoffs),
            EventStarts = eventStarts,
            Times = Range(sorted.Times, first, count),
            FirstCutoffs = firstCutoffs,
            Weeks = Range(sorted.Weeks, first, count),
            Columns = [.. sorted.Columns.Select((column, i) => Column(column, texts[i], first, count))],
        };
    }

    private static int[] Least(int[] eventStarts, int[] firstCutoffs)
    {
        var least = new int[eventStarts.Length - 1];
        for (var entity = 0; entity < least.Length; entity++)
        {
            least[entity] = SourceEvents.Never;
            for (var e = eventStarts[entity]; e < eventStarts[entity + 1] && firstCutoffs.Length > 0; e++)
            {
                least[entity] = Math.Min(least[entity], firstCutoffs[e]);
            }
        }

        return least;
    }

    private static EventColumn Column(LoadedColumn column, TextOrder? texts, int first, int count)
    {
        var valid = column.Valid.AsSpan(column.Valid.Length == 0 ? 0 : first, column.Valid.Length == 0 ? 0 : count);
        var validity = valid.Contains(false) ? Bits(valid) : [];
        if (texts is not null)
        {
            var (dictionary, codes) = texts.Select(column.Narrow.AsSpan(first, count), valid);
            return new EventColumn { Type = column.Type, Data = Bytes(codes), Validity = validity, Dictionary = dictionary };
        }

        var data = column.Type switch
        {
            ColumnType.Bool => Bits(column.Narrow.AsSpan(first, count)),
            ColumnType.Date => Bytes(column.Narrow.AsSpan(first, count)),
            _ => Bytes(column.Wide.AsSpan(first, count)),
        };
        return new EventColumn { Type = column.Type, Data = data, Validity = validity };
    }

    private static T[] Range<T>(T[] values, int first, int count) => values.Length == 0 ? [] : values.AsSpan(first, count).ToArray();

    private static byte[] Bytes<T>(ReadOnlySpan<T> values)
        where T : unmanaged => MemoryMarshal.AsBytes(values).ToArray();

    private static byte[] Bytes<T>(Span<T> values)
        where T : unmanaged => Bytes((ReadOnlySpan<T>)values);

    private static byte[] Bytes(int[] values) => Bytes<int>(values.AsSpan());

    private static byte[] Bits(ReadOnlySpan<bool> values)
    {
        var bits = new byte[Bitmap.Bytes(values.Length)];
        for (var i = 0; i < values.Length; i++)
        {
            bits[i >> 3] |= (byte)((values[i] ? 1 : 0) << (i & 7));
        }

        return bits;
    }

    private static byte[] Bits(ReadOnlySpan<int> values)
    {
        var bits = new byte[Bitmap.Bytes(values.Length)];
        for (var i = 0; i < values.Length; i++)
        {
            bits[i >> 3] |= (byte)(values[i] << (i & 7));
        }

        return bits;
    }
}
