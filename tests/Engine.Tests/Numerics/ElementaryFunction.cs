using System.Runtime.Intrinsics;
using FeatureService.Engine.Numerics;

namespace FeatureService.Engine.Tests.Numerics;

/// <summary>One of the engine's functions in both forms, with its true value and arguments that try it.</summary>
internal sealed record ElementaryFunction(
    string Name,
    Func<double, double> One,
    Func<Vector512<double>, Vector512<double>> Eight,
    Func<double, TrueValue> True,
    Func<double, bool> IsNumber,
    Func<Random, double> Argument)
{
    public static ElementaryFunction[] All { get; } =
    [
        new("exp", Elementary.Exp, Elementary.Exp, TrueFunctions.Exp, x => Math.Abs(x) < 2048, OfExponential),
        new("exp2", Elementary.Exp2, Elementary.Exp2, TrueFunctions.Exp2, x => Math.Abs(x) < 2048, OfExponential),
        new("ln", Elementary.Ln, Elementary.Ln, TrueFunctions.Ln, IsPositive, OfLogarithm),
        new("log2", Elementary.Log2, Elementary.Log2, TrueFunctions.Log2, IsPositive, OfLogarithm),
        new("log1p", Elementary.Log1p, Elementary.Log1p, TrueFunctions.Log1p, x => x > -1 && double.IsFinite(x), random => OfLogarithm(random) - 1),
    ];

    /// <summary>What no distribution hits: ends of the domain, ends of the results, the normal floats' end, and the floats beside each.</summary>
    public static double[] SpecialArguments { get; } =
    [
        .. ((double[])
        [
            0, 1, 2, 0.5, 10, 709.782712893384, 744.4400719213812, 745.1332191019411, 745.1332191019412, 708.3964185322641, 1022, 1023, 1024,
            1074, 1075, 1076, 2000, 0.34657359027997264, 0.6931471805599453, 1.0397207708399179, Math.E, Math.Sqrt(2), Math.Sqrt(0.5),
            0.29289321881345254, 0.41421356237309515, 1e-300, 1e300, 1L << 52, 1L << 53, 1L << 54, double.Epsilon, 2.2250738585072014e-308,
            double.MaxValue, Math.ScaleB(1, -52), Math.ScaleB(1, -53), Math.ScaleB(1, -54), double.PositiveInfinity,
        ])
        .SelectMany(x => (double[])[x, Math.BitIncrement(x), Math.BitDecrement(x)]).SelectMany(x => (double[])[x, -x]),
        double.NaN, BitConverter.Int64BitsToDouble(0x7FF0_0000_0000_0001), BitConverter.Int64BitsToDouble(-1),
    ];

    public override string ToString() => Name;

    private static bool IsPositive(double x) => x > 0 && double.IsFinite(x);

    /// <summary>Over all results, around 0 where they are near 1, around 0 where they are 1, and where they are below the normal floats.</summary>
    private static double OfExponential(Random random) => random.Next(8) switch
    {
        <= 2 => (random.NextDouble() * 1500) - 750,
        <= 4 => (random.NextDouble() * 2) - 1,
        5 => Math.ScaleB(random.NextDouble() - 0.5, -random.Next(70)),
        6 => -700 - (random.NextDouble() * 50),
        _ => (random.NextDouble() * 2200) - 1100,
    };

    /// <summary>Any positive float, around 1, close to 1, and below the normal floats.</summary>
    private static double OfLogarithm(Random random) => random.Next(8) switch
    {
        <= 1 => BitConverter.Int64BitsToDouble(random.NextInt64(BitConverter.DoubleToInt64Bits(double.MaxValue))),
        <= 4 => Math.ScaleB(1 + random.NextDouble(), random.Next(-2, 2)),
        5 => 1 + Math.ScaleB(random.NextDouble() - 0.5, -random.Next(52)),
        6 => random.NextDouble() * 1e6,
        _ => BitConverter.Int64BitsToDouble(random.NextInt64(1L << 52)),
    };
}
