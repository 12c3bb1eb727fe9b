using System.CommandLine;
using FeatureService.Cli.Demo;
using FeatureService.Samples.Taxi;
using static System.FormattableString;

namespace FeatureService.Bench.MainJob;

/// <summary>Measures the main job: events in Parquet -> snapshot -> two service processes over TCP -> zstd Parquet.</summary>
internal static class Program
{
    private static readonly string Featurectl = Path.Combine(AppContext.BaseDirectory, "featurectl");

    private static Task<int> Main(string[] args)
    {
        var users = new Option<int>("--users") { Description = "Users of the taxi app.", DefaultValueFactory = _ => 100_000 };
        var runs = new Option<int>("--runs") { Description = "Runs, of which medians are taken.", DefaultValueFactory = _ => 5 };
        var root = new RootCommand("Measures the main job.") { users, runs };
        root.SetAction((parsed, _) => RunAsync(parsed.GetValue(users), parsed.GetValue(runs)));
        return root.Parse(args).InvokeAsync();
    }

    private static async Task<int> RunAsync(int users, int runs)
    {
        var folder = Directory.CreateTempSubdirectory("main-job-");
        try
        {
            var options = new TaxiOptions { Users = users };
            var report = TaxiSample.Write(folder.FullName, options);
            Console.WriteLine(Invariant($"{report.Events:N0} events of {users:N0} users, {(long)users * options.Weeks:N0} rows, median of {runs}"));
            Console.WriteLine("step                          wall s   command CPU s   services CPU s   command MB   service MB   per second");
            await MeasureAsync(folder.FullName, options, report, runs).ConfigureAwait(false);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        return 0;
    }

    private static async Task MeasureAsync(string folder, TaxiOptions options, TaxiReport report, int runs)
    {
        var snapshot = Path.Combine(folder, "snapshot");
        var views = Path.Combine(folder, TaxiSample.ViewsFolder);
        var builds = new List<Measurement>();
        for (var run = 0; run < runs; run++)
        {
            Remove(snapshot);
            builds.Add(await Measurement.OfCommandAsync(
                Featurectl, ["snapshot", "build", "--catalog", Path.Combine(folder, TaxiSample.CatalogFile), "--out", snapshot]).ConfigureAwait(false));
        }

        Print("snapshot build", builds, report.Events, "events");
        var rows = (long)options.Users * options.Weeks;
        await using (var one = LocalService.Start((Featurectl, []), snapshot, views, Path.Combine(folder, "service-1.log")))
        await using (var two = LocalService.Start((Featurectl, []), snapshot, views, Path.Combine(folder, "service-2.log")))
        {
            await one.WaitUntilReadyAsync(TimeProvider.System, CancellationToken.None).ConfigureAwait(false);
            await two.WaitUntilReadyAsync(TimeProvider.System, CancellationToken.None).ConfigureAwait(false);
            string[] servers = ["--server", one.Url, "--server", two.Url];
            Print("dataset, two services, TCP", await BuildsAsync(folder, options, runs, servers, one.Id, two.Id).ConfigureAwait(false), rows, "vectors");
        }

        string[] local = ["--snapshot", snapshot, "--views", views];
        Print("dataset, inside the command", await BuildsAsync(folder, options, runs, local).ConfigureAwait(false), rows, "vectors");
    }

    private static async Task<List<Measurement>> BuildsAsync(string folder, TaxiOptions options, int runs, string[] where, params int[] services)
    {
        var weeks = Invariant($"{options.FirstWeek:yyyy-MM-dd}..{options.LastWeek:yyyy-MM-dd}");
        var dataset = Path.Combine(folder, "dataset");
        var builds = new List<Measurement>();
        for (var run = 0; run < runs; run++)
        {
            Remove(dataset);
            builds.Add(await Measurement.OfCommandAsync(
                Featurectl, ["dataset", "build", .. where, "--view", TaxiSample.View, "--weeks", weeks, "--out", dataset], services).ConfigureAwait(false));
        }

        return builds;
    }

    private static void Print(string step, List<Measurement> runs, long count, string unit)
    {
        var median = Measurement.MedianOf(runs);
        Console.WriteLine(Invariant(
            $"{step,-28} {median.WallSeconds,7:F2} {median.CommandCpuSeconds,15:F2} {median.ServicesCpuSeconds,16:F2} {median.CommandAnonymousBytes / 1e6,12:F0} {median.ServiceAnonymousBytes / 1e6,12:F0}   {count / median.WallSeconds / 1e6:F2} M {unit}"));
    }

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
