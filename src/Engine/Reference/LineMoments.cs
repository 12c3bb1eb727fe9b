using FeatureService.Core.Calendar;

namespace FeatureService.Engine.Reference;

/// <summary>
/// Rule 6 for <c>slope</c>: means of times and values, and sums of products of their deviations, as docs/evaluation.md writes them out.
/// </summary>
internal readonly record struct LineMoments(double N, double MeanX, double MeanY, double Sxx, double Sxy)
{
    /// <summary>The state after one more value.</summary>
    /// <param name="time">Microseconds since 1970.</param>
    /// <param name="y">The value.</param>
    public LineMoments Add(long time, double y)
    {
        var x = time / (double)Instants.MicrosPerDay;
        var n = N + 1;
        var dx = x - MeanX;
        var dy = y - MeanY;
        var meanX = MeanX + (dx / n);
        var meanY = MeanY + (dy / n);
        return new LineMoments(n, meanX, meanY, Sxx + (dx * (x - meanX)), Sxy + (dx * (y - meanY)));
    }

    /// <summary>An older state with a newer one.</summary>
    public static LineMoments Merge(LineMoments a, LineMoments b)
    {
        if (a.N == 0 || b.N == 0)
        {
            return a.N == 0 ? b : a;
        }

        var n = a.N + b.N;
        var dx = b.MeanX - a.MeanX;
        var dy = b.MeanY - a.MeanY;
        var s = b.N / n;
        var w = a.N * s;
        return new LineMoments(
            n, a.MeanX + (dx * s), a.MeanY + (dy * s), (a.Sxx + b.Sxx) + ((dx * dx) * w), (a.Sxy + b.Sxy) + ((dx * dy) * w));
    }

    /// <summary>Least squares per day; null where no two times differ.</summary>
    public double? Slope() => Sxx == 0 ? null : Sxy / Sxx;
}
