using System.Numerics;
using FeatureService.Core.Keys;

namespace FeatureService.Ingest.Storing;

/// <summary>Where in a run the events of each bucket lie; only buckets with events are listed. A partition is a run of buckets.</summary>
/// <param name="Buckets">Buckets that have events, ascending.</param>
/// <param name="Starts">For each its first event, and behind the last the number of events.</param>
internal sealed record BucketIndex(ushort[] Buckets, int[] Starts)
{
    /// <summary>Number of buckets: the most partitions that there can be, so that each has whole ones.</summary>
    public const int Count = 4096;

    private const int CountBits = 12;

    /// <summary>Bytes in memory.</summary>
    public long Bytes => (Buckets.Length * sizeof(ushort)) + (Starts.Length * sizeof(int));

    /// <summary>The bucket of a key: the top bits of its hash, as its partition.</summary>
    public static ushort Of(ulong hash) => (ushort)(hash >> (64 - CountBits));

    /// <summary>The buckets of a partition.</summary>
    /// <param name="placement">How many partitions there are.</param>
    /// <param name="partition">The partition.</param>
    public static Range Of(Placement placement, int partition)
    {
        var shift = CountBits - BitOperations.Log2((uint)placement.Partitions);
        return (partition << shift)..((partition + 1) << shift);
    }

    /// <summary>Sorts events by bucket; what is in one bucket keeps its order.</summary>
    /// <param name="buckets">Each event's bucket.</param>
    /// <param name="places">Filled with where each event goes.</param>
    public static BucketIndex Sort(ReadOnlySpan<ushort> buckets, Span<int> places)
    {
        Span<int> next = stackalloc int[Count];
        next.Clear();
        foreach (var bucket in buckets)
        {
            next[bucket]++;
        }

        var used = Count - next.Count(0);
        var (listed, starts) = (new ushort[used], new int[used + 1]);
        var (filled, start) = (0, 0);
        for (var bucket = 0; bucket < Count; bucket++)
        {
            var count = next[bucket];
            if (count > 0)
            {
                listed[filled] = (ushort)bucket;
                starts[filled++] = start;
            }

            next[bucket] = start;
            start += count;
        }

        starts[filled] = start;
        for (var i = 0; i < buckets.Length; i++)
        {
            places[i] = next[buckets[i]]++;
        }

        return new BucketIndex(listed, starts);
    }

    /// <summary>The events of some buckets, which lie beside each other.</summary>
    public (int Start, int Count) Find(Range buckets)
    {
        var start = Starts[LowerBound(buckets.Start.Value)];
        return (start, Starts[LowerBound(buckets.End.Value)] - start);
    }

    private int LowerBound(int bucket)
    {
        var (low, high) = (0, Buckets.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = Buckets[middle] < bucket ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
