namespace FeatureService.Engine.Reference;

/// <summary>Rule 1: the one form of zero and NaN, and roundings that happen once.</summary>
internal static class Normal
{
    /// <summary>A value with -0.0 as +0.0 and any NaN as 0x7FF8000000000000.</summary>
    public static object? Of(object? value) => value is double number ? Of(number) : value;

    /// <summary>A float64 with -0.0 as +0.0 and any NaN as 0x7FF8000000000000.</summary>
    public static double Of(double value) =>
        double.IsNaN(value) ? BitConverter.Int64BitsToDouble(0x7FF8_0000_0000_0000) : value == 0 ? 0.0 : value;

    /// <summary>A bool or int64 as int64.</summary>
    public static long Integer(object value) => value is bool truth ? truth ? 1 : 0 : (long)value;

    /// <summary>A bool, int64 or float64 as float64; int64 is rounded once.</summary>
    public static double Number(object value) => value is double number ? number : Integer(value);

    /// <summary>A bool, int64 or float64 as float32, rounded once; other values as they are.</summary>
    public static object? ToFloat32(object? value) => value switch
    {
        bool truth => truth ? 1f : 0f,
        long number => ToFloat32(number),
        double number => float.IsNaN((float)number)
            ? BitConverter.Int32BitsToSingle(0x7FC0_0000)
            : (float)number == 0 ? 0f : (float)number,
        _ => value,
    };

    /// <summary>An exact sum as float64, rounded once to nearest even.</summary>
    public static double ToFloat64(Int128 value)
    {
        var magnitude = (UInt128)Int128.Abs(value);
        var shift = 0;
        while (magnitude >> shift > ulong.MaxValue)
        {
            shift++;
        }

        // 64 bits hold more than the 53 of the result; what was shifted out only says on which side of a tie the sum lies.
        var rest = magnitude & ((UInt128.One << shift) - 1);
        var kept = (ulong)(magnitude >> shift) | (rest == 0 ? 0UL : 1UL);
        var rounded = (double)kept * (double)(UInt128.One << shift);
        return value < 0 ? -rounded : rounded;
    }

    /// <summary>Straight from int64: by way of float64 it would be rounded twice.</summary>
    private static float ToFloat32(long value)
    {
        const int Shift = 16;
        var magnitude = value < 0 ? (ulong)-(value + 1) + 1 : (ulong)value;
        if (magnitude < 1UL << 53)
        {
            // Exact in float64.
            return (float)(double)value;
        }

        // 37 to 48 bits are exact in float64 and hold more than the 24 of the result; the last says whether anything was shifted out.
        var kept = magnitude >> Shift | ((magnitude & ((1UL << Shift) - 1)) == 0 ? 0UL : 1UL);
        var rounded = (float)(double)kept * (1 << Shift);
        return value < 0 ? -rounded : rounded;
    }
}
