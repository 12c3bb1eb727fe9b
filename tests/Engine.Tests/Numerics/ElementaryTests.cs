using System.Runtime.Intrinsics;
using FeatureService.Engine.Numerics;

namespace FeatureService.Engine.Tests.Numerics;

/// <summary>The engine's own functions against true values, and their vector form against the scalar one.</summary>
public sealed class ElementaryTests(ITestOutputHelper output)
{
    private const int ArgumentCount = 1_000_000;

    // Rounding the true value alone makes one half. The greatest found over ten times as many arguments are 0.764 of exp and 0.744 of
    // exp2, where a result just below the normal floats is rounded a second time, 0.721 of log2, 0.679 of ln and log1p.
    private const double UlpsMax = 0.8;

    public static TheoryData<string> Functions => [.. ElementaryFunction.All.Select(function => function.Name)];

    [Theory]
    [MemberData(nameof(Functions))]
    public void Values_lie_within_a_unit_in_the_last_place_of_the_true_ones(string name)
    {
        var function = Of(name);
        var (worst, error) = Arguments(function, seed: 1).Where(function.IsNumber)
            .Select(x => (X: x, Error: function.True(x).ErrorOf(function.One(x)))).MaxBy(found => found.Error);
        output.WriteLine($"{name}: {error:F4} ulp at {worst:R}");
        Assert.True(error <= UlpsMax, $"{name}({worst:R}) = {function.One(worst):R} is {error:F3} ulp off");
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void Vectors_have_the_bits_of_single_floats(string name)
    {
        var function = Of(name);
        foreach (var eight in Arguments(function, seed: 2).Chunk(8).Where(chunk => chunk.Length == 8))
        {
            var values = function.Eight(Vector512.Create(eight));
            for (var i = 0; i < eight.Length; i++)
            {
                Assert.Equal(BitConverter.DoubleToInt64Bits(function.One(eight[i])), BitConverter.DoubleToInt64Bits(values[i]));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void A_greater_argument_has_no_lesser_value(string name)
    {
        var function = Of(name);
        var sorted = Arguments(function, seed: 3).Concat(Around(ElementaryFunction.SpecialArguments))
            .Where(function.IsNumber).Order().ToArray();
        for (var i = 1; i < sorted.Length; i++)
        {
            Assert.True(function.One(sorted[i - 1]) <= function.One(sorted[i]), $"{name} falls from {sorted[i - 1]:R} to {sorted[i]:R}");
        }
    }

    [Fact]
    public void Two_to_a_whole_number_is_exact_and_so_is_its_logarithm()
    {
        for (var k = -1074; k <= 1023; k++)
        {
            Assert.Equal(Math.ScaleB(1, k), Elementary.Exp2(k));
            Assert.Equal(k, Elementary.Log2(Math.ScaleB(1, k)));
        }

        Assert.Equal(0, Elementary.Exp2(-1075));
        Assert.Equal(double.PositiveInfinity, Elementary.Exp2(1024));
    }

    [Theory]
    [InlineData("exp", 0, 1)]
    [InlineData("exp", double.NegativeInfinity, 0)]
    [InlineData("exp", double.PositiveInfinity, double.PositiveInfinity)]
    [InlineData("exp", 709.782712893384, 1.7976931348622732e308)]
    [InlineData("exp", 709.7827128933841, double.PositiveInfinity)]
    [InlineData("exp", -745.1332191019411, double.Epsilon)]
    [InlineData("exp", -745.1332191019412, 0)]
    [InlineData("exp", double.Epsilon, 1)]
    [InlineData("exp", double.MaxValue, double.PositiveInfinity)]
    [InlineData("exp", double.MinValue, 0)]
    [InlineData("exp2", double.NegativeInfinity, 0)]
    [InlineData("exp2", double.PositiveInfinity, double.PositiveInfinity)]
    [InlineData("exp2", double.MinValue, 0)]
    [InlineData("ln", 1, 0)]
    [InlineData("ln", 0, double.NegativeInfinity)]
    [InlineData("ln", -double.Epsilon, double.NaN)]
    [InlineData("ln", double.NegativeInfinity, double.NaN)]
    [InlineData("ln", double.PositiveInfinity, double.PositiveInfinity)]
    [InlineData("ln", double.Epsilon, -744.4400719213812)]
    [InlineData("ln", double.MaxValue, 709.782712893384)]
    [InlineData("log2", 1, 0)]
    [InlineData("log2", 0, double.NegativeInfinity)]
    [InlineData("log2", -1, double.NaN)]
    [InlineData("log2", double.PositiveInfinity, double.PositiveInfinity)]
    [InlineData("log1p", 0, 0)]
    [InlineData("log1p", -1, double.NegativeInfinity)]
    [InlineData("log1p", -1.0000000000000002, double.NaN)]
    [InlineData("log1p", double.NegativeInfinity, double.NaN)]
    [InlineData("log1p", double.PositiveInfinity, double.PositiveInfinity)]
    [InlineData("log1p", double.Epsilon, double.Epsilon)]
    [InlineData("log1p", 1e-20, 1e-20)]
    public void Ends_of_the_domain_and_exact_values_have_these_bits(string name, double x, double value) =>
        Assert.Equal(Bits(double.IsNaN(value) ? Canonical : value), Bits(Of(name).One(x)));

    [Fact]
    public void Minus_zero_is_zero_but_for_the_sign_of_log1p()
    {
        Assert.Equal(1, Elementary.Exp(-0.0));
        Assert.Equal(1, Elementary.Exp2(-0.0));
        Assert.Equal(double.NegativeInfinity, Elementary.Ln(-0.0));
        Assert.Equal(double.NegativeInfinity, Elementary.Log2(-0.0));
        Assert.Equal(Bits(-0.0), Bits(Elementary.Log1p(-0.0)));
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void Any_NaN_gives_the_one_NaN(string name) => Assert.All(
        [0x7FF0_0000_0000_0001, -1L, 0x7FF8_0000_0000_0000, unchecked((long)0xFFF8_0000_0000_0000)],
        bits => Assert.Equal(Bits(Canonical), Bits(Of(name).One(BitConverter.Int64BitsToDouble(bits)))));

    private static double Canonical => BitConverter.Int64BitsToDouble(Elementary.NaNBits);

    private static long Bits(double value) => BitConverter.DoubleToInt64Bits(value);

    private static ElementaryFunction Of(string name) => ElementaryFunction.All.Single(function => function.Name == name);

    private static IEnumerable<double> Arguments(ElementaryFunction function, int seed)
    {
        var random = new Random(seed);
        return ElementaryFunction.SpecialArguments.Concat(Enumerable.Range(0, ArgumentCount).Select(_ => function.Argument(random)));
    }

    /// <summary>The hundred floats on either side of each.</summary>
    private static IEnumerable<double> Around(double[] values) => values.Where(double.IsFinite)
        .SelectMany(value => Enumerable.Range(-100, 201).Select(step => BitConverter.Int64BitsToDouble(Bits(value) + step)))
        .Where(double.IsFinite);
}
