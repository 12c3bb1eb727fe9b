using FeatureService.Client.FanOut;
using FeatureService.Client.Transport;
using FeatureService.Core.Columns;

namespace FeatureService.Client.Datasets;

/// <summary>One shard of a dataset and what brings its rows.</summary>
/// <param name="Index">Place in the dataset, from 0.</param>
/// <param name="FetchAsync">Hands the shard's batches to a receiver, in order.</param>
internal sealed record ShardWork(int Index, Func<IShardReceiver, CancellationToken, Task> FetchAsync);

/// <summary>The rows of a dataset: how they are cut into shards, and what brings them.</summary>
internal interface IDatasetSource
{
    /// <summary>The dataset's columns.</summary>
    IReadOnlyList<DatasetColumn> Columns { get; }

    /// <summary>What is computed for the rows.</summary>
    ViewOnSnapshot Target { get; }

    /// <summary>First days of the weeks of all rows, ascending, each once.</summary>
    IReadOnlyList<int> WeekDays { get; }

    /// <summary>Number of shards, from 1.</summary>
    int ShardCount { get; }

    /// <summary>Shards that are worked at, at a time.</summary>
    int ShardsInFlightMax { get; }

    /// <summary>The same rows in the same shards, with some of the features and labels.</summary>
    /// <param name="names">Which.</param>
    IDatasetSource Only(IReadOnlyCollection<string> names);

    /// <summary>The same rows, of which whole columns may come finished for a file.</summary>
    /// <param name="form">The form that the file takes over; null for none.</param>
    IDatasetSource Finishing(FinishedForm? form) => this;

    /// <summary>What decides the dataset's content and parts.</summary>
    /// <param name="format">The file format.</param>
    BuildIdentity Identity(IDatasetFormat format);

    /// <summary>What the service expects the rows to cost; null where it does not tell.</summary>
    /// <param name="cancellation">Ends the calls.</param>
    Task<ManifestEstimate?> EstimateAsync(CancellationToken cancellation);

    /// <summary>Rows that a shard is expected to have.</summary>
    /// <param name="shard">From 0.</param>
    long RowCountOf(int shard);

    /// <summary>Shards, each made when it is taken; who takes one brings it.</summary>
    /// <param name="isWanted">Which shards.</param>
    /// <param name="run">The fan-out.</param>
    /// <param name="cancellation">Ends the work.</param>
    IAsyncEnumerable<ShardWork> Shards(Predicate<int> isWanted, FanOutRun run, CancellationToken cancellation);
}
