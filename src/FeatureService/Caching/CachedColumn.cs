namespace FeatureService.Caching;

/// <summary>One column of a part whose blocks are asked for and kept; by chunk, then by run of entities.</summary>
/// <param name="index">Index in the plan.</param>
/// <param name="names">Names of the blocks.</param>
internal sealed class CachedColumn(int index, BlockKey[][] names)
{
    /// <summary>Index in the plan.</summary>
    public int Index => index;

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
}
