using System.Runtime.CompilerServices;

namespace FeatureService.Engine.Numerics;

/// <summary>
/// ln x, ln(1 + x) and log2 x. A float is 2^k (1 + f) with 1 + f between about 0.707 and 1.414. With s = f / (2 + f),
/// ln(1 + f) = ln((1 + s) / (1 - s)) = 2 s + s R, R = 2/3 s^2 + 2/5 s^4 + ..., to s^20 (what is left out is below 2^-60 of it). As
/// 2 s = f - s f = f - f^2 / 2 + s f^2 / 2, ln(1 + f) = f - f^2 / 2 + s (f^2 / 2 + R): f has no error, half its square is taken in two
/// parts, and only the small last term is rounded more than once. Greater parts are added with what their sums lose, so errors are
/// those of the last sum and little more.
/// </summary>
internal static class Logarithm
{
    // 1.0 and about the root of one half, by their bits.
    private const long OneBits = 0x3FF0_0000_0000_0000;
    private const long RootBits = 0x3FE6_A09E_0000_0000;
    private const double LeastNormal = 2.2250738585072014e-308;
    private const double TwoTo52 = 4_503_599_627_370_496;
    private const long FractionMask = (1L << 52) - 1;
    private const int ExponentBias = 1023;

    /// <summary>ln x; NaN below 0, minus infinity of 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Ln<T>(T x)
        where T : struct, IFloats<T>
    {
        var (k, f) = Split(x);
        var (head, rest) = OfOnePlus(f);
        return Finish(x, x, Sum(k, head, rest));
    }

    /// <summary>ln(1 + x); NaN below -1, minus infinity of -1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Log1p<T>(T x)
        where T : struct, IFloats<T>
    {
        var (zero, one) = (T.All(0), T.All(1));
        var onePlus = one + x;
        // What the sum lost, whichever of the two is greater.
        var added = onePlus - one;
        var lost = (one - (onePlus - added)) + (x - added);
        var (k, f) = Split(onePlus);
        // Near 1 the argument itself is f, and nothing was lost; elsewhere ln(u + lost) = ln u + lost / u.
        var isNear = T.Equal(k, zero);
        f = T.Select(isNear, x, f);
        var correction = T.Select(isNear, zero, lost / onePlus);
        var (head, rest) = OfOnePlus(f);
        var value = Sum(k, head, rest + correction);
        return T.Select(T.Equal(x, zero), x, Finish(x, onePlus, value));
    }

    /// <summary>log2 x; NaN below 0, minus infinity of 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Log2<T>(T x)
        where T : struct, IFloats<T>
    {
        var (k, f) = Split(x);
        var (ln, rest) = OfOnePlus(f);
        var head = ln & T.Bits(Parts.HeadMask);
        rest = (ln - head) + rest;
        // The product of the heads is exact; k is 0 or above it.
        var high = head * T.All(Parts.Log2EHead);
        var low = (head * T.All(Parts.Log2ERest)) + (rest * T.All(Parts.Log2E));
        var sum = k + high;
        return Finish(x, x, sum + (((k - sum) + high) + low));
    }

    /// <summary>k and f of 2^k (1 + f). Of no use for what is not above 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (T K, T F) Split<T>(T x)
        where T : struct, IFloats<T>
    {
        var isSmall = T.Greater(T.All(LeastNormal), x);
        var normal = T.Select(isSmall, x * T.All(1L << 54), x);
        // Moved so that the exponent grows at the root of one half, not at 1.
        var moved = T.AddBits(normal, T.Bits(OneBits - RootBits));
        // An int64 below 2^52 in the bits of 2^52 is their sum.
        var exponent = (moved >>> 52) | T.All(TwoTo52);
        var k = exponent - T.Select(isSmall, T.All(TwoTo52 + ExponentBias + 54), T.All(TwoTo52 + ExponentBias));
        var fraction = T.AddBits(moved & T.Bits(FractionMask), T.Bits(RootBits));
        return (k, fraction - T.All(1));
    }

    /// <summary>ln(1 + f) as a sum whose second part is small.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (T Head, T Small) OfOnePlus<T>(T f)
        where T : struct, IFloats<T>
    {
        var s = f / (T.All(2) + f);
        var z = s * s;
        var p = T.All(2.0 / 21);
        p = (p * z) + T.All(2.0 / 19);
        p = (p * z) + T.All(2.0 / 17);
        p = (p * z) + T.All(2.0 / 15);
        p = (p * z) + T.All(2.0 / 13);
        p = (p * z) + T.All(2.0 / 11);
        p = (p * z) + T.All(2.0 / 9);
        p = (p * z) + T.All(2.0 / 7);
        p = (p * z) + T.All(2.0 / 5);
        p = (p * z) + T.All(2.0 / 3);
        // Half the square, in two parts; that of the head is exact.
        var head = f & T.Bits(Parts.HeadMask);
        var half = T.All(0.5);
        var high = half * head * head;
        var low = half * (f - head) * (f + head);
        var sum = f - high;
        var lost = (f - sum) - high;
        return (sum, lost + ((s * ((high + low) + (p * z))) - low));
    }

    /// <summary>The sum of k ln 2 and two floats of which the first is below half of ln 2 and the second small.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Sum<T>(T k, T head, T rest)
        where T : struct, IFloats<T>
    {
        var doublings = k * T.All(Parts.Ln2Head);
        var sum = doublings + head;
        var lost = (doublings - sum) + head;
        return sum + (lost + ((k * T.All(Parts.Ln2Rest)) + rest));
    }

    /// <summary>The value where the logarithm's argument is a positive number, else what stands for it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Finish<T>(T x, T argument, T value)
        where T : struct, IFloats<T>
    {
        var zero = T.All(0);
        var atZero = T.Select(T.Equal(argument, zero), T.All(double.NegativeInfinity), T.Bits(Elementary.NaNBits));
        value = T.Select(T.Greater(argument, zero), value, atZero);
        var infinity = T.All(double.PositiveInfinity);
        return T.Select(T.Equal(x, infinity), infinity, value);
    }
}
