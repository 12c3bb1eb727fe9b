using System.Numerics;
using FeatureService.Core.Keys;

namespace FeatureService.Ingest;

/// <summary>How many partitions and slices a first build makes.</summary>
public static class PlacementRule
{
    private const int EventsPerPartition = 2_000_000;
    private const int EntitiesPerSlice = 1024;
    private const int PartitionsMin = 64;
    private const int PartitionsMax = 4096;
    private const int SlicesMax = 65536;

    /// <summary>Partitions of at most 2 million events, but 64 to 4,096 of them; slices of about 1,024 entities.</summary>
    /// <param name="events">Number of events of all sources.</param>
    /// <param name="entities">Number of entities.</param>
    /// <param name="partitions">Fixes the number of partitions; null leaves it to the rule.</param>
    /// <param name="slicesPerPartition">Fixes the number of slices; null leaves it to the rule.</param>
    public static Placement For(long events, long entities, int? partitions = null, int? slicesPerPartition = null)
    {
        var needed = (ulong)Math.Max(1, (events + EventsPerPartition - 1) / EventsPerPartition);
        var count = partitions ?? (int)Math.Clamp(BitOperations.RoundUpToPowerOf2(needed), PartitionsMin, PartitionsMax);
        return new Placement(count, slicesPerPartition ?? SlicesFor((double)entities / count / EntitiesPerSlice));
    }

    /// <summary>2^round(log2(ratio)), at least 1: the border between two powers of two is the lower one times the root of two.</summary>
    private static int SlicesFor(double ratio)
    {
        var slices = 1;
        while (slices < SlicesMax && ratio >= slices * Math.Sqrt(2))
        {
            slices *= 2;
        }

        return slices;
    }
}
