using FeatureService.Client.Transport;
using FeatureService.Contracts.V1;
using FeatureService.Core.Columns.Hashing;
using Google.Protobuf;
using SliceId = FeatureService.Core.Keys.SliceId;

namespace FeatureService.Client.FanOut;

/// <summary>
/// How far a shard is, over all its streams, two of which may run at a time: each slice is taken from the one that has it first, and
/// every row once.
/// </summary>
/// <param name="receiver">Who stores the batches.</param>
/// <param name="run">The fan-out.</param>
/// <param name="time">The clock.</param>
internal sealed class ShardState(IShardReceiver receiver, FanOutRun run, TimeProvider time)
{
    private readonly AsyncGate _gate = new();
    private int _lastSlice = -1;
    private long _partialRows;
    private ulong _partialChecksum;
    private volatile ByteString _cursor = receiver.Start;
    private volatile bool _isDone;
    private int _sliceCount;

    /// <summary>Where the next stream goes on.</summary>
    public ByteString Cursor => _cursor;

    /// <summary>Slices that the receiver has.</summary>
    public int SliceCount => Volatile.Read(ref _sliceCount);

    /// <summary>Whether the shard's last slice has arrived.</summary>
    public bool IsDone => _isDone;

    /// <summary>Time that pods have had for it.</summary>
    public WorkClock Clock { get; } = new(time);

    /// <summary>A pod is silent and yet answers.</summary>
    public void Answered() => run.Outage.Answered();

    /// <summary>Hands on what a stream holds of a slice, as far as no other stream was first.</summary>
    /// <param name="slice">The slice.</param>
    /// <param name="address">The pod that sent it.</param>
    /// <param name="cancellation">Ends the wait for the receiver.</param>
    /// <exception cref="FeatureServiceException">Two streams do not bring the same rows of the slice.</exception>
    public async Task AcceptAsync(ReceivedSlice slice, string address, CancellationToken cancellation)
    {
        Clock.Hold();
        await _gate.EnterAsync().ConfigureAwait(false);
        try
        {
            cancellation.ThrowIfCancellationRequested();
            var batches = slice.TakeHeld();
            if (_isDone || slice.Id.Slice <= _lastSlice)
            {
                return;
            }

            foreach (var held in batches)
            {
                await AcceptAsync(held, address, cancellation).ConfigureAwait(false);
            }

            if (slice.End is { } end)
            {
                Accept(slice.Id, end, address);
            }
        }
        finally
        {
            _gate.Leave();
            Clock.GoOn();
        }
    }

    private async ValueTask AcceptAsync(HeldBatch held, string address, CancellationToken cancellation)
    {
        var batch = held.Batch;
        var end = batch.FirstRow + batch.RowCount;
        if (end == _partialRows && held.Checksum != _partialChecksum)
        {
            // The end of this stream vouches for its own rows only: those that were taken came from one that had none.
            throw new FeatureServiceException(
                Grpc.Core.StatusCode.DataLoss, $"slice {batch.Slice}: rows of it were taken as they came, and {address} sent others")
            {
                IsFinal = true,
            };
        }

        if (end <= _partialRows)
        {
            return;
        }

        if (batch.FirstRow != _partialRows)
        {
            throw StatusMapper.Unreadable(
                new InvalidDataException($"slice {batch.Slice}: rows are cut otherwise than in the stream before"), address);
        }

        run.Outage.Progressed();
        await receiver.AcceptAsync(batch, cancellation).ConfigureAwait(false);
        run.Meter.Arrived(address, batch.RowCount);
        (_partialRows, _partialChecksum) = (end, held.Checksum);
    }

    private void Accept(SliceId slice, SliceEnd end, string address)
    {
        receiver.AcceptErrors([.. end.Errors.Select(e => new DatasetCellError(e.Column, e.Entity, e.Week, e.Message))], end.ErrorCount);
        receiver.AcceptCost(new SliceCost(TimeSpan.FromMicroseconds(end.CpuMicros), (long)end.CachedValues));
        if (!end.ColumnHashes.IsEmpty)
        {
            receiver.AcceptHashes(ColumnHash.ReadAll(end.ColumnHashes.Span));
        }

        receiver.AcceptSlice(end.Cursor, end.Last);
        run.Meter.CameFromCache(address, (long)end.CachedValues);
        run.Outage.Progressed();
        _cursor = end.Cursor;
        _lastSlice = slice.Slice;
        _partialRows = 0;
        Volatile.Write(ref _sliceCount, _sliceCount + 1);
        if (end.Last)
        {
            run.Meter.Finished(address);
            _isDone = true;
        }
    }
}
