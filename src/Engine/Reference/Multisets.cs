using FeatureService.Engine.Numerics;

namespace FeatureService.Engine.Reference;

/// <summary>Rule 7: aggregates that are functions of the multiset of values, none of them null.</summary>
internal static class Multisets
{
    /// <summary>Linear interpolation between the two values around the place (n - 1) q.</summary>
    public static double Quantile(IEnumerable<object> values, double q)
    {
        double[] x = [.. values.Order(ValueOrder.Instance).Select(Normal.Number)];
        var h = (x.Length - 1) * q;
        var d = h - Math.Floor(h);
        var (lo, hi) = (x[(int)Math.Floor(h)], x[(int)Math.Ceiling(h)]);
        return d == 0 || ValueOrder.Instance.Equals(hi, lo) ? lo : (lo * (1 - d)) + (hi * d);
    }

    /// <summary>The k-th most frequent value, ties to the smaller; null where there are fewer.</summary>
    public static object? Top(IEnumerable<object> values, int k) => values
        .GroupBy(value => value, ValueOrder.Instance)
        .OrderByDescending(group => group.Count())
        .ThenBy(group => group.Key, ValueOrder.Instance)
        .ElementAtOrDefault(k - 1)?.Key;

    /// <summary>Entropy in bits: log2 n less the mean of log2 c over the values, c how often a value occurs.</summary>
    public static double Entropy(IEnumerable<object> values)
    {
        double[] counts = [.. values.GroupBy(value => value, ValueOrder.Instance).Select(group => (double)group.Count()).Order()];
        if (counts.Length == 1)
        {
            return 0.0;
        }

        var (n, sum) = (0.0, 0.0);
        foreach (var c in counts)
        {
            n += c;
            sum += c * Elementary.Log2(c);
        }

        return Elementary.Log2(n) - (sum / n);
    }
}
