namespace FeatureService.Engine.Tests.Numerics;

/// <summary>A number to 100 bits and more: fraction / 2^116 x 2^exponent.</summary>
internal readonly record struct TrueValue(Int128 Fraction, int Exponent)
{
    private const int LeastExponent = -1074;

    /// <summary>Fraction and exponent of a finite float's magnitude: fraction x 2^exponent, below 2^53.</summary>
    public static (ulong Fraction, int Exponent) Parts(double value)
    {
        var bits = BitConverter.DoubleToUInt64Bits(Math.Abs(value));
        var (exponent, fraction) = ((int)(bits >> 52), bits & ((1UL << 52) - 1));
        return exponent == 0 ? (fraction, LeastExponent) : (fraction | (1UL << 52), exponent + LeastExponent - 1);
    }

    /// <summary>How far a float lies from this number, in units of the last place that a float next to the number has.</summary>
    public double ErrorOf(double value)
    {
        var magnitude = (UInt128)Int128.Abs(Fraction);
        if (magnitude == 0)
        {
            return value == 0 ? 0 : double.PositiveInfinity;
        }

        var leading = Exponent - FixedPoint.FractionBits + 127 - (int)UInt128.LeadingZeroCount(magnitude);
        var unit = Math.Max(leading - 52, LeastExponent);
        if (double.IsInfinity(value))
        {
            // Infinity is what a number rounds to from half a unit above the greatest float.
            return leading > 1023 || ErrorOf(double.MaxValue) >= 0.5 ? 0 : double.PositiveInfinity;
        }

        var (fraction, exponent) = Parts(value);
        var below = unit + FixedPoint.FractionBits - Exponent;
        if (fraction == 0 || below > 74)
        {
            return Math.Abs(((double)magnitude * Math.ScaleB(1, -below)) - (fraction * Math.ScaleB(1, exponent - unit)));
        }

        var isNear = Math.Abs(exponent - unit) <= 1 && value < 0 == Fraction < 0;
        return isNear
            ? Math.Abs((double)((Int128)magnitude - (Int128)((UInt128)fraction << (below + exponent - unit))) * Math.ScaleB(1, -below))
            : double.PositiveInfinity;
    }
}
