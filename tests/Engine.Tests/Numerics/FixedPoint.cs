namespace FeatureService.Engine.Tests.Numerics;

/// <summary>Numbers below 4,096 with 116 bits behind the point, in whole numbers alone: what the engine's floats are measured with.</summary>
internal static class FixedPoint
{
    public const int FractionBits = 116;

    // 0.7^34 / 34! and 9^-38 are below 2^-116.
    private const int FactorialTerms = 34;
    private const int OddTerms = 38;

    private static readonly UInt128[] s_inverseFactorials = InverseFactorials();
    private static readonly UInt128[] s_inverseOdds = [.. Enumerable.Range(0, OddTerms).Select(n => One / (UInt128)((2 * n) + 1))];

    public static UInt128 One => UInt128.One << FractionBits;

    /// <summary>The logarithm of 2 as that of (1 + 1/3) / (1 - 1/3).</summary>
    public static UInt128 Ln2 { get; } = Multiply(One * 2 / 3, OddSeries(One / 9));

    public static UInt128 Log2E { get; } = Inverse(Ln2);

    public static UInt128 Shift(UInt128 value, int left) => left >= 0 ? value << left : left > -128 ? value >> -left : 0;

    public static UInt128 Multiply(UInt128 left, UInt128 right)
    {
        var (a, b) = ((ulong)(left >> 64), (ulong)left);
        var (c, d) = ((ulong)(right >> 64), (ulong)right);
        var (ac, ad, bc, bd) = ((UInt128)a * c, (UInt128)a * d, (UInt128)b * c, (UInt128)b * d);
        var middle = (bd >> 64) + (ulong)ad + (ulong)bc;
        var high = ac + (ad >> 64) + (bc >> 64) + (middle >> 64);
        return (high << (128 - FractionBits)) | ((UInt128)(ulong)middle >> (FractionBits - 64));
    }

    /// <summary>1 / x for x from 0.5 to 2, by Newton's steps from a float.</summary>
    public static UInt128 Inverse(UInt128 x)
    {
        var inverse = (UInt128)(1 / (double)x * (double)One * (double)One);
        for (var i = 0; i < 2; i++)
        {
            inverse = Multiply(inverse, (2 * One) - Multiply(inverse, x));
        }

        return inverse;
    }

    /// <summary>e^x for x from 0 to 0.7: the sum of x^n / n!.</summary>
    public static UInt128 Exp(UInt128 x) => Sum(s_inverseFactorials, x);

    /// <summary>1 + z/3 + z^2/5 + ... for z to 1/9.</summary>
    public static UInt128 OddSeries(UInt128 z) => Sum(s_inverseOdds, z);

    private static UInt128 Sum(UInt128[] coefficients, UInt128 x)
    {
        UInt128 sum = 0;
        for (var n = coefficients.Length - 1; n >= 0; n--)
        {
            sum = coefficients[n] + Multiply(sum, x);
        }

        return sum;
    }

    private static UInt128[] InverseFactorials()
    {
        var inverse = new UInt128[FactorialTerms];
        inverse[0] = One;
        for (var n = 1; n < inverse.Length; n++)
        {
            inverse[n] = inverse[n - 1] / (UInt128)n;
        }

        return inverse;
    }
}
