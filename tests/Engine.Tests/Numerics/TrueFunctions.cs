namespace FeatureService.Engine.Tests.Numerics;

/// <summary>The elementary functions of floats where they are numbers, to 100 bits and more.</summary>
internal static class TrueFunctions
{
    /// <summary>e^x for |x| below 2^11.</summary>
    public static TrueValue Exp(double x)
    {
        var magnitude = Fixed(x);
        var (doublings, rest) = ((int)(magnitude / FixedPoint.Ln2), magnitude % FixedPoint.Ln2);
        return x >= 0
            ? new TrueValue((Int128)FixedPoint.Exp(rest), doublings)
            : new TrueValue((Int128)FixedPoint.Exp(FixedPoint.Ln2 - rest), -doublings - 1);
    }

    /// <summary>2^x for |x| below 2^11.</summary>
    public static TrueValue Exp2(double x)
    {
        var magnitude = Fixed(x);
        var (doublings, rest) = ((int)(magnitude >> FixedPoint.FractionBits), magnitude & (FixedPoint.One - 1));
        return x >= 0
            ? new TrueValue((Int128)FixedPoint.Exp(FixedPoint.Multiply(rest, FixedPoint.Ln2)), doublings)
            : new TrueValue((Int128)FixedPoint.Exp(FixedPoint.Multiply(FixedPoint.One - rest, FixedPoint.Ln2)), -doublings - 1);
    }

    /// <summary>ln x of a positive number.</summary>
    public static TrueValue Ln(double x)
    {
        var (fraction, exponent) = TrueValue.Parts(x);
        return Logarithm(fraction, exponent, ofTwo: FixedPoint.Ln2);
    }

    /// <summary>log2 x of a positive number.</summary>
    public static TrueValue Log2(double x)
    {
        var (fraction, exponent) = TrueValue.Parts(x);
        return Logarithm(fraction, exponent, ofTwo: FixedPoint.One);
    }

    /// <summary>ln(1 + x) of a number above -1.</summary>
    public static TrueValue Log1p(double x)
    {
        var (fraction, exponent) = TrueValue.Parts(x);
        if (Math.Abs(x) < 0.25)
        {
            return NearOne(x < 0, fraction, exponent, FixedPoint.Ln2, doublings: 0);
        }

        // Past 2^122 the one is far below what 100 bits show.
        var one = exponent > 0 ? UInt128.One : UInt128.One << -exponent;
        var (whole, unit) = exponent is > 0 and <= 70 ? ((UInt128)fraction << exponent, 0) : (fraction, exponent);
        return Logarithm(exponent > 70 ? whole : x > 0 ? whole + one : one - whole, unit, FixedPoint.Ln2);
    }

    private static UInt128 Fixed(double x)
    {
        var (fraction, exponent) = TrueValue.Parts(x);
        return FixedPoint.Shift(fraction, exponent + FixedPoint.FractionBits);
    }

    /// <summary>The logarithm of whole x 2^exponent to the base that <paramref name="ofTwo"/> is that of 2 to.</summary>
    private static TrueValue Logarithm(UInt128 whole, int exponent, UInt128 ofTwo)
    {
        var length = 128 - (int)UInt128.LeadingZeroCount(whole);
        // From 1 to 2, or, above about the root of 2, half of it.
        var isHigh = (double)whole > Math.ScaleB(1.414, length - 1);
        var (doublings, bits) = (exponent + length - (isHigh ? 0 : 1), FixedPoint.FractionBits - length + (isHigh ? 0 : 1));
        var number = FixedPoint.Shift(whole, bits);
        var isBelow = number < FixedPoint.One;
        return NearOne(isBelow, isBelow ? FixedPoint.One - number : number - FixedPoint.One, -FixedPoint.FractionBits, ofTwo, doublings);
    }

    /// <summary>The logarithm of 2^doublings (1 + f), with f = -+ whole x 2^exponent from -0.3 to 0.42, as that of (1 + s) / (1 - s).</summary>
    private static TrueValue NearOne(bool isBelow, UInt128 whole, int exponent, UInt128 ofTwo, int doublings)
    {
        if (whole == 0)
        {
            return new TrueValue(doublings * (Int128)ofTwo, 0);
        }

        // The leading bit of f stands for 1, and f = scaled x 2^scale.
        var length = 128 - (int)UInt128.LeadingZeroCount(whole);
        var scale = exponent + length - 1;
        var scaled = FixedPoint.Shift(whole, FixedPoint.FractionBits + 1 - length);
        var halfOfF = FixedPoint.Shift(scaled, scale - 1);
        var inverse = FixedPoint.Inverse(isBelow ? FixedPoint.One - halfOfF : FixedPoint.One + halfOfF);
        var s = FixedPoint.Multiply(halfOfF, inverse);
        var natural = FixedPoint.Multiply(FixedPoint.Multiply(scaled, inverse), FixedPoint.OddSeries(FixedPoint.Multiply(s, s)));
        var toBase = ofTwo == FixedPoint.One ? FixedPoint.Multiply(natural, FixedPoint.Log2E) : natural;
        if (doublings == 0)
        {
            return new TrueValue(isBelow ? -(Int128)toBase : (Int128)toBase, scale);
        }

        var part = (Int128)FixedPoint.Shift(toBase, scale);
        return new TrueValue((doublings * (Int128)ofTwo) + (isBelow ? -part : part), 0);
    }
}
