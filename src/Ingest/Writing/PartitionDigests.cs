using System.Buffers;
using System.Runtime.InteropServices;
using FeatureService.Engine.Snapshots;

namespace FeatureService.Ingest.Writing;

/// <summary>The digests of one source's events in one partition.</summary>
/// <param name="Periods">The periods that have events, ascending.</param>
/// <param name="Digests">For each slice a digest for each period.</param>
internal sealed record PartitionDigests(int[] Periods, byte[] Digests)
{
    /// <summary>Digests a partition.</summary>
    /// <param name="data">Its events.</param>
    public static PartitionDigests Of(SegmentData data)
    {
        var weeks = MemoryMarshal.Cast<byte, int>(data.Weeks.Span);
        var rented = ArrayPool<int>.Shared.Rent(weeks.Length);
        var eventPeriods = rented.AsSpan(0, weeks.Length);
        var periods = Number(weeks, eventPeriods);
        var slices = data.SliceEntityStarts.Length - 1;
        var sliceBytes = periods.Length * EventDigest.DigestBytes;
        var digests = new byte[slices * sliceBytes];
        for (var slice = 0; slice < slices; slice++)
        {
            var first = data.SliceEntityStarts[slice];
            var count = data.SliceEntityStarts[slice + 1] - first;
            EventDigest.Write(
                data.Keys.Slice(first, count),
                data.EventStarts.AsSpan(first, count + 1),
                eventPeriods,
                data.Columns,
                digests.AsSpan(slice * sliceBytes, sliceBytes));
        }

        ArrayPool<int>.Shared.Return(rented);
        return new PartitionDigests(periods, digests);
    }

    /// <summary>The digests of all partitions, with those periods that any of them has.</summary>
    /// <param name="partitions">One for each partition; null where it has no events.</param>
    /// <param name="slices">Slices of each partition.</param>
    public static DigestEntry Join(PartitionDigests?[] partitions, int slices)
    {
        int[] periods = [.. partitions.SelectMany(partition => partition?.Periods ?? []).Distinct().Order()];
        var digests = new byte[partitions.Length * slices * periods.Length * EventDigest.DigestBytes];
        for (var p = 0; p < partitions.Length; p++)
        {
            for (var i = 0; i < (partitions[p]?.Periods.Length ?? 0) * slices; i++)
            {
                var (slice, period) = Math.DivRem(i, partitions[p]!.Periods.Length);
                var place = (((p * slices) + slice) * periods.Length) + Array.BinarySearch(periods, partitions[p]!.Periods[period]);
                partitions[p]!.Digests.AsSpan(i * EventDigest.DigestBytes, EventDigest.DigestBytes).CopyTo(digests.AsSpan(place * EventDigest.DigestBytes));
            }
        }

        return new DigestEntry(periods, digests);
    }

    /// <summary>The periods of events, and in the place of each event's the index among them; facts without time lie in period 0.</summary>
    private static int[] Number(ReadOnlySpan<int> weeks, Span<int> eventPeriods)
    {
        if (weeks.IsEmpty)
        {
            return [0];
        }

        var (first, last) = (int.MaxValue, int.MinValue);
        foreach (var week in weeks)
        {
            first = Math.Min(first, week);
            last = Math.Max(last, week);
        }

        var firstPeriod = EventDigest.PeriodOf(first);
        var indices = new int[EventDigest.PeriodOf(last) - firstPeriod + 1];
        var firstWeek = firstPeriod * EventDigest.PeriodWeeks;
        foreach (var week in weeks)
        {
            indices[(week - firstWeek) / EventDigest.PeriodWeeks] = 1;
        }

        var periods = new List<int>();
        for (var i = 0; i < indices.Length; i++)
        {
            if (indices[i] == 1)
            {
                indices[i] = periods.Count;
                periods.Add(firstPeriod + i);
            }
        }

        for (var i = 0; i < weeks.Length; i++)
        {
            eventPeriods[i] = indices[(weeks[i] - firstWeek) / EventDigest.PeriodWeeks];
        }

        return [.. periods];
    }
}
