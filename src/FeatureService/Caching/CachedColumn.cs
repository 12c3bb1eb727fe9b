using FeatureService.Core.Columns;

namespace FeatureService.Caching;

/// <summary>One column of a part, or one part of a tile array's states, whose blocks are asked for and kept; by chunk, then by run of entities.</summary>
/// <param name="index">Index in the plan; of a part of states whatever its owner counts by.</param>
/// <param name="name">What its costs are known by.</param>
/// <param name="type">Type of the values.</param>
/// <param name="names">Names of the blocks.</param>
internal sealed class CachedColumn(int index, string name, ColumnType type, BlockKey[][] names)
{
    /// <summary>Index in the plan; of a part of states whatever its owner counts by.</summary>
    public int Index => index;

    /// <summary>What its costs are known by.</summary>
    public string Name => name;

    /// <summary>Type of the values.</summary>
    public ColumnType Type => type;

    /// <summary>Bytes that a block has at most, about.</summary>
    public int BlockBytes => BlockKey.RunEntities * BlockKey.ChunkWeeks * (type == ColumnType.String ? 16 : type.Width());

    /// <summary>Names of the blocks.</summary>
    public BlockKey[][] Names => names;

    /// <summary>What lay under each name, unchecked; null where nothing.</summary>
    public byte[]?[][] Bytes { get; } = [.. names.Select(runs => new byte[]?[runs.Length])];

    /// <summary>The blocks of each chunk where all were found and have the weeks; else null.</summary>
    public KeptBlock[]?[] Found { get; } = new KeptBlock[]?[names.Length];

    /// <summary>Bytes of these.</summary>
    public long FoundBytes { get; set; }

    /// <summary>The blocks of each chunk that are to be kept.</summary>
    public Block[]?[] Taken { get; } = new Block[]?[names.Length];

    /// <summary>Whether any chunk was found.</summary>
    public bool HasFound => Found.Any(blocks => blocks is not null);

    /// <summary>The blocks under whose names nothing lay.</summary>
    public IEnumerable<BlockKey> Missing() => Unknown().Select(place => names[place.Chunk][place.Run]);

    /// <summary>Their places.</summary>
    public IEnumerable<(CachedColumn Column, int Chunk, int Run)> Unknown()
    {
        for (var chunk = 0; chunk < names.Length; chunk++)
        {
            for (var run = 0; run < names[chunk].Length; run++)
            {
                if (Bytes[chunk][run] is null)
                {
                    yield return (this, chunk, run);
                }
            }
        }
    }

    /// <summary>Unpacks a block; one that is damaged is forgotten.</summary>
    /// <param name="cache">Where it was found.</param>
    /// <param name="chunk">Its chunk.</param>
    /// <param name="run">Its run of entities.</param>
    /// <param name="entities">Number of its entities.</param>
    /// <returns>Null where nothing lay there, or no block of this name.</returns>
    public KeptBlock? Unpack(BlockCache cache, int chunk, int run, int entities)
    {
        if (Bytes[chunk][run] is not { } bytes)
        {
            return null;
        }

        if (BlockCodec.TryUnpack(names[chunk][run], type, entities, bytes, out var block))
        {
            return block;
        }

        cache.Damaged(names[chunk][run]);
        return null;
    }

    /// <summary>Packs the blocks of a chunk that are to be kept, keeps them, and tells what it took.</summary>
    /// <param name="cache">Where to.</param>
    /// <param name="chunk">The chunk.</param>
    /// <param name="now">The worker's CPU time.</param>
    public void Keep(BlockCache cache, int chunk, Func<TimeSpan> now)
    {
        var (before, size, values) = (now(), 0L, 0L);
        for (var run = 0; run < names[chunk].Length; run++)
        {
            var block = Taken[chunk]![run];
            size += cache.Keep(names[chunk][run], block);
            values += block.Values.Length;
        }

        Taken[chunk] = null;
        if (size > 0 && now() - before is var taken && taken > TimeSpan.Zero)
        {
            cache.Costs.Packed(name, type, (double)size / values, taken.TotalSeconds * 1e9 / values);
        }
    }

    /// <summary>
    /// Looks for blocks of columns that were not found yet: for one of each first, as one that was never kept has none; one amid the weeks,
    /// as new events change the last and a longer window asks for earlier ones.
    /// </summary>
    /// <param name="columns">The columns.</param>
    /// <param name="cache">Where to look.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public static async Task FindAsync(IReadOnlyCollection<CachedColumn> columns, BlockCache cache, CancellationToken cancellation)
    {
        CachedColumn[] unknown = [.. columns.Where(column => column.Bytes[column.Middle][0] is null)];
        await FindAsync([.. unknown.Select(column => (column, column.Middle, 0))], cache, cancellation).ConfigureAwait(false);
        await FindAsync(
            [.. columns.Where(column => column.Bytes[column.Middle][0] is not null).SelectMany(column => column.Unknown())], cache, cancellation)
            .ConfigureAwait(false);
    }

    /// <summary>Blocks that are missing as well, though only the one amid the weeks was asked for.</summary>
    public long NotAskedFor => Bytes[Middle][0] is null ? Unknown().LongCount() - 1 : 0;

    private int Middle => (names.Length - 1) / 2;

    private static async Task FindAsync((CachedColumn Column, int Chunk, int Run)[] wanted, BlockCache cache, CancellationToken cancellation)
    {
        if (wanted.Length == 0)
        {
            return;
        }

        var each = wanted.Max(block => block.Column.BlockBytes);
        var found = await cache.FindAsync([.. wanted.Select(block => block.Column.Names[block.Chunk][block.Run])], each, cancellation).ConfigureAwait(false);
        for (var i = 0; i < found.Length; i++)
        {
            wanted[i].Column.Bytes[wanted[i].Chunk][wanted[i].Run] = found[i];
        }
    }
}
