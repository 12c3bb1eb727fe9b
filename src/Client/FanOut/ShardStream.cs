using FeatureService.Client.Transport;
using FeatureService.Client.Transport.Pods;
using FeatureService.Contracts.V1;
using FeatureService.Core.Columns;
using Grpc.Core;
using SliceId = FeatureService.Core.Keys.SliceId;

namespace FeatureService.Client.FanOut;

/// <summary>The streams of one shard: each reads slice by slice, from where the shard is when it begins.</summary>
/// <param name="plan">What every stream must agree with.</param>
/// <param name="shard">The shard.</param>
/// <param name="state">How far it is.</param>
/// <param name="options">Time-outs and the clock.</param>
internal sealed class ShardStream(BackfillPlan plan, Shard shard, ShardState state, FeatureServiceClientOptions options) : IFanOutWork
{
    private const string Method = "features.v1.FeatureVectorsService/Backfill";

    /// <summary>How long a stream that has brought all may take to end.</summary>
    private static readonly TimeSpan EndMax = TimeSpan.FromSeconds(1);

    private volatile Pod? _running;

    /// <inheritdoc/>
    public PlacedWork Place => shard.Place;

    /// <inheritdoc/>
    public bool IsDone => state.IsDone;

    /// <inheritdoc/>
    public int StepCount => state.SliceCount;

    /// <summary>The pod of the stream that was begun last; null where none runs.</summary>
    public Pod? Running => _running;

    /// <inheritdoc/>
    public async Task AttemptAsync(PodLease lease, CancellationToken cancellation)
    {
        state.Clock.Begin();
        _running = lease.Pod;
        try
        {
            await ClientSpans.FollowAsync(Method, lease.Endpoint.Address, async () =>
            {
                await ReadAsync(lease, cancellation).ConfigureAwait(false);
                return state;
            }).ConfigureAwait(false);
        }
        finally
        {
            _running = null;
            state.Clock.End();
        }
    }

    private static SliceId IdOf(BackfillResponse message) => message.Slice is { } slice
        ? new SliceId(slice.Partition, slice.Slice)
        : throw new InvalidDataException("a message without a slice");

    private async Task ReadAsync(PodLease lease, CancellationToken cancellation)
    {
        using var watch = new CallWatch(lease, options, options.StreamIdleTimeout, state.Answered, cancellation);
        var deadline = (options.Time.GetUtcNow() + options.StreamDeadline).UtcDateTime;
        using var call = lease.Endpoint.Vectors.Backfill(
            plan.Request(shard, state.Cursor), new CallOptions(deadline: deadline, cancellationToken: watch.Token));
        AnswerHeader? header = null;
        FinishedForm? finished = null;
        ReceivedSlice? slice = null;
        var isAll = false;
        while (!state.IsDone && await NextAsync(call, lease, watch, cancellation).ConfigureAwait(false) is { } message)
        {
            try
            {
                if (header is null)
                {
                    header = CheckHeader(message.Header);
                    finished = message.Finished ? plan.Finished : null;
                }

                var id = CheckedId(message);
                slice ??= new ReceivedSlice(header, id, finished);
                slice.Add(message, id);
            }
            catch (InvalidDataException exception)
            {
                throw StatusMapper.Unreadable(exception, lease.Endpoint.Address);
            }

            if (slice.IsDue)
            {
                await state.AcceptAsync(slice, lease.Pod.Address, cancellation).ConfigureAwait(false);
                isAll = slice.End is { Last: true };
                slice = slice.End is null ? slice : null;
            }
        }

        if (isAll)
        {
            await SeeEndAsync(call, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Waits a moment for the end of a stream that has brought all: its place on the pod is free then, and a pod whose stream is left
    /// before takes it for one that the caller broke off. What the end says does not matter any more.
    /// </summary>
    private async Task SeeEndAsync(AsyncServerStreamingCall<BackfillResponse> call, CancellationToken cancellation)
    {
        using var moment = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var end = call.ResponseStream.MoveNext(CancellationToken.None);
        var pause = Pause.ForAsync(EndMax, options.Time, moment.Token);
        await Task.WhenAny(end, pause).ConfigureAwait(false);
        moment.Cancel();
        await pause.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ = end.ContinueWith(
            static ended => _ = ended.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private SliceId CheckedId(BackfillResponse message)
    {
        var id = IdOf(message);
        return id.Partition == shard.Partition && id.Slice >= shard.FirstSlice && id.Slice < shard.FirstSlice + shard.SliceCount
            ? id
            : throw new InvalidDataException($"a message of slice {id} that was not expected");
    }

    private AnswerHeader CheckHeader(ResponseHeader? message)
    {
        var header = Wire.Header(message ?? throw new InvalidDataException("the first message has no header"));
        plan.Target.Check(header);
        return header;
    }

    private static async Task<BackfillResponse?> NextAsync(
        AsyncServerStreamingCall<BackfillResponse> call, PodLease lease, CallWatch watch, CancellationToken cancellation)
    {
        watch.Wait();
        try
        {
            return await call.ResponseStream.MoveNext(CancellationToken.None).ConfigureAwait(false) ? call.ResponseStream.Current : null;
        }
        catch (RpcException exception)
        {
            cancellation.ThrowIfCancellationRequested();
            throw watch.Verdict ?? StatusMapper.Map(exception, lease.Endpoint.Address);
        }
        finally
        {
            watch.Arrived();
        }
    }
}
