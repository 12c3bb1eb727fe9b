using System.Buffers.Binary;
using System.IO.Hashing;
using System.Numerics;
using FeatureService.Core.Columns;
using FeatureService.Core.Columns.Encodings;

namespace FeatureService.Caching;

/// <summary>One block: which weeks of the chunk it has, and their values, entity by entity.</summary>
/// <param name="Weeks">One bit for each week of the chunk that it has.</param>
/// <param name="Entities">Number of entities.</param>
/// <param name="Values">The values.</param>
internal readonly record struct Block(ulong Weeks, int Entities, Column Values);

/// <summary>One block as it is kept, checked, over the bytes that were read.</summary>
/// <param name="Weeks">One bit for each week of the chunk that it has.</param>
/// <param name="Entities">Number of entities.</param>
/// <param name="Values">The values.</param>
internal readonly record struct KeptBlock(ulong Weeks, int Entities, EncodedColumn Values);

/// <summary>
/// Blocks as bytes, their values in the narrowest encoding. A value names its own key, format and length and ends with a checksum of all of it, so that whatever lies under a key,
/// a reply that belongs to another command among them, is a block of exactly this key or none.
/// </summary>
internal static class BlockCodec
{
    /// <summary>Version of the format, part of every key too.</summary>
    public const int Format = 1;

    private const uint Magic = 0x4B4C4246;
    private const int HeaderBytes = 128;
    private const int ChecksumBytes = sizeof(ulong);

    // Places in the header, which is followed by the payload and the checksum of everything before it.
    private const int AtFormat = 4;
    private const int AtType = 5;
    private const int AtEncoding = 6;
    private const int AtLength = 8;
    private const int AtKey = 16;
    private const int AtWeeks = 32;
    private const int AtEntities = 40;
    private const int AtNulls = 44;
    private const int AtBase = 48;
    private const int AtRuns = 56;
    private const int RunBytes = 8;

    /// <summary>Packs a block; null where it takes more than so many bytes.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="block">The block.</param>
    /// <param name="bytesMax">The most bytes.</param>
    public static byte[]? Pack(BlockKey key, Block block, int bytesMax)
    {
        var values = block.Values;
        var encoder = new ColumnEncoder(EncodingSet.All);
        var sizeMax = HeaderBytes + encoder.Measure(values, 0, values.Length) + ChecksumBytes;
        if (sizeMax > bytesMax)
        {
            return null;
        }

        var bytes = new byte[sizeMax];
        var position = HeaderBytes;
        var layout = encoder.Write(bytes.AsSpan(0, bytes.Length - ChecksumBytes), ref position);
        Array.Resize(ref bytes, position + ChecksumBytes);
        var header = bytes.AsSpan();
        BinaryPrimitives.WriteUInt32LittleEndian(header, Magic);
        header[AtFormat] = Format;
        header[AtType] = (byte)values.Type;
        header[AtEncoding] = (byte)layout.Encoding;
        BinaryPrimitives.WriteInt64LittleEndian(header[AtLength..], bytes.Length);
        BinaryPrimitives.WriteUInt128LittleEndian(header[AtKey..], key.Hash);
        BinaryPrimitives.WriteUInt64LittleEndian(header[AtWeeks..], block.Weeks);
        BinaryPrimitives.WriteInt32LittleEndian(header[AtEntities..], block.Entities);
        BinaryPrimitives.WriteInt32LittleEndian(header[AtNulls..], (int)layout.NullCount);
        BinaryPrimitives.WriteInt64LittleEndian(header[AtBase..], layout.Base);
        WriteRun(header, 0, layout.Validity);
        WriteRun(header, 1, layout.Values);
        WriteRun(header, 2, layout.Offsets);
        WriteRun(header, 3, layout.Dictionary);
        WriteRun(header, 4, layout.RunEnds);
        WriteRun(header, 5, layout.Present);
        BinaryPrimitives.WriteUInt64LittleEndian(header[^ChecksumBytes..], XxHash3.HashToUInt64(bytes.AsSpan(0, bytes.Length - ChecksumBytes)));
        return bytes;
    }

    /// <summary>Reads what lies under a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="type">Type of the column.</param>
    /// <param name="entities">Entities that the block has.</param>
    /// <param name="bytes">What lies there.</param>
    /// <param name="block">The block.</param>
    /// <returns>False where it is no block of this key: damaged, foreign, or of another key or format.</returns>
    public static bool TryUnpack(BlockKey key, ColumnType type, int entities, ReadOnlyMemory<byte> bytes, out KeptBlock block)
    {
        block = default;
        var header = bytes.Span;
        if (header.Length < HeaderBytes + ChecksumBytes
            || BinaryPrimitives.ReadUInt32LittleEndian(header) != Magic
            || header[AtFormat] != Format
            || header[AtType] != (byte)type
            || BinaryPrimitives.ReadInt64LittleEndian(header[AtLength..]) != header.Length
            || BinaryPrimitives.ReadUInt128LittleEndian(header[AtKey..]) != key.Hash
            || BinaryPrimitives.ReadInt32LittleEndian(header[AtEntities..]) != entities
            || BinaryPrimitives.ReadUInt64LittleEndian(header[^ChecksumBytes..]) != XxHash3.HashToUInt64(header[..^ChecksumBytes]))
        {
            return false;
        }

        var weeks = BinaryPrimitives.ReadUInt64LittleEndian(header[AtWeeks..]);
        var layout = new ChunkLayout
        {
            Encoding = (ColumnEncoding)header[AtEncoding],
            Base = BinaryPrimitives.ReadInt64LittleEndian(header[AtBase..]),
            Rows = (long)entities * BitOperations.PopCount(weeks),
            NullCount = BinaryPrimitives.ReadInt32LittleEndian(header[AtNulls..]),
            Validity = ReadRun(header, 0),
            Values = ReadRun(header, 1) ?? default,
            Offsets = ReadRun(header, 2),
            Dictionary = ReadRun(header, 3),
            RunEnds = ReadRun(header, 4),
            Present = ReadRun(header, 5),
        };
        try
        {
            block = new KeptBlock(weeks, entities, EncodedColumn.Read(type, layout, bytes[..^ChecksumBytes]));
            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    /// <summary>A part of the payload; a length of -1 where there is none.</summary>
    private static void WriteRun(Span<byte> header, int index, ByteRun? run)
    {
        var at = header[(AtRuns + (index * RunBytes))..];
        BinaryPrimitives.WriteInt32LittleEndian(at, (int)(run?.Offset ?? 0));
        BinaryPrimitives.WriteInt32LittleEndian(at[sizeof(int)..], (int)(run?.Length ?? -1));
    }

    private static ByteRun? ReadRun(ReadOnlySpan<byte> header, int index)
    {
        var at = header[(AtRuns + (index * RunBytes))..];
        var length = BinaryPrimitives.ReadInt32LittleEndian(at[sizeof(int)..]);
        return length < 0 ? null : new ByteRun(BinaryPrimitives.ReadInt32LittleEndian(at), length);
    }
}
