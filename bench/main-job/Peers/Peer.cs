using System.Globalization;
using FeatureService.Bench.MainJob.Report;

namespace FeatureService.Bench.MainJob.Peers;

/// <summary>The peers that are installed, and the names of those that are not.</summary>
internal static class Peer
{
    private static readonly string Scripts = Path.Combine(AppContext.BaseDirectory, "peers");

    /// <summary>DuckDB in a process of its own; it comes with this program.</summary>
    /// <param name="work">The work.</param>
    /// <param name="formulation">One of <see cref="DuckDbPeer.Formulations"/>.</param>
    /// <param name="fromParquet">Reads Parquet in place of tables made before.</param>
    public static Contestant DuckDb(Work work, string formulation, bool fromParquet) => new(
        $"DuckDB SQL, {formulation}, from {(fromParquet ? "Parquet" : "its tables")}",
        $"duckdb-{formulation}{(fromParquet ? "-parquet" : "")}",
        Environment.ProcessPath!,
        output =>
        [
            "duckdb", "--folder", work.Folder, "--users", Number(work.Taxi.Users), "--weeks", Number(work.Taxi.Weeks),
            "--formulation", formulation, "--out", output, .. fromParquet ? (string[])["--from-parquet"] : [],
        ],
        [])
    { IsPeer = true };

    /// <summary>The process-pool loop; null where Python, pandas or numpy is missing.</summary>
    /// <param name="work">The work.</param>
    /// <param name="version">What is installed.</param>
    public static Contestant? Pool(Work work, out string? version)
    {
        var python = Environment.GetEnvironmentVariable("BENCH_PYTHON") ?? "/usr/bin/python3";
        version = Machine.FirstLineOf(
            python, ("PYTHONDONTWRITEBYTECODE", "1"), "-c",
            "import sys, numpy, pandas; print('Python', sys.version.split()[0], 'numpy', numpy.__version__, 'pandas', pandas.__version__)");
        return version is null ? null : new Contestant(
            "process-pool loop, pandas",
            "pool",
            python,
            output => [Path.Combine(Scripts, "pool", "loop.py"), work.Arrays, output, Number(work.Taxi.Users), Number(work.Taxi.Weeks)],
            [])
        { IsPeer = true, Reader = Cube.OfRaw };
    }

    /// <summary>Polars for Node; null where Node or the package is missing.</summary>
    /// <param name="work">The work.</param>
    /// <param name="version">What is installed.</param>
    public static Contestant? Polars(Work work, out string? version)
    {
        var modules = Environment.GetEnvironmentVariable("BENCH_POLARS");
        version = modules is null ? null : Machine.FirstLineOf(
            "node", ("NODE_PATH", modules), "-e",
            "console.log('Node', process.version, 'nodejs-polars', require('nodejs-polars').default.version)");
        return version is null ? null : new Contestant(
            "Polars, weekly loop, from Parquet",
            "polars",
            "/usr/bin/env",
            output =>
            [
                $"NODE_PATH={modules}", "POLARS_MAX_THREADS=2", "node", Path.Combine(Scripts, "polars", "loop.cjs"), work.Folder, output,
                Number(work.Taxi.Users), Number(work.Taxi.Weeks), Number(work.OriginMicroseconds),
                work.Taxi.FirstWeek.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            ],
            [])
        { IsPeer = true };
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
