namespace FeatureService.Engine.Kernels;

/// <summary>Float64 as int64 keys that order and equal as the values do: with one zero, and one NaN above all numbers.</summary>
internal static class FloatKeys
{
    private const long NaN = 0x7FF8_0000_0000_0000;

    /// <summary>The key of a value.</summary>
    public static long Of(double value)
    {
        var bits = double.IsNaN(value) ? NaN : BitConverter.DoubleToInt64Bits(value + 0.0);
        return bits ^ (bits >> 63 & long.MaxValue);
    }

    /// <summary>The value of a key.</summary>
    public static double ValueOf(long key) => BitConverter.Int64BitsToDouble(key ^ (key >> 63 & long.MaxValue));
}
