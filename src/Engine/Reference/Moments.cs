namespace FeatureService.Engine.Reference;

/// <summary>
/// Rule 6: count, mean and sums of powers of deviations, by the steps of Welford and Pébay and the merges of Chan and Pébay, in the
/// one order that docs/evaluation.md writes out.
/// </summary>
internal readonly record struct Moments(double N, double M, double M2, double M3, double M4)
{
    /// <summary>The state after one more value.</summary>
    public Moments Add(double x)
    {
        var n = N + 1;
        var d = x - M;
        var q = d / n;
        var m = M + q;
        var t = d * (x - m);
        var e = -q;
        var s = q * q;
        return new Moments(
            n,
            m,
            M2 + t,
            (M3 + ((3 * e) * M2)) + ((t * q) * (n - 2)),
            ((M4 + ((4 * e) * M3)) + ((6 * s) * M2)) + ((t * s) * (((n * n) - (3 * n)) + 3)));
    }

    /// <summary>An older state with a newer one.</summary>
    public static Moments Merge(Moments a, Moments b)
    {
        if (a.N == 0 || b.N == 0)
        {
            return a.N == 0 ? b : a;
        }

        var n = a.N + b.N;
        var d = b.M - a.M;
        var s = b.N / n;
        var r = a.N / n;
        var eA = -(d * s);
        var eB = d * r;
        var w = a.N * s;
        var p = d * d;
        return new Moments(
            n,
            a.M + (d * s),
            (a.M2 + b.M2) + (p * w),
            ((a.M3 + b.M3) + (3 * ((eA * a.M2) + (eB * b.M2)))) + ((p * d) * (w * (r - s))),
            (((a.M4 + b.M4) + (4 * ((eA * a.M3) + (eB * b.M3)))) + (6 * (((eA * eA) * a.M2) + ((eB * eB) * b.M2))))
                + ((p * p) * (w * (((r * r) - (r * s)) + (s * s)))));
    }

    /// <summary>The mean square of deviations, or with 1 less the sample's; null where so few values leave no divisor.</summary>
    public double? Variance(int less) => N <= less ? null : M2 / (N - less);

    /// <summary>Bias-corrected skewness of a sample.</summary>
    public double? Skewness()
    {
        var v = M2 / N;
        if (N < 3 || v == 0)
        {
            return null;
        }

        var g = ((M3 / N) / v) / Math.Sqrt(v);
        return (Math.Sqrt(N * (N - 1)) / (N - 2)) * g;
    }

    /// <summary>Bias-corrected excess kurtosis of a sample.</summary>
    public double? Kurtosis()
    {
        var v = M2 / N;
        if (N < 4 || v == 0)
        {
            return null;
        }

        var g = ((M4 / N) / v) / v;
        return ((N - 1) * (((N + 1) * g) - (3 * (N - 1)))) / ((N - 2) * (N - 3));
    }
}
