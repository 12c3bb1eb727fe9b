using FeatureService.Core.Keys;

namespace FeatureService.Client.FanOut;

/// <summary>Consecutive slices of one partition, or named entities of them: what one stream is asked for and one part file holds.</summary>
/// <param name="Index">Place in the dataset, from 0.</param>
/// <param name="Partition">The partition.</param>
/// <param name="FirstSlice">The first slice.</param>
/// <param name="SliceCount">How many slices, from 1.</param>
/// <param name="Keys">The entities, ascending by slice, then key; null means all of the slices.</param>
/// <param name="RowCount">Rows that are expected.</param>
internal sealed record Shard(
    int Index, int Partition, int FirstSlice, int SliceCount, IReadOnlyList<EntityKey>? Keys, long RowCount)
{
    /// <summary>What matters for where it goes.</summary>
    public PlacedWork Place => new(Index, Partition, RowCount);
}
