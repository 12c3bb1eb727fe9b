using FeatureService.Client.FanOut;

namespace FeatureService.Client.Datasets;

/// <summary>How far a build is, at one moment; it does not change.</summary>
/// <param name="ShardsDone">Shards that are finished, those of earlier runs included.</param>
/// <param name="ShardCount">All shards.</param>
/// <param name="RowsDone">Rows written by this run.</param>
/// <param name="RowCount">Rows that this run is expected to write; fewer come where the view has a population.</param>
/// <param name="FeatureCount">Features and labels of a row.</param>
/// <param name="Elapsed">Since the first shard of this run was asked for.</param>
public readonly record struct DatasetProgress(
    int ShardsDone, int ShardCount, long RowsDone, long RowCount, int FeatureCount, TimeSpan Elapsed)
{
    /// <summary>
    /// Share of this run's work that is done, from 0 to 1: a finished shard counts as a whole however few rows it had, one that runs by its
    /// rows so far. It never falls.
    /// </summary>
    public double Fraction { get; init; }

    /// <summary>Rows written in a second, over the last half minute.</summary>
    public double RowsPerSecond { get; init; }

    /// <summary>Time that is left at the pace of the last half minute; null until there is one.</summary>
    public TimeSpan? TimeLeft { get; init; }

    /// <summary>What each pod did, and what had to be done again.</summary>
    public FanOutProgress FanOut { get; init; } = FanOutProgress.None;
}
