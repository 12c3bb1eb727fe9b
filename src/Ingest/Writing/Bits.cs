using FeatureService.Core.Columns;

namespace FeatureService.Ingest.Writing;

/// <summary>Packs values into bits, LSB first.</summary>
internal static class Bits
{
    /// <summary>A bit for each value.</summary>
    public static byte[] Of(ReadOnlySpan<bool> values)
    {
        var bits = new byte[Bitmap.Bytes(values.Length)];
        for (var i = 0; i < values.Length; i++)
        {
            bits[i >> 3] |= (byte)((values[i] ? 1 : 0) << (i & 7));
        }

        return bits;
    }

    /// <summary>A bit for each value, which is 1 or 0.</summary>
    public static byte[] Of(ReadOnlySpan<int> values)
    {
        var bits = new byte[Bitmap.Bytes(values.Length)];
        for (var i = 0; i < values.Length; i++)
        {
            bits[i >> 3] |= (byte)(values[i] << (i & 7));
        }

        return bits;
    }
}
