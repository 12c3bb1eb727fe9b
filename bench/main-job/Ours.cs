using FeatureService.Cli.Demo;
using FeatureService.Samples.Taxi;
using static System.FormattableString;

namespace FeatureService.Bench.MainJob;

/// <summary>Our ways to do the work.</summary>
internal static class Ours
{
    /// <summary>The command, beside this program.</summary>
    public static string Featurectl { get; } = Path.Combine(AppContext.BaseDirectory, "featurectl");

    /// <summary>Events in Parquet to a snapshot.</summary>
    public static Contestant Build(Work work) => new(
        "us, snapshot build", "build", Featurectl, output => ["snapshot", "build", "--catalog", work.Catalog, "--out", Path.Combine(output, "snapshot")], []);

    /// <summary>Two services over TCP.</summary>
    public static Contestant OverTcp(Work work, string compression, LocalService one, LocalService two) => new(
        $"us, two services over TCP, {Name(compression)}",
        $"tcp-{compression}",
        Featurectl,
        output => Dataset(work, compression, output, "--server", one.Url, "--server", two.Url),
        [one.Id, two.Id]);

    /// <summary>The service inside the command.</summary>
    public static Contestant Local(Work work, string compression) => new(
        $"us, inside the command, {Name(compression)}",
        $"local-{compression}",
        Featurectl,
        output => Dataset(work, compression, output, "--snapshot", work.Snapshot, "--views", work.Views),
        []);

    private static string[] Dataset(Work work, string compression, string output, params string[] where) =>
    [
        "dataset", "build", .. where, "--view", TaxiSample.View, "--weeks", Invariant($"{work.Taxi.FirstWeek:yyyy-MM-dd}..{work.Taxi.LastWeek:yyyy-MM-dd}"),
        "--compression", compression, "--out", Path.Combine(output, "dataset"),
    ];

    private static string Name(string compression) => compression == "none" ? "uncompressed Parquet" : $"{compression} Parquet";
}
