using FeatureService.Cli.Demo;
using static System.FormattableString;

namespace FeatureService.Bench.MainJob;

/// <summary>Our ways to do the work.</summary>
internal static class Ours
{
    /// <summary>The command: what <c>bench/run</c> has published, compiled ahead as for every day, else what was built beside this program.</summary>
    public static string Featurectl { get; } = Environment.GetEnvironmentVariable("BENCH_FEATURECTL") is { Length: > 0 } published
        ? published
        : Path.Combine(AppContext.BaseDirectory, "featurectl");

    /// <summary>Events in Parquet to a snapshot.</summary>
    /// <param name="work">The work.</param>
    /// <param name="memory">The build's <c>--memory</c>; null for its default.</param>
    public static Contestant Build(Work work, string? memory = null) => new(
        "us, snapshot build" + (memory is null ? "" : $" --memory {memory}"),
        "build" + (memory is null ? "" : "-in-memory"),
        Featurectl,
        output => BuildArguments(work, Path.Combine(output, "snapshot"), memory),
        []);

    /// <summary>Two services over TCP.</summary>
    public static Contestant OverTcp(Work work, DatasetForm form, LocalService one, LocalService two) => new(
        $"us, two services over TCP, {form.Name}",
        $"tcp-{form.Key}",
        Featurectl,
        output => Dataset(work, form, output, "--server", one.Url, "--server", two.Url),
        [one.Id, two.Id])
    { Reader = form.Reader };

    /// <summary>The service inside the command.</summary>
    public static Contestant Local(Work work, DatasetForm form) => new(
        $"us, inside the command, {form.Name}",
        $"local-{form.Key}",
        Featurectl,
        output => Dataset(work, form, output, "--snapshot", work.Snapshot, "--views", work.Views),
        [])
    { Reader = form.Reader };

    /// <summary>Arguments of a snapshot build.</summary>
    /// <param name="work">The work.</param>
    /// <param name="snapshot">The snapshot's folder.</param>
    /// <param name="memory">The build's <c>--memory</c>; null for its default.</param>
    public static string[] BuildArguments(Work work, string snapshot, string? memory = null) =>
        ["snapshot", "build", "--catalog", work.Catalog, "--out", snapshot, .. memory is null ? (string[])[] : ["--memory", memory]];

    /// <summary>Where a contestant's dataset lies in its output folder.</summary>
    public static string DatasetIn(string output) => Path.Combine(output, "dataset");

    private static string[] Dataset(Work work, DatasetForm form, string output, params string[] where) =>
    [
        "dataset", "build", .. where, "--view", form.View, "--weeks", Invariant($"{work.Taxi.FirstWeek:yyyy-MM-dd}..{work.Taxi.LastWeek:yyyy-MM-dd}"),
        // What was computed in an earlier round is no help.
        "--cache", "never", .. form.Options, "--out", DatasetIn(output),
    ];
}
