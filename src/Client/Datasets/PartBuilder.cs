using System.Threading.Channels;
using FeatureService.Client.FanOut;
using FeatureService.Client.Transport;

namespace FeatureService.Client.Datasets;

/// <summary>
/// Makes one part: batches are received on the one hand and hashed and written by a thread of their own on the other. At most one
/// batch waits, so a slow disk stops the service and memory stays bounded.
/// </summary>
/// <param name="shape">What the parts are made of.</param>
/// <param name="written">Told the shard and the rows of every batch that is written.</param>
internal sealed class PartBuilder(IPartShape shape, Action<int, long> written)
{
    /// <summary>Makes the part of a shard under a temporary name.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="path">The temporary name.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>The record of the part; its bytes are on the disk.</returns>
    public async Task<PartRecord> BuildAsync(ShardWork shard, string path, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var receiver = new Receiver();
        var fetch = FetchAsync(shard, receiver, stop.Token);
        var write = Task.Factory.StartNew(
            () => Write(shard, path, receiver, stop), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await Task.WhenAll(fetch, write).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (fetch.IsFaulted)
        {
            await fetch.ConfigureAwait(false);
        }

        // A failed write has cancelled the fetch, so its own exception is the one to tell.
        return await write.ConfigureAwait(false);
    }

    private static async Task FetchAsync(ShardWork shard, Receiver receiver, CancellationToken cancellation)
    {
        try
        {
            await shard.FetchAsync(receiver, cancellation).ConfigureAwait(false);
            receiver.Complete(null);
        }
        catch (Exception exception)
        {
            receiver.Complete(exception);
            throw;
        }
    }

    private PartRecord Write(ShardWork shard, string path, Receiver receiver, CancellationTokenSource stop)
    {
        try
        {
            var hasher = new ContentHasher(shape.Kept);
            var statuses = new RowStatusCounter();
            var countsStatuses = shape.Kept[^1].Role == DatasetColumnRole.RowStatus;
            var rows = 0L;
            using var file = new HashingStream(path);
            using (var writer = shape.CreatePart(shard.Index, file))
            {
                while (receiver.Next() is { } arrived)
                {
                    var batch = shape.Keep(arrived);
                    hasher.Add(batch);
                    if (countsStatuses)
                    {
                        statuses.Add(batch);
                    }

                    writer.Write(batch);
                    rows += batch.RowCount;
                    written(shard.Index, batch.RowCount);
                    receiver.Release();
                }

                writer.Complete();
            }

            var content = shape.ContentOf(shard.Index, new PartContent(hasher.Finish(), statuses.Counts));
            file.Sync();
            return new PartRecord
            {
                Part = shard.Index,
                Rows = rows,
                Bytes = file.Length,
                Checksum = file.Checksum,
                ColumnHashes = content.Hashes,
                RowsByStatus = content.RowsByStatus,
                Errors = receiver.Errors,
                ErrorCount = receiver.ErrorCount,
                CpuSeconds = receiver.Cpu.TotalSeconds,
            };
        }
        catch
        {
            stop.Cancel();
            File.Delete(path);
            throw;
        }
    }

    /// <summary>Between the stream and the writer: one batch at a time.</summary>
    private sealed class Receiver : IShardReceiver, IDisposable
    {
        private readonly Channel<FeatureBatch> _channel = Channel.CreateUnbounded<FeatureBatch>();
        private readonly SemaphoreSlim _room = new(1);
        private readonly List<DatasetCellError> _errors = [];

        public IReadOnlyList<DatasetCellError> Errors => _errors;

        public ulong ErrorCount { get; private set; }

        /// <summary>CPU time of the service's workers.</summary>
        public TimeSpan Cpu { get; private set; }

        public async ValueTask AcceptAsync(FeatureBatch batch, CancellationToken cancellation)
        {
            await _room.WaitAsync(cancellation).ConfigureAwait(false);
            _channel.Writer.TryWrite(batch);
        }

        public void AcceptErrors(IReadOnlyList<DatasetCellError> errors, ulong count)
        {
            _errors.AddRange(errors.Take(CellErrorsException.ListedMax - _errors.Count));
            ErrorCount += count;
        }

        public void AcceptCpu(TimeSpan cpu) => Cpu += cpu;

        /// <summary>The next batch; null after the last one. Throws what ended the stream.</summary>
        public FeatureBatch? Next()
        {
            // On a thread of its own: waiting here holds no thread that others need.
            while (_channel.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
            {
                if (_channel.Reader.TryRead(out var batch))
                {
                    return batch;
                }
            }

            return null;
        }

        /// <summary>The batch is written: there is room for the next.</summary>
        public void Release() => _room.Release();

        public void Complete(Exception? failure) => _channel.Writer.TryComplete(failure);

        public void Dispose() => _room.Dispose();
    }
}
