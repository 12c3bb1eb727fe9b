using System.Buffers.Binary;
using System.IO.Hashing;
using FeatureService.Core.Keys;

namespace FeatureService.Client.Transport;

/// <summary>
/// A random sample of a snapshot's entities. Each entity has a rank, a hash of seed and key; the sample takes the lowest ranks. So the
/// same seed gives the same entities whatever pods serve them, a larger sample holds every smaller one of its seed, and a share of a
/// snapshot that has grown holds the share of the old one.
/// </summary>
public sealed record EntitySample
{
    private EntitySample(int? count, double? percent, long seed)
    {
        Count = count;
        Percent = percent;
        Seed = seed;
    }

    /// <summary>Number of entities, or all where the snapshot has fewer; null where a share is wanted.</summary>
    public int? Count { get; }

    /// <summary>Share of the entities, above 0 and at most 100; null where a number is wanted.</summary>
    public double? Percent { get; }

    /// <summary>Which of all samples of that size.</summary>
    public long Seed { get; }

    /// <summary>A number of entities: exactly so many, or all where the snapshot has fewer.</summary>
    /// <param name="count">From 1.</param>
    /// <param name="seed">Which of all samples of that size.</param>
    public static EntitySample OfCount(int count, long seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return new EntitySample(count, null, seed);
    }

    /// <summary>A share of the entities: each is taken with this probability, on its own.</summary>
    /// <param name="percent">Above 0 and at most 100.</param>
    /// <param name="seed">Which of all samples of that size.</param>
    public static EntitySample OfPercent(double percent, long seed = 0) => percent is > 0 and <= 100
        ? new EntitySample(null, percent, seed)
        : throw new ArgumentOutOfRangeException(nameof(percent), percent, "expected more than 0 and at most 100");

    /// <summary>
    /// An entity's place in the order in which this seed takes entities: XXH3-64 of the seed's eight little-endian bytes and the key's
    /// bytes as for its placement. With the seed in front, ranks have nothing to do with partitions, so no pod gets more of a sample.
    /// </summary>
    /// <param name="key">The entity.</param>
    public ulong Rank(EntityKey key)
    {
        var hash = new XxHash3();
        Span<byte> number = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(number, Seed);
        hash.Append(number);
        if (key.Type == EntityKeyType.Int64)
        {
            BinaryPrimitives.WriteInt64LittleEndian(number, key.Number);
            hash.Append(number);
        }
        else
        {
            hash.Append(key.Utf8);
        }

        return hash.GetCurrentHashAsUInt64();
    }
}
