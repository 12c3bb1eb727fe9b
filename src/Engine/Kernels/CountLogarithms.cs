using FeatureService.Engine.Numerics;

namespace FeatureService.Engine.Kernels;

/// <summary>Binary logarithms of counts, small ones from a table.</summary>
internal static class CountLogarithms
{
    private static readonly double[] s_small = [.. Enumerable.Range(0, 4096).Select(count => count == 0 ? 0.0 : Elementary.Log2(count))];

    /// <summary>The binary logarithm of a count from 1.</summary>
    public static double Log2(int count) => count < s_small.Length ? s_small[count] : Elementary.Log2(count);
}
