using System.Runtime.CompilerServices;

namespace FeatureService.Engine.Numerics;

/// <summary>
/// e^x and 2^x. The argument is taken apart into a whole number k of doublings and a rest r of at most half a doubling, which is kept
/// as a sum of two floats; e^r comes from the series of r^n / n!, to n = 13 (what is left out is below 2^-57), and is doubled k times.
/// 1 and r are added with what their sum loses, so errors are those of the last sum and some hundredths; a result below the normal
/// floats is rounded a second time.
/// </summary>
internal static class Exponential
{
    // A float of this size has no bits below one: adding it rounds to a whole number, which then stands in the lowest bits plus 2,048.
    private const double Shifter = 6_755_399_441_055_744.0 + Bias;
    private const long Bias = 2048;
    private const long WholeMask = (2 * Bias) - 1;

    /// <summary>e^x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Exp<T>(T x)
        where T : struct, IFloats<T>
    {
        // Beyond these the result is infinity, or 0, all the same.
        var bounded = Bound(x, -750, 720);
        var shifted = (bounded * T.All(Parts.Log2E)) + T.All(Shifter);
        var k = shifted - T.All(Shifter);
        // Exact: k has 11 bits, and the difference, below 0.36, no bit below 2^-54 unless k is 0.
        var high = bounded - (k * T.All(Parts.Ln2Head));
        return Finish(x, Scale(Series(high, k * T.All(-Parts.Ln2Rest)), shifted));
    }

    /// <summary>2^x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Exp2<T>(T x)
        where T : struct, IFloats<T>
    {
        var bounded = Bound(x, -1080, 1030);
        var shifted = bounded + T.All(Shifter);
        var rest = bounded - (shifted - T.All(Shifter));
        var head = rest & T.Bits(Parts.HeadMask);
        var low = (head * T.All(Parts.Ln2Rest)) + ((rest - head) * T.All(Parts.Ln2));
        return Finish(x, Scale(Series(head * T.All(Parts.Ln2Head), low), shifted));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Bound<T>(T x, double least, double greatest)
        where T : struct, IFloats<T>
    {
        var (low, high) = (T.All(least), T.All(greatest));
        return T.Select(T.Greater(x, high), high, T.Select(T.Greater(low, x), low, x));
    }

    /// <summary>e^(high + low) of a sum of at most 0.35 whose second part is small.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Series<T>(T high, T low)
        where T : struct, IFloats<T>
    {
        var r = high + low;
        var rLost = (high - r) + low;
        var p = T.All(1.0 / 6_227_020_800);
        p = (p * r) + T.All(1.0 / 479_001_600);
        p = (p * r) + T.All(1.0 / 39_916_800);
        p = (p * r) + T.All(1.0 / 3_628_800);
        p = (p * r) + T.All(1.0 / 362_880);
        p = (p * r) + T.All(1.0 / 40_320);
        p = (p * r) + T.All(1.0 / 5040);
        p = (p * r) + T.All(1.0 / 720);
        p = (p * r) + T.All(1.0 / 120);
        p = (p * r) + T.All(1.0 / 24);
        p = (p * r) + T.All(1.0 / 6);
        p = (p * r) + T.All(1.0 / 2);
        var one = T.All(1);
        var sum = one + r;
        var sumLost = (one - sum) + r;
        return sum + (sumLost + (rLost + (r * (rLost + (r * p)))));
    }

    /// <summary>
    /// Doubles so many times as the lowest bits say, by two powers of two of half the exponent: each is a normal float, the first
    /// product is exact, and the second rounds once where it falls below the normal floats.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Scale<T>(T value, T shifted)
        where T : struct, IFloats<T>
    {
        var one = T.Bits(1);
        var whole = shifted & T.Bits(WholeMask);
        var half = whole >>> 1;
        var first = T.SubtractBits(half, one) << 52;
        var second = T.SubtractBits(T.SubtractBits(whole, half), one) << 52;
        return value * first * second;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Finish<T>(T x, T value)
        where T : struct, IFloats<T> => T.Select(T.Equal(x, x), value, T.Bits(Elementary.NaNBits));
}
