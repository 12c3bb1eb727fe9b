using System.Globalization;
using FeatureService.Bench.MainJob.Report;

namespace FeatureService.Bench.MainJob;

/// <summary>One way to do the work.</summary>
/// <param name="Name">How the report calls it.</param>
/// <param name="Key">Its name in files and folders.</param>
/// <param name="Program">The file to start.</param>
/// <param name="Arguments">Its arguments, for an output folder.</param>
/// <param name="Services">Processes that work for it.</param>
internal sealed record Contestant(string Name, string Key, string Program, Func<string, string[]> Arguments, int[] Services)
{
    /// <summary>Runs whose times are kept.</summary>
    public List<Measurement> Runs { get; } = [];

    /// <summary>Seconds that bringing the output of each run to the disk took, after the run.</summary>
    public List<double> SyncSeconds { get; } = [];

    /// <summary>Where the last run's output lies.</summary>
    public string Output { get; private set; } = "";

    /// <summary>Is one of those that ours is compared with.</summary>
    public bool IsPeer { get; init; }

    /// <summary>Reads its output folder. Default: as Parquet.</summary>
    public Func<Work, string, Cube> Reader { get; init; } = Cube.OfParquet;

    /// <summary>Runs once.</summary>
    public async Task RunAsync(Work work)
    {
        Output = work.EmptyOutput(Key);
        Runs.Add(await Measurement.OfCommandAsync(Program, Arguments(Output), Services).ConfigureAwait(false));
        SyncSeconds.Add(OutputSync.Seconds(Output));
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Name,-44} {Runs[^1].WallSeconds,7:F2} s, sync {SyncSeconds[^1]:F2} s"));
    }

    /// <summary>All values of the last run's output.</summary>
    public Cube ReadOutput(Work work) => Reader(work, Output);
}
