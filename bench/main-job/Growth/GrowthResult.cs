using System.Text;
using FeatureService.Bench.MainJob.Report;
using static System.FormattableString;

namespace FeatureService.Bench.MainJob.Growth;

/// <summary>What ten times the users cost.</summary>
/// <param name="small">Some users.</param>
/// <param name="large">Ten times as many.</param>
/// <param name="runs">Rounds.</param>
internal sealed class GrowthResult(GrowthSize small, GrowthSize large, int runs)
{
    /// <summary>The report as a page.</summary>
    /// <param name="date">The day of the run.</param>
    public string Page(DateOnly date)
    {
        var page = new StringBuilder();
        page.Line($"# Ten times the users, {date:yyyy-MM-dd}").Line($"")
            .Line($"{small.Work.Taxi.Users:N0} and {large.Work.Taxi.Users:N0} users x {large.Work.Taxi.Weeks} weeks x 20 features and a label, two services over TCP each, zstd Parquet; {runs} rounds in turn.").Line($"")
            .Line($"- {Machine.Description()}").Line($"")
            .Line($"Medians; of memory, which is anonymous and sampled every 10 ms, the most of all rounds.").Line($"")
            .Line($"| figure | {small.Work.Taxi.Users:N0} users | {large.Work.Taxi.Users:N0} users |").Line($"| --- | --- | --- |");
        Row(page, "events", size => Invariant($"{size.Events:N0}"));
        Row(page, "rows", size => Invariant($"{size.Work.Rows:N0}"));
        Row(page, "events as Parquet, snapshot, dataset, MB", size => Invariant($"{size.EventBytes / 1e6:F0}, {size.SnapshotBytes / 1e6:F0}, {size.DatasetBytes / 1e6:F0}"));
        Row(page, "events made, s", size => Invariant($"{size.GenerateSeconds:F1}"));
        Row(page, "snapshot build, s", size => Invariant($"{size.Build!.WallSeconds:F2}"));
        Row(page, "snapshot build, M events/s", size => Invariant($"{size.Events / size.Build!.WallSeconds / 1e6:F2}"));
        Row(page, "snapshot build, anonymous memory, MB", size => Invariant($"{size.Build!.CommandAnonymousBytes / 1e6:F0}"));
        Row(page, "dataset, s", size => Invariant($"{Figure.Of(size.Dataset!).Median:F2}"));
        Row(page, "dataset, s, of each round", size => string.Join(", ", size.Dataset!.Runs.Select(run => Invariant($"{run.WallSeconds:F2}"))));
        Row(page, "dataset, CPU s of all processes", size => Invariant($"{Figure.Of(size.Dataset!.Runs.Select(run => run.CommandCpuSeconds + run.ServicesCpuSeconds)).Median:F2}"));
        Row(page, "client, anonymous memory, MB", size => Invariant($"{Megabytes(size, run => run.CommandAnonymousBytes):F0}"));
        Row(page, "the larger service, anonymous memory, MB", size => Invariant($"{Megabytes(size, run => run.ServiceAnonymousBytes):F0}"));
        page.Line($"").Line($"{Goal.Head}");
        foreach (var goal in Goals())
        {
            page.Line($"{goal.Row(large.Work.Taxi.Users == Program.UsersMillion)}");
        }

        return page.ToString();
    }

    private IEnumerable<Goal> Goals()
    {
        var (client, service) = (Megabytes(large, run => run.CommandAnonymousBytes), Megabytes(large, run => run.ServiceAnonymousBytes));
        yield return Goal.AtMost("time of ten times the users", Figure.Of(large.Dataset!).Median, Figure.Of(small.Dataset!).Median, "s", GrowthSession.Factor * 1.1);
        yield return new Goal("client", Invariant($"{client:F0} MB"), "", client, " MB", 512, IsMost: true);
        yield return new Goal("each service", Invariant($"{service:F0} MB"), "", service, " MB", 1000, IsMost: true);
    }

    private void Row(StringBuilder page, string name, Func<GrowthSize, string> figure) => page.Line($"| {name} | {figure(small)} | {figure(large)} |");

    private static double Megabytes(GrowthSize size, Func<Measurement, long> figure) => size.Dataset!.Runs.Max(figure) / 1e6;
}
