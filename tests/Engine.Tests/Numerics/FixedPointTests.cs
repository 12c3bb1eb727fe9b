using System.Globalization;
using System.Numerics;
using FeatureService.Engine.Numerics;

namespace FeatureService.Engine.Tests.Numerics;

/// <summary>What the engine's functions are measured with, and the constants that they start from.</summary>
public sealed class FixedPointTests
{
    [Fact]
    public void Constants_have_their_known_digits()
    {
        Assert.Equal("693147180559945309417232121458", Digits(FixedPoint.Ln2));
        Assert.Equal("1442695040888963407359924681001", Digits(FixedPoint.Log2E));
        Assert.Equal("1648721270700128146848650787814", Digits(FixedPoint.Exp(FixedPoint.One / 2)));
    }

    [Fact]
    public void The_logarithm_undoes_the_exponential()
    {
        for (var x = 1.0 + (1.0 / 1024); x < 1.4; x += 1.0 / 1024)
        {
            var ln = TrueFunctions.Ln(x);
            var back = FixedPoint.Exp(FixedPoint.Shift((UInt128)ln.Fraction, ln.Exponent));
            var lost = (Int128)back - (Int128)((UInt128)(x * 1024) << (FixedPoint.FractionBits - 10));
            Assert.True(Int128.Abs(lost) < Int128.One << 8, $"{x}: off by {lost}");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-3)]
    public void An_error_is_told_in_units_of_the_last_place(int units)
    {
        // 4/3 lies a third of a unit above its float.
        var number = new TrueValue((Int128)(FixedPoint.One + (FixedPoint.One / 3)), 0);
        Assert.Equal(Math.Abs(units - (1.0 / 3)), number.ErrorOf((4.0 / 3) + Math.ScaleB(units, -52)), 1e-10);
    }

    [Fact]
    public void Parts_of_constants_have_26_bits_and_the_nearest_rest()
    {
        Check(FixedPoint.Ln2, Parts.Ln2, Parts.Ln2Head, Parts.Ln2Rest);
        Check(FixedPoint.Log2E, Parts.Log2E, Parts.Log2EHead, Parts.Log2ERest);
    }

    private static void Check(UInt128 exact, double nearest, double head, double rest)
    {
        Assert.Equal(head, BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(head) & Parts.HeadMask));
        var number = new TrueValue((Int128)exact, 0);
        Assert.True(number.ErrorOf(nearest) <= 0.5);
        Assert.True(new TrueValue((Int128)exact - Of(head), 0).ErrorOf(rest) <= 0.5);
    }

    private static Int128 Of(double value)
    {
        var (fraction, exponent) = TrueValue.Parts(value);
        return (Int128)FixedPoint.Shift(fraction, exponent + FixedPoint.FractionBits);
    }

    private static string Digits(UInt128 value) =>
        (((BigInteger)value * BigInteger.Pow(10, 30)) >> FixedPoint.FractionBits).ToString(CultureInfo.InvariantCulture);
}
