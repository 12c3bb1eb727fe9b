using System.Numerics;

namespace FeatureService.Core.Columns.Encodings;

/// <summary>How values of a type are whole numbers: both ways, by lanes, with equal bits where a value is one.</summary>
/// <typeparam name="T">The integer of the values' width.</typeparam>
internal interface IWholeNumbers<T>
    where T : unmanaged
{
    /// <summary>Smallest whole number that <see cref="ToBits"/> gives back.</summary>
    static abstract long Min { get; }

    /// <summary>Largest whole number that <see cref="ToBits"/> gives back.</summary>
    static abstract long Max { get; }

    /// <summary>The whole numbers nearest to values; anything where a value is far outside <see cref="Min"/> and <see cref="Max"/>.</summary>
    static abstract Vector<T> ToWhole(Vector<T> bits);

    /// <summary>The bits of whole numbers.</summary>
    static abstract Vector<T> ToBits(Vector<T> whole);
}

/// <summary>Dates and codes.</summary>
internal readonly struct Int32Numbers : IWholeNumbers<int>
{
    public static long Min => int.MinValue;

    public static long Max => int.MaxValue;

    public static Vector<int> ToWhole(Vector<int> bits) => bits;

    public static Vector<int> ToBits(Vector<int> whole) => whole;
}

/// <summary>int64 and timestamps.</summary>
internal readonly struct Int64Numbers : IWholeNumbers<long>
{
    public static long Min => long.MinValue;

    public static long Max => long.MaxValue;

    public static Vector<long> ToWhole(Vector<long> bits) => bits;

    public static Vector<long> ToBits(Vector<long> whole) => whole;
}

/// <summary>
/// float32: a value of at most 22 bits added to 1.5 * 2^23 is rounded to a whole number, which the low bits of the sum then hold. NaN,
/// infinities and larger values give numbers outside the bounds, -0.0 and fractions other bits.
/// </summary>
internal readonly struct SingleNumbers : IWholeNumbers<int>
{
    private const float Shift = 1.5f * (1 << 23);

    public static long Min => -(1 << 22);

    public static long Max => (1 << 22) - 1;

    public static Vector<int> ToWhole(Vector<int> bits)
    {
        var shift = new Vector<float>(Shift);
        return Vector.AsVectorInt32(Vector.AsVectorSingle(bits) + shift) - Vector.AsVectorInt32(shift);
    }

    public static Vector<int> ToBits(Vector<int> whole)
    {
        var shift = new Vector<float>(Shift);
        return Vector.AsVectorInt32(Vector.AsVectorSingle(whole + Vector.AsVectorInt32(shift)) - shift);
    }
}

/// <summary>float64, as float32 with 1.5 * 2^52.</summary>
internal readonly struct DoubleNumbers : IWholeNumbers<long>
{
    private const double Shift = 1.5 * (1L << 52);

    public static long Min => -(1L << 51);

    public static long Max => (1L << 51) - 1;

    public static Vector<long> ToWhole(Vector<long> bits)
    {
        var shift = new Vector<double>(Shift);
        return Vector.AsVectorInt64(Vector.AsVectorDouble(bits) + shift) - Vector.AsVectorInt64(shift);
    }

    public static Vector<long> ToBits(Vector<long> whole)
    {
        var shift = new Vector<double>(Shift);
        return Vector.AsVectorInt64(Vector.AsVectorDouble(whole + Vector.AsVectorInt64(shift)) - shift);
    }
}
