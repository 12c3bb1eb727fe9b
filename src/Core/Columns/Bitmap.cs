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
}
