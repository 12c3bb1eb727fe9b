using FeatureService.Client.FanOut;
using FeatureService.Client.Transport;

namespace FeatureService.Client.Datasets;

/// <summary>Adds up what the parts of a build have done, and reports it.</summary>
/// <param name="source">The dataset's rows.</param>
/// <param name="missing">The shards of this run.</param>
/// <param name="fanOut">What the pods do.</param>
/// <param name="time">The clock.</param>
/// <param name="progress">Who wants to know.</param>
internal sealed class ProgressMeter(
    IDatasetSource source, IReadOnlyCollection<int> missing, FanOutMeter fanOut, TimeProvider time, IProgress<DatasetProgress>? progress)
{
    private readonly Lock _lock = new();
    private readonly long _started = time.GetTimestamp();
    private readonly long _rowCount = missing.Sum(source.RowCountOf);
    private readonly int _features = source.Columns.Count(c => c.Role is DatasetColumnRole.Feature or DatasetColumnRole.Label);
    private readonly Dictionary<int, long> _running = [];
    private readonly ProgressRate _rate = new();
    private long _rows;
    private long _finishedRows;
    private int _shards = source.ShardCount - missing.Count;

    /// <summary>Rows have been written.</summary>
    /// <param name="shard">Of which shard.</param>
    /// <param name="rows">How many.</param>
    public void Written(int shard, long rows) => Report(() =>
    {
        _rows += rows;
        _running[shard] = Math.Min(_running.GetValueOrDefault(shard) + rows, source.RowCountOf(shard));
    });

    /// <summary>A shard is finished.</summary>
    /// <param name="shard">Which.</param>
    public void ShardDone(int shard) => Report(() =>
    {
        _running.Remove(shard);
        _finishedRows += source.RowCountOf(shard);
        _shards++;
    });

    private void Report(Action change)
    {
        // Told under the lock, so that what is told never falls.
        lock (_lock)
        {
            change();
            progress?.Report(Now());
        }
    }

    private DatasetProgress Now()
    {
        var elapsed = time.GetElapsedTime(_started);
        var work = _finishedRows + _running.Values.Sum();
        var (pace, rowsPerSecond) = _rate.Next(elapsed, work, _rows);
        return new DatasetProgress(_shards, source.ShardCount, _rows, _rowCount, _features, elapsed)
        {
            Fraction = _shards == source.ShardCount ? 1 : (double)work / Math.Max(1, _rowCount),
            RowsPerSecond = rowsPerSecond,
            TimeLeft = _shards == source.ShardCount ? TimeSpan.Zero : pace > 0 ? TimeSpan.FromSeconds((_rowCount - work) / pace) : null,
            FanOut = fanOut.Snapshot(),
        };
    }
}
