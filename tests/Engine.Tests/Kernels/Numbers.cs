using CsCheck;

namespace FeatureService.Engine.Tests.Kernels;

/// <summary>Values that enter states.</summary>
internal static class Numbers
{
    /// <summary>Of usual size.</summary>
    public static Gen<double> Usual { get; } = Gen.Double[-1e6, 1e6];

    /// <summary>Also those that break careless code.</summary>
    public static Gen<double> Any { get; } = Gen.Frequency(
        (8, (IGen<double>)Usual),
        (1, Gen.OneOf(0.0, 1.0, 1e-300, double.Epsilon, 1e200, double.MaxValue)),
        (1, Gen.OneOf(double.NaN, double.PositiveInfinity, double.NegativeInfinity)));

    /// <summary>Whether two numbers agree but for rounding.</summary>
    /// <param name="expected">One number.</param>
    /// <param name="actual">The other.</param>
    /// <param name="scale">The size of what was added up.</param>
    public static void Near(double expected, double actual, double scale) => Assert.InRange(Math.Abs(actual - expected), 0, 1e-12 * scale);
}
