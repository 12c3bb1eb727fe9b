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

    /// <summary>Finds the first damaged block.</summary>
    /// <param name="content">The file.</param>
    /// <param name="checksums">Its blocks' checksums.</param>
    /// <returns>Offset of the block, or -1 where all is well.</returns>
    public static long FirstDamage(ReadOnlySpan<byte> content, ReadOnlySpan<byte> checksums)
    {
        for (long offset = 0, block = 0; offset < content.Length; offset += BlockBytes, block++)
        {
            var bytes = content.Slice((int)offset, (int)Math.Min(BlockBytes, content.Length - offset));
            var expected = BinaryPrimitives.ReadUInt64LittleEndian(checksums[(int)(block * ChecksumBytes)..]);
            if (XxHash3.HashToUInt64(bytes) != expected)
            {
                return offset;
            }
        }

        return -1;
    }
}
