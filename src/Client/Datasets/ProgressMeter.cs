using FeatureService.Client.Transport;

namespace FeatureService.Client.Datasets;

/// <summary>Adds up what the parts of a build have done, and reports it.</summary>
/// <param name="source">The dataset's rows.</param>
/// <param name="missing">The shards of this run.</param>
/// <param name="time">The clock.</param>
/// <param name="progress">Who wants to know.</param>
internal sealed class ProgressMeter(
    IDatasetSource source, IReadOnlyCollection<int> missing, TimeProvider time, IProgress<DatasetProgress>? progress)
{
    private readonly long _started = time.GetTimestamp();
    private readonly long _rowCount = missing.Sum(source.RowCountOf);
    private readonly int _features = source.Columns.Count(c => c.Role is DatasetColumnRole.Feature or DatasetColumnRole.Label);
    private long _rows;
    private int _shards = source.ShardCount - missing.Count;

    /// <summary>Rows have been written.</summary>
    /// <param name="rows">How many.</param>
    public void Written(long rows)
    {
        Interlocked.Add(ref _rows, rows);
        Report();
    }

    /// <summary>A shard is finished.</summary>
    public void ShardDone()
    {
        Interlocked.Increment(ref _shards);
        Report();
    }

    private void Report() => progress?.Report(new DatasetProgress(
        Volatile.Read(ref _shards), source.ShardCount, Volatile.Read(ref _rows), _rowCount, _features, time.GetElapsedTime(_started)));
}
