using System.Buffers.Binary;
using System.Numerics;

namespace FeatureService.Core.Columns;

/// <summary>Bitmaps of validity: one bit a row, least significant bit first, 1 = valid (as Arrow's).</summary>
public static class Bitmap
{
    /// <summary>Bytes that hold so many bits.</summary>
    /// <param name="bits">Number of bits.</param>
    public static int Bytes(int bits) => (bits + 7) >> 3;

    /// <summary>One bit.</summary>
    /// <param name="bitmap">The bitmap.</param>
    /// <param name="index">Number of the bit.</param>
    public static bool Get(ReadOnlySpan<byte> bitmap, int index) => (bitmap[index >> 3] >> (index & 7) & 1) != 0;

    /// <summary>Sets one bit.</summary>
    /// <param name="bitmap">The bitmap.</param>
    /// <param name="index">Number of the bit.</param>
    public static void Set(Span<byte> bitmap, int index) => bitmap[index >> 3] |= (byte)(1 << (index & 7));

    /// <summary>Clears one bit.</summary>
    /// <param name="bitmap">The bitmap.</param>
    /// <param name="index">Number of the bit.</param>
    public static void Clear(Span<byte> bitmap, int index) => bitmap[index >> 3] &= (byte)~(1 << (index & 7));

    /// <summary>How many bits of a run are 1.</summary>
    /// <param name="bitmap">The bitmap.</param>
    /// <param name="first">First bit of the run.</param>
    /// <param name="count">Number of bits.</param>
    public static int CountOnes(ReadOnlySpan<byte> bitmap, int first, int count)
    {
        var ones = 0;
        var end = first + count;
        var bit = first;
        for (; bit < end && (bit & 7) != 0; bit++)
        {
            ones += Get(bitmap, bit) ? 1 : 0;
        }

        for (; bit + 64 <= end; bit += 64)
        {
            ones += BitOperations.PopCount(BinaryPrimitives.ReadUInt64LittleEndian(bitmap[(bit >> 3)..]));
        }

        for (; bit < end; bit++)
        {
            ones += Get(bitmap, bit) ? 1 : 0;
        }

        return ones;
    }

    /// <summary>Copies a run of bits to the start of another bitmap; bits of the last byte behind the run are 0.</summary>
    /// <param name="source">The bitmap.</param>
    /// <param name="first">First bit of the run.</param>
    /// <param name="count">Number of bits.</param>
    /// <param name="target">At least <see cref="Bytes"/> of <paramref name="count"/>.</param>
    public static void Copy(ReadOnlySpan<byte> source, int first, int count, Span<byte> target)
    {
        var bytes = Bytes(count);
        var shift = first & 7;
        var from = source[(first >> 3)..];
        if (shift == 0)
        {
            from[..bytes].CopyTo(target);
        }
        else
        {
            for (var i = 0; i < bytes; i++)
            {
                var next = i + 1 < from.Length ? from[i + 1] << (8 - shift) : 0;
                target[i] = (byte)(from[i] >> shift | next);
            }
        }

        if ((count & 7) != 0)
        {
            target[bytes - 1] &= (byte)((1 << (count & 7)) - 1);
        }
    }
}
