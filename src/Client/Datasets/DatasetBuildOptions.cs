using FeatureService.Client.FanOut;
using FeatureService.Client.Transport;

namespace FeatureService.Client.Datasets;

/// <summary>What happens where something is already there.</summary>
public enum ExistingOutput
{
    /// <summary>The build is refused.</summary>
    Refuse,

    /// <summary>What is finished is verified and kept, on the first run's snapshot; only what is missing is done.</summary>
    Resume,

    /// <summary>It is replaced.</summary>
    Overwrite,
}

/// <summary>One dataset.</summary>
public sealed record DatasetBuildOptions
{
    /// <summary>View, columns, and the rows: a <see cref="BackfillQuery"/> for a grid, a <see cref="SpineQuery"/> for a list.</summary>
    public required FeatureQuery Query { get; init; }

    /// <summary>The folder or file to make.</summary>
    public required string Path { get; init; }

    /// <summary>The file format.</summary>
    public required IDatasetFormat Format { get; init; }

    /// <summary>Whether <see cref="Path"/> is one file. Default: it is where it ends in the format's extension.</summary>
    public bool? SingleFile { get; init; }

    /// <summary>What happens where something is already there. Default: the build is refused.</summary>
    public ExistingOutput Existing { get; init; } = ExistingOutput.Refuse;

    /// <summary>
    /// A finished dataset of the same snapshot, weeks and rows, format and compression, whose columns are taken over byte for byte where
    /// their definitions have not changed; it stays as it is. Null, the default: every column is computed.
    /// </summary>
    public string? Reuse { get; init; }

    /// <summary>
    /// How long a shard of a grid is worked at before its slices are kept as a piece of their own, which a resumed build takes over. Default:
    /// 20 s.
    /// </summary>
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromSeconds(20);
}

/// <summary>A finished dataset.</summary>
/// <param name="Manifest">What it is.</param>
/// <param name="Path">Where it is.</param>
/// <param name="PartsResumed">Parts that earlier runs had finished.</param>
/// <param name="Elapsed">How long this run took.</param>
public sealed record DatasetReport(DatasetManifest Manifest, string Path, int PartsResumed, TimeSpan Elapsed)
{
    /// <summary>Parts of which earlier runs had finished some slices.</summary>
    public int PartsContinued { get; init; }

    /// <summary>
    /// Parts that earlier runs had recorded and that were done again, as their files were gone or not as they were, or their lines in the
    /// record were not as they had been written.
    /// </summary>
    public int PartsDamaged { get; init; }

    /// <summary>What each pod did in this run, and what had to be done again.</summary>
    public FanOutProgress FanOut { get; init; } = FanOutProgress.None;
}
