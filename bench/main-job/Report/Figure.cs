namespace FeatureService.Bench.MainJob.Report;

/// <summary>Seconds of several runs, bringing the output to the disk included.</summary>
/// <param name="Median">The median.</param>
/// <param name="Min">The shortest.</param>
/// <param name="Max">The longest.</param>
internal sealed record Figure(double Median, double Min, double Max)
{
    /// <summary>A contestant's.</summary>
    public static Figure Of(Contestant contestant) => Of(Totals(contestant));

    /// <summary>Of two steps that follow each other, round by round.</summary>
    public static Figure OfBoth(Contestant first, Contestant second) => Of(Totals(first).Zip(Totals(second), (a, b) => a + b));

    /// <summary>Of plain seconds.</summary>
    public static Figure Of(IEnumerable<double> seconds)
    {
        var sorted = seconds.Order().ToArray();
        var middle = sorted.Length / 2;
        var median = sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Figure(median, sorted[0], sorted[^1]);
    }

    private static IEnumerable<double> Totals(Contestant contestant) =>
        contestant.Runs.Zip(contestant.SyncSeconds, (run, sync) => run.WallSeconds + sync);
}
