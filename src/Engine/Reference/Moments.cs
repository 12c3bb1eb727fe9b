namespace FeatureService.Engine.Reference;

/// <summary>Rule 6: count, mean and sum of squared deviations, by Welford's steps and Chan's merges, in the one written order.</summary>
internal readonly record struct Moments(double N, double M, double M2)
{
    /// <summary>The state after one more value.</summary>
    public Moments Add(double x)
    {
        var n = N + 1;
        var d = x - M;
        var m = M + d / n;
        return new Moments(n, m, M2 + d * (x - m));
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
        var m = a.M + d * (b.N / n);
        return new Moments(n, m, (a.M2 + b.M2) + (d * d) * (a.N * (b.N / n)));
    }
}
