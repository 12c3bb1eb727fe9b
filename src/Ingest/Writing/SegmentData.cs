using System.Runtime.InteropServices;
using FeatureService.Core.Keys;
using FeatureService.Engine.Snapshots;

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

    /// <summary>Instants, int64; empty for facts without time.</summary>
    public required ReadOnlyMemory<byte> Times { get; init; }

    /// <summary>First cutoffs, int32; empty for facts without time.</summary>
    public required ReadOnlyMemory<byte> FirstCutoffs { get; init; }

    /// <summary>The week in which each event lies, int32; empty for facts without time.</summary>
    public required ReadOnlyMemory<byte> Weeks { get; init; }

    /// <summary>The source's columns.</summary>
    public required EventColumn[] Columns { get; init; }

    /// <summary>The keys, slices and starts of the entities of a partition that have events.</summary>
    /// <param name="order">The entities in order.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="starts">For each rank of the partition its first event, and behind the last the number of events.</param>
    public static (EntityKeys Keys, int[] SliceEntityStarts, int[] EventStarts) Entities(EntityOrder order, int partition, int[] starts)
    {
        var slices = order.Placement.SlicesPerPartition;
        var first = order.SliceStarts[partition * slices];
        var ranks = new List<int>(starts.Length);
        var sliceStarts = new int[slices + 1];
        for (var slice = 0; slice < slices; slice++)
        {
            for (var rank = order.SliceStarts[(partition * slices) + slice]; rank < order.SliceStarts[(partition * slices) + slice + 1]; rank++)
            {
                if (starts[rank - first] < starts[rank - first + 1])
                {
                    ranks.Add(rank);
                }
            }

            sliceStarts[slice + 1] = ranks.Count;
        }

        return (order.Keys(CollectionsMarshal.AsSpan(ranks)), sliceStarts, [.. ranks.Select(rank => starts[rank - first]), starts[^1]]);
    }

    /// <summary>For each entity the least of its first cutoffs.</summary>
    /// <param name="eventStarts">For each entity its first event, and behind the last the number of events.</param>
    /// <param name="firstCutoffs">First cutoffs; empty for facts without time.</param>
    public static int[] Least(int[] eventStarts, ReadOnlySpan<int> firstCutoffs)
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
}
