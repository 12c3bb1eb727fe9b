using FeatureService.Client.Transport;
using FeatureService.Core.Keys;

namespace FeatureService.Client.FanOut;

/// <summary>
/// Cuts a grid into shards. The cut depends on the snapshot, the weeks and the entities alone, never on the pods that serve them, so
/// that a resumed build finds the same parts.
/// </summary>
internal static class ShardPlanner
{
    /// <summary>Rows that a shard aims at: a slice is added while it stays at or below them.</summary>
    public const long RowsTarget = 4_000_000;

    /// <summary>Keys of one request, so that it stays far below any limit of a request's size.</summary>
    public const int KeysMax = 16_384;

    /// <summary>Shards of all entities of a snapshot; slices without entities at a partition's ends are left out.</summary>
    /// <param name="snapshot">How entities are placed.</param>
    /// <param name="weekCount">Weeks of each entity.</param>
    public static IReadOnlyList<Shard> OfAll(SnapshotTopology snapshot, int weekCount)
    {
        var shards = new List<Shard>();
        var slices = snapshot.Placement.SlicesPerPartition;
        for (var partition = 0; partition < snapshot.Placement.Partitions; partition++)
        {
            var (first, rows) = (0, 0L);
            for (var slice = 0; slice < slices; slice++)
            {
                var sliceRows = (long)snapshot.SliceEntities[(partition * slices) + slice] * weekCount;
                if (rows > 0 && rows + sliceRows > RowsTarget)
                {
                    shards.Add(new Shard(shards.Count, partition, first, slice - first, null, rows));
                    (first, rows) = (slice, 0);
                }

                rows += sliceRows;
            }

            if (rows > 0)
            {
                shards.Add(new Shard(shards.Count, partition, first, slices - first, null, rows));
            }
        }

        return shards.Count > 0 ? shards : [new Shard(0, 0, 0, 1, null, 0)];
    }

    /// <summary>Shards of named entities.</summary>
    /// <param name="snapshot">How entities are placed.</param>
    /// <param name="weekCount">Weeks of each entity.</param>
    /// <param name="keys">The entities, in any order.</param>
    /// <exception cref="ArgumentException">An entity is named twice or has another type than the snapshot's.</exception>
    public static IReadOnlyList<Shard> OfKeys(SnapshotTopology snapshot, int weekCount, IReadOnlyList<EntityKey> keys)
    {
        var placed = new (SliceId Slice, EntityKey Key)[keys.Count];
        for (var i = 0; i < placed.Length; i++)
        {
            if (keys[i].Type != snapshot.EntityType)
            {
                throw new ArgumentException($"entity '{keys[i]}' is {keys[i].Type}, but {snapshot.EntityName} is {snapshot.EntityType}");
            }

            placed[i] = (snapshot.Placement.SliceOf(keys[i].Hash), keys[i]);
        }

        Array.Sort(placed, static (a, b) => a.Slice != b.Slice ? a.Slice.CompareTo(b.Slice) : a.Key.CompareTo(b.Key));
        for (var i = 1; i < placed.Length; i++)
        {
            if (placed[i].Key == placed[i - 1].Key)
            {
                throw new ArgumentException($"entity '{placed[i].Key}' is named twice");
            }
        }

        return Cut(placed, weekCount);
    }

    private static List<Shard> Cut((SliceId Slice, EntityKey Key)[] placed, int weekCount)
    {
        var shards = new List<Shard>();
        var first = 0;
        for (var i = 1; i <= placed.Length; i++)
        {
            var full = i == placed.Length
                || placed[i].Slice.Partition != placed[first].Slice.Partition
                || (i - first) >= KeysMax
                || ((i - first + 1L) * weekCount > RowsTarget && placed[i].Slice != placed[i - 1].Slice);
            if (full)
            {
                var (from, to) = (placed[first].Slice, placed[i - 1].Slice);
                var keys = placed[first..i].Select(p => p.Key).ToArray();
                shards.Add(new Shard(
                    shards.Count, from.Partition, from.Slice, to.Slice - from.Slice + 1, keys, keys.LongLength * weekCount));
                first = i;
            }
        }

        return shards;
    }
}
