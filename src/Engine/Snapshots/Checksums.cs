using System.Buffers.Binary;
using System.IO.Hashing;

namespace FeatureService.Engine.Snapshots;

/// <summary>The checksums of a segment: XXH3-64 of each block of 64 KiB.</summary>
public static class Checksums
{
    /// <summary>Bytes of a block; a file's last one may be shorter.</summary>
    public const int BlockBytes = 64 * 1024;

    /// <summary>Bytes of a block's checksum.</summary>
    public const int ChecksumBytes = sizeof(ulong);

    /// <summary>Number of blocks of a file.</summary>
    /// <param name="fileLength">Bytes of the file.</param>
    public static int BlockCount(long fileLength) => (int)((fileLength + BlockBytes - 1) / BlockBytes);

    /// <summary>Writes a block's checksum.</summary>
    /// <param name="block">The block.</param>
    /// <param name="checksum">Eight bytes.</param>
    public static void Write(ReadOnlySpan<byte> block, Span<byte> checksum) =>
        BinaryPrimitives.WriteUInt64LittleEndian(checksum, XxHash3.HashToUInt64(block));

    /// <summary>Whether a block of a file is as it was written.</summary>
    /// <param name="content">The file.</param>
    /// <param name="checksums">Its blocks' checksums.</param>
    /// <param name="block">Number of the block.</param>
    public static bool Fits(ReadOnlySpan<byte> content, ReadOnlySpan<byte> checksums, int block)
    {
        var start = block * BlockBytes;
        var bytes = content.Slice(start, Math.Min(BlockBytes, content.Length - start));
        return XxHash3.HashToUInt64(bytes) == BinaryPrimitives.ReadUInt64LittleEndian(checksums[(block * ChecksumBytes)..]);
    }
}
