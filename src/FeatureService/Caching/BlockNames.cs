using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using FeatureService.Core.Keys;
using FeatureService.Engine;
using FeatureService.Engine.Planning;

namespace FeatureService.Caching;

/// <summary>Names blocks by everything that decides their values.</summary>
internal static class BlockNames
{
    /// <summary>The names of a column's blocks by chunk and run; null where the snapshot does not know its content.</summary>
    /// <param name="grid">The backfill.</param>
    /// <param name="slice">The slice.</param>
    /// <param name="column">The column.</param>
    /// <param name="runs">For each run of entities the hash of their keys.</param>
    public static BlockKey[][]? Of(CachedGrid grid, SliceId slice, int column, UInt128[] runs)
    {
        var described = grid.Plan.Columns[column];
        return Of(
            $"{described.Fingerprint} {described.Role} {described.OutputType}", described.Fingerprint, grid.Chunks, chunk => grid.ReachOf(column, chunk), slice, runs);
    }

    /// <summary>The names of the blocks of one part of a tile array's states, likewise.</summary>
    /// <param name="tiles">The backfill's tile arrays.</param>
    /// <param name="slice">The slice.</param>
    /// <param name="array">Index of the array.</param>
    /// <param name="plane">Index of the part.</param>
    /// <param name="runs">For each run of entities the hash of their keys.</param>
    public static BlockKey[][]? OfTiles(TileGrid tiles, SliceId slice, int array, int plane, UInt128[] runs)
    {
        var fingerprint = tiles.Arrays[array].Fingerprint;
        return Of(
            string.Create(CultureInfo.InvariantCulture, $"{fingerprint} tiles {plane}"), fingerprint, tiles.Chunks, chunk => tiles.ReachOf(array, chunk), slice, runs);
    }

    private static BlockKey[][]? Of(
        string what, string fingerprint, ChunkWeeks[] chunks, Func<int, ContentReach> reachOf, SliceId slice, UInt128[] runs)
    {
        var names = new BlockKey[chunks.Length][];
        Span<byte> bytes = stackalloc byte[16];
        for (var chunk = 0; chunk < names.Length; chunk++)
        {
            var hash = new XxHash128();
            hash.Append(Encoding.ASCII.GetBytes(string.Create(
                CultureInfo.InvariantCulture, $"block {BlockCodec.Format} semantics {EngineVersion.Semantics} {what} chunk {chunks[chunk].Number}\n")));
            if (!reachOf(chunk).TryAppend(slice, hash))
            {
                return null;
            }

            names[chunk] = new BlockKey[runs.Length];
            for (var run = 0; run < runs.Length; run++)
            {
                var ofRun = hash.Clone();
                BinaryPrimitives.WriteUInt128LittleEndian(bytes, runs[run]);
                ofRun.Append(bytes);
                names[chunk][run] = new BlockKey(ofRun.GetCurrentHashAsUInt128(), fingerprint);
            }
        }

        return names;
    }

    /// <summary>Hash of some entities' keys.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="first">The first of them.</param>
    /// <param name="count">How many.</param>
    public static UInt128 HashOf(EntityKeys keys, int first, int count)
    {
        var hash = new XxHash128();
        hash.Append([(byte)keys.Type]);
        if (keys.Texts is null)
        {
            hash.Append(MemoryMarshal.AsBytes(keys.Numbers.Slice(first, count)));
            return hash.GetCurrentHashAsUInt128();
        }

        Span<byte> length = stackalloc byte[sizeof(int)];
        for (var i = first; i < first + count; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(length, keys.Texts[i].Length);
            hash.Append(length);
            hash.Append(keys.Texts[i]);
        }

        return hash.GetCurrentHashAsUInt128();
    }
}
