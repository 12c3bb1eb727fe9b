using FeatureService.Client.Transport;
using FeatureService.Contracts.V1;
using Google.Protobuf;
using Grpc.Core;
using SliceId = FeatureService.Core.Keys.SliceId;

namespace FeatureService.Client.FanOut;

/// <summary>Who stores what a shard's streams bring.</summary>
internal interface IShardReceiver
{
    /// <summary>Takes a batch; reading goes on when it returns, so a slow receiver stops the service.</summary>
    ValueTask AcceptAsync(FeatureBatch batch, CancellationToken cancellation);

    /// <summary>Takes the cells of a slice that have no value.</summary>
    void AcceptErrors(IReadOnlyList<DatasetCellError> errors, ulong count);

    /// <summary>Takes the CPU time that the service's workers took for a slice; zero where it does not tell.</summary>
    void AcceptCpu(TimeSpan cpu);
}

/// <summary>How far a shard is, over all its streams.</summary>
internal sealed class ShardState
{
    /// <summary>Where the next stream goes on.</summary>
    public ByteString Cursor { get; set; } = ByteString.Empty;

    /// <summary>Slices that the receiver has.</summary>
    public int SliceCount { get; set; }

    /// <summary>Rows that the receiver has of the slice that follows the cursor: only of slices too large to be held whole.</summary>
    public long PartialRows { get; set; }

    /// <summary>Whether the shard's last slice has arrived.</summary>
    public bool Done { get; set; }
}

/// <summary>Reads one stream of a shard, slice by slice.</summary>
/// <param name="plan">What every stream must agree with.</param>
/// <param name="options">Time-outs and the clock.</param>
internal sealed class ShardStream(BackfillPlan plan, FeatureServiceClientOptions options)
{
    /// <summary>
    /// A slice is handed on only once its checksum is verified, unless it is larger than this: then it is handed on as it comes, and
    /// the checksum tells afterwards. Slices of 1,024 entities with 260 weeks of 20 float32 take 27 MB.
    /// </summary>
    private const long HeldBytesMax = 48 << 20;

    /// <summary>Reads until the stream ends.</summary>
    /// <param name="endpoint">Where from.</param>
    /// <param name="shard">The shard.</param>
    /// <param name="state">Where to start; moved on with every slice.</param>
    /// <param name="receiver">Who stores the batches.</param>
    /// <param name="cancellation">Ends the stream.</param>
    /// <exception cref="FeatureServiceException">The call failed, or what came is not right (<see cref="StatusCode.DataLoss"/>).</exception>
    public async Task ReadAsync(
        Endpoint endpoint, Shard shard, ShardState state, IShardReceiver receiver, CancellationToken cancellation)
    {
        using var idle = new CancellationTokenSource(options.StreamIdleTimeout, options.Time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, idle.Token);
        var deadline = (options.Time.GetUtcNow() + options.StreamDeadline).UtcDateTime;
        using var call = endpoint.Vectors.Backfill(
            plan.Request(shard, state.Cursor), new CallOptions(deadline: deadline, cancellationToken: linked.Token));
        AnswerHeader? header = null;
        SliceAssembler? assembler = null;
        var held = new List<FeatureBatch>();
        var heldBytes = 0L;
        while (await NextAsync(call, endpoint, idle, cancellation).ConfigureAwait(false) is { } message)
        {
            idle.CancelAfter(Timeout.InfiniteTimeSpan);
            try
            {
                header ??= CheckHeader(message.Header);
                assembler ??= new SliceAssembler(header, IdOf(message));
                CheckSlice(assembler, message, shard, state);
                assembler.Add(message);
                heldBytes += message.Payload.Length;
                if (assembler.Take(ended: message.SliceEnd is not null) is { } batch && IsNew(batch, state))
                {
                    held.Add(batch);
                }

                if (message.SliceEnd is { } end)
                {
                    assembler.Verify(end);
                }
            }
            catch (InvalidDataException exception)
            {
                throw StatusMapper.Unreadable(exception, endpoint.Address);
            }

            if (message.SliceEnd is not null || heldBytes > HeldBytesMax)
            {
                foreach (var batch in held)
                {
                    await receiver.AcceptAsync(batch, cancellation).ConfigureAwait(false);
                }

                state.PartialRows = Math.Max(state.PartialRows, assembler.RowsTaken);
                held.Clear();
                heldBytes = 0;
            }

            if (message.SliceEnd is { } sliceEnd)
            {
                receiver.AcceptErrors([.. sliceEnd.Errors.Select(e => new DatasetCellError(e.Column, e.Entity, e.Week, e.Message))], sliceEnd.ErrorCount);
                receiver.AcceptCpu(TimeSpan.FromMicroseconds(sliceEnd.CpuMicros));
                state.Cursor = sliceEnd.Cursor;
                state.PartialRows = 0;
                state.SliceCount++;
                state.Done = sliceEnd.Last;
                assembler = null;
            }

            idle.CancelAfter(options.StreamIdleTimeout);
        }
    }

    private static SliceId IdOf(BackfillResponse message) => message.Slice is { } slice
        ? new SliceId(slice.Partition, slice.Slice)
        : throw new InvalidDataException("a message without a slice");

    private static void CheckSlice(SliceAssembler assembler, BackfillResponse message, Shard shard, ShardState state)
    {
        var slice = IdOf(message);
        if (state.Done || slice != assembler.Slice || slice.Partition != shard.Partition
            || slice.Slice < shard.FirstSlice || slice.Slice >= shard.FirstSlice + shard.SliceCount)
        {
            throw new InvalidDataException($"a message of slice {slice} that was not expected");
        }
    }

    private static bool IsNew(FeatureBatch batch, ShardState state)
    {
        if (batch.FirstRow >= state.PartialRows)
        {
            return true;
        }

        return batch.FirstRow + batch.RowCount <= state.PartialRows
            ? false
            : throw new InvalidDataException($"slice {batch.Slice}: rows are cut otherwise than in the stream before");
    }

    private AnswerHeader CheckHeader(ResponseHeader? message)
    {
        var header = Wire.Header(message ?? throw new InvalidDataException("the first message has no header"));
        plan.Target.Check(header);
        return header;
    }

    private async Task<BackfillResponse?> NextAsync(
        AsyncServerStreamingCall<BackfillResponse> call, Endpoint endpoint, CancellationTokenSource idle, CancellationToken cancellation)
    {
        try
        {
            return await call.ResponseStream.MoveNext(CancellationToken.None).ConfigureAwait(false) ? call.ResponseStream.Current : null;
        }
        catch (RpcException exception)
        {
            cancellation.ThrowIfCancellationRequested();
            if (idle.IsCancellationRequested)
            {
                throw new FeatureServiceException(
                    StatusCode.Unavailable, $"{endpoint.Address} sent nothing for {options.StreamIdleTimeout.TotalSeconds:0} s", exception)
                {
                    Endpoint = endpoint.Address,
                };
            }

            throw StatusMapper.Map(exception, endpoint.Address);
        }
    }
}
