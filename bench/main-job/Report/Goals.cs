using static System.FormattableString;

namespace FeatureService.Bench.MainJob.Report;

/// <summary>The goals that this bench measures, and where the others are measured.</summary>
internal static class Goals
{
    /// <summary>Goals that other commands measure, each with its command.</summary>
    public static IReadOnlyList<(string What, string Reach, string Command)> Elsewhere { get; } =
    [
        ("engine alone, two workers, output into fresh memory", "0.35 ns per float32 value", "bench/engine"),
        ("`Backfill` payload bytes a second, PLAIN, against a bare gRPC stream of the same messages", "70 %", "bench/limits"),
        ("one (user, week) against an empty gRPC call, alone and with 32 in flight", "p50 1.3x, p99 2x", "bench/limits"),
        ("ten times the users", "at most 11x the time; client under 512 MB, a service under 1 GB", "bench/run --million"),
        ("a small request's p99 while streams keep every worker busy", "at most 3x its own when alone", "bench/latency"),
        ("requests of at least a million values, cost by value", "never above twice its best", "bench/engine grids"),
        ("ten distinct counts and quantiles over 52w", "beside DuckDB", "bench/engine duckdb"),
    ];

    /// <summary>The goals measured here.</summary>
    public static IEnumerable<Goal> Of(SessionResult result)
    {
        var (zstd, build) = (result.OverTcp!, result.Build!);
        return AgainstPeers(result, Figure.Of(zstd), Figure.OfBoth(build, zstd)).Concat(OfOurs(result, zstd)).Concat(OfTheSnapshot(result));
    }

    private static IEnumerable<Goal> AgainstPeers(SessionResult result, Figure zstd, Figure fromParquet)
    {
        if (result.DuckDb is { } duckDb)
        {
            yield return Goal.Faster("snapshot to zstd Parquet through two services, against DuckDB's tables to zstd Parquet", zstd, Figure.Of(duckDb), 12);
            yield return Goal.Faster("the same inside the command, against DuckDB's tables", Figure.Of(result.Local!), Figure.Of(duckDb), null);
        }

        if (result.DuckDbFromParquet is { } duckDbFromParquet)
        {
            yield return Goal.Faster("Parquet to zstd Parquet, our snapshot build included, against DuckDB from Parquet", fromParquet, Figure.Of(duckDbFromParquet), 8);
        }

        if (result.Pool is { } pool)
        {
            yield return Goal.Faster("snapshot to uncompressed Arrow files, against the process-pool loop's raw float32", Figure.Of(result.Arrow!), Figure.Of(pool), 10);
        }

        if (result.Polars is { } polars)
        {
            yield return Goal.Faster("snapshot to zstd Parquet, against Polars, which reads Parquet", zstd, Figure.Of(polars), 12);
            yield return Goal.Faster("Parquet to zstd Parquet, our snapshot build included, against Polars from Parquet", fromParquet, Figure.Of(polars), null);
        }
    }

    private static IEnumerable<Goal> OfOurs(SessionResult result, Contestant zstd)
    {
        var (first, own, reuse) = (Figure.Of(zstd), Figure.Of(result.OwnTypes!), Figure.Of(result.Reuse!));
        yield return Goal.AtMost("own types (int64, float64), against float32", own.Median, first.Median, "s", 1.4);
        yield return Goal.AtMost("one feature of twenty edited, `--reuse`, against the first build: time", reuse.Median, first.Median, "s", 0.25);
        yield return Goal.AtMost("the same: CPU of all processes", CpuSeconds(result.Reuse!), CpuSeconds(zstd), "s", 0.25);
        var megabytes = Measurement.MedianOf(zstd.Runs).CommandAnonymousBytes / 1e6;
        yield return new Goal("most anonymous memory of the client", Invariant($"{megabytes:F0} MB"), "", megabytes, " MB", 512, IsMost: true);
    }

    private static IEnumerable<Goal> OfTheSnapshot(SessionResult result)
    {
        yield return Rate(result, result.Build!, "snapshot build from Parquet", 8);
        if (result.BuildInMemory is { } inMemory)
        {
            yield return Rate(result, inMemory, inMemory.Name["us, ".Length..], 3);
        }

        var seconds = Figure.Of(result.FirstVectorSeconds).Median;
        yield return new Goal("start of a service's process to the first vector", Invariant($"{seconds:F2} s"), "", seconds, " s", 1, IsMost: true);
    }

    private static Goal Rate(SessionResult result, Contestant build, string what, double reach)
    {
        var seconds = Figure.Of(build).Median;
        return new Goal(what, Invariant($"{seconds:F2} s"), "", result.Events / seconds / 1e6, " M events/s", reach, IsMost: false);
    }

    private static double CpuSeconds(Contestant contestant) =>
        Figure.Of(contestant.Runs.Select(run => run.CommandCpuSeconds + run.ServicesCpuSeconds)).Median;
}
