using System.Globalization;
using System.Numerics;

namespace FeatureService.Core.Keys;

/// <summary>One slice of a snapshot: a partition and a slice inside it.</summary>
/// <param name="Partition">From 0 to <see cref="Placement.Partitions"/> - 1.</param>
/// <param name="Slice">From 0 to <see cref="Placement.SlicesPerPartition"/> - 1.</param>
public readonly record struct SliceId(int Partition, int Slice) : IComparable<SliceId>
{
    /// <summary>A number that no other slice has, ascending in the order of slices.</summary>
    public ulong Place => ((ulong)Partition << 32) | (uint)Slice;

    /// <inheritdoc/>
    public int CompareTo(SliceId other) =>
        Partition != other.Partition ? Partition.CompareTo(other.Partition) : Slice.CompareTo(other.Slice);

    /// <summary>Partition and slice, as messages name it: <c>3/17</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Partition}/{Slice}");
}

/// <summary>Where entities lie: the top bits of a key's hash are its partition, the next bits its slice.</summary>
public sealed record Placement
{
    private readonly int _partitionBits;
    private readonly int _sliceBits;

    /// <summary>A placement of so many partitions and slices.</summary>
    /// <param name="partitions">A power of two from 1 to 4,096.</param>
    /// <param name="slicesPerPartition">A power of two from 1 to 65,536.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is no power of two or out of range.</exception>
    public Placement(int partitions, int slicesPerPartition)
    {
        if (!BitOperations.IsPow2(partitions) || partitions > 4096)
        {
            throw new ArgumentOutOfRangeException(nameof(partitions), partitions, "expected a power of two from 1 to 4096");
        }

        if (!BitOperations.IsPow2(slicesPerPartition) || slicesPerPartition > 65536)
        {
            throw new ArgumentOutOfRangeException(nameof(slicesPerPartition), slicesPerPartition, "expected a power of two from 1 to 65536");
        }

        Partitions = partitions;
        SlicesPerPartition = slicesPerPartition;
        _partitionBits = BitOperations.Log2((uint)partitions);
        _sliceBits = BitOperations.Log2((uint)slicesPerPartition);
    }

    /// <summary>Number of partitions.</summary>
    public int Partitions { get; }

    /// <summary>Number of slices in each partition.</summary>
    public int SlicesPerPartition { get; }

    /// <summary>The slice of a key.</summary>
    /// <param name="hash"><see cref="EntityKey.Hash"/>.</param>
    public SliceId SliceOf(ulong hash)
    {
        // Two shifts each: one by 64 would be a shift by 0.
        var partition = (int)(hash >> 1 >> (63 - _partitionBits));
        var slice = (int)(hash << _partitionBits >> 1 >> (63 - _sliceBits));
        return new SliceId(partition, slice);
    }
}
