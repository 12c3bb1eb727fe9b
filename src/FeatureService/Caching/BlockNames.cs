using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using FeatureService.Core.Keys;
using FeatureService.Engine;

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
        var names = new BlockKey[grid.Chunks.Length][];
        Span<byte> bytes = stackalloc byte[16];
        for (var chunk = 0; chunk < names.Length; chunk++)
        {
            var hash = new XxHash128();
            hash.Append(Encoding.ASCII.GetBytes(string.Create(
                CultureInfo.InvariantCulture,
                $"block {BlockCodec.Format} semantics {EngineVersion.Semantics} {described.Fingerprint} {described.Role} {described.OutputType} chunk {grid.Chunks[chunk].Number}\n")));
            if (!grid.ReachOf(column, chunk).TryAppend(slice, hash))
            {
                return null;
            }

            names[chunk] = new BlockKey[runs.Length];
            for (var run = 0; run < runs.Length; run++)
            {
                var ofRun = hash.Clone();
                BinaryPrimitives.WriteUInt128LittleEndian(bytes, runs[run]);
                ofRun.Append(bytes);
                names[chunk][run] = new BlockKey(ofRun.GetCurrentHashAsUInt128(), described.Fingerprint);
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
