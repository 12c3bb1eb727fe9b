namespace FeatureService.Engine.Numerics;

/// <summary>
/// One or several float64 that go through the same steps, so that a function is written once for both. Only operations are here whose
/// results IEEE 754 fixes to the last bit, and those on the bits themselves: the same on every processor. The runtime never joins a
/// product and a sum into one rounding of its own accord.
/// </summary>
/// <typeparam name="TSelf">The floats.</typeparam>
internal interface IFloats<TSelf>
    where TSelf : struct, IFloats<TSelf>
{
    static abstract TSelf operator +(TSelf left, TSelf right);

    static abstract TSelf operator -(TSelf left, TSelf right);

    static abstract TSelf operator *(TSelf left, TSelf right);

    static abstract TSelf operator /(TSelf left, TSelf right);

    /// <summary>Of the bits.</summary>
    static abstract TSelf operator &(TSelf left, TSelf right);

    /// <summary>Of the bits.</summary>
    static abstract TSelf operator |(TSelf left, TSelf right);

    /// <summary>Of the bits, to higher ones.</summary>
    static abstract TSelf operator <<(TSelf value, int count);

    /// <summary>Of the bits, to lower ones; zeros come in.</summary>
    static abstract TSelf operator >>>(TSelf value, int count);

    /// <summary>The same value for each.</summary>
    static abstract TSelf All(double value);

    /// <summary>The same bits for each.</summary>
    static abstract TSelf Bits(long bits);

    /// <summary>The sum of the bits as int64.</summary>
    static abstract TSelf AddBits(TSelf left, TSelf right);

    /// <summary>The difference of the bits as int64.</summary>
    static abstract TSelf SubtractBits(TSelf left, TSelf right);

    /// <summary>All bits set where the left one is equal; never of a NaN.</summary>
    static abstract TSelf Equal(TSelf left, TSelf right);

    /// <summary>All bits set where the left one is greater; never of a NaN.</summary>
    static abstract TSelf Greater(TSelf left, TSelf right);

    /// <summary><paramref name="yes"/> where all bits of the condition are set, <paramref name="no"/> where none is.</summary>
    static abstract TSelf Select(TSelf condition, TSelf yes, TSelf no);
}
