using FeatureService.Client.Transport;
using Grpc.Core;

namespace FeatureService.Client.FanOut;

/// <summary>
/// Brings shards, each by as many streams as it takes: one that ends early is continued, one that fails is continued on another
/// endpoint, from the last slice that the receiver has.
/// </summary>
/// <param name="client">The service.</param>
/// <param name="plan">What is asked.</param>
/// <param name="outage">Ends everything when the service is gone for too long.</param>
/// <param name="ordered">
/// Whether shards wait for each other's readers. Then they do not also wait for a place on an endpoint, or the first could wait for
/// ever for one that the later ones hold.
/// </param>
internal sealed class ShardFetcher(FeatureServiceClient client, BackfillPlan plan, OutageWatch outage, bool ordered)
{
    /// <summary>Attempts without a new slice at what another endpoint or attempt may not suffer from, but probably does.</summary>
    private const int SuspectAttemptsMax = 3;

    private const string Backfill = "features.v1.FeatureVectorsService/Backfill";

    private readonly ShardStream _stream = new(plan, client.Options);

    /// <summary>Brings one shard.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="receiver">Who stores the batches.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="FeatureServiceException">The service refuses the request, or what it sends stays wrong.</exception>
    /// <exception cref="PartialBuildException">The service is gone for too long.</exception>
    public async Task FetchAsync(Shard shard, IShardReceiver receiver, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation, outage.Expired);
        try
        {
            await FetchOverStreamsAsync(shard, receiver, stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (outage.Expired.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw outage.ToException();
        }
    }

    private async Task FetchOverStreamsAsync(Shard shard, IShardReceiver receiver, CancellationToken cancellation)
    {
        var state = new ShardState();
        Endpoint? avoid = null;
        var failures = 0;
        var suspects = 0;
        while (!state.Done)
        {
            FeatureServiceException? failure = null;
            var slices = state.SliceCount;
            using (var lease = await client.Pool.AcquireAsync(avoid, ordered, cancellation).ConfigureAwait(false))
            {
                avoid = lease.Endpoint;
                try
                {
                    await ClientSpans.FollowAsync(Backfill, lease.Endpoint.Address, async () =>
                    {
                        await _stream.ReadAsync(lease.Endpoint, shard, state, new Watched(receiver, outage), cancellation).ConfigureAwait(false);
                        return state;
                    }).ConfigureAwait(false);
                }
                catch (FeatureServiceException exception) when (Kind(exception) != FailureKind.Fatal)
                {
                    failure = exception;
                }

                if (state.SliceCount > slices)
                {
                    (failures, suspects) = (0, 0);
                }

                Report(lease, failure, progressed: state.SliceCount > slices);
            }

            if (failure is null && (state.Done || state.SliceCount > slices))
            {
                continue;
            }

            failure ??= new FeatureServiceException(StatusCode.Unavailable, $"{avoid.Address} ended a stream without a slice");
            if (Kind(failure) == FailureKind.Suspect && ++suspects >= SuspectAttemptsMax)
            {
                throw failure;
            }

            outage.Failed(failure);
            var pause = EndpointPool.Backoff(++failures, client.Options);
            var asked = failure.RetryAfter ?? TimeSpan.Zero;
            await Task.Delay(asked > pause ? asked : pause, client.Options.Time, cancellation).ConfigureAwait(false);
        }
    }

    private static void Report(EndpointLease lease, FeatureServiceException? failure, bool progressed)
    {
        if (failure is not null && Kind(failure) != FailureKind.Busy)
        {
            lease.Failed();
        }
        else if (progressed)
        {
            lease.Succeeded();
        }
    }

    private static FailureKind Kind(FeatureServiceException failure) => failure.Status switch
    {
        StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.Cancelled or StatusCode.Aborted => FailureKind.Lost,
        StatusCode.FailedPrecondition when failure.Reason == "SNAPSHOT_GONE" => FailureKind.Lost,
        StatusCode.ResourceExhausted => FailureKind.Busy,
        // A stream that is reset comes as Internal; so does a fault of the service, which a few attempts tell apart.
        StatusCode.Internal or StatusCode.Unknown or StatusCode.DataLoss => FailureKind.Suspect,
        _ => FailureKind.Fatal,
    };

    private enum FailureKind
    {
        /// <summary>Another attempt gives the same: the request itself is refused.</summary>
        Fatal,

        /// <summary>The endpoint is gone or does not have the snapshot: another one, or a later attempt.</summary>
        Lost,

        /// <summary>The endpoint works and asks to come back.</summary>
        Busy,

        /// <summary>Perhaps this endpoint, perhaps every one: a few attempts.</summary>
        Suspect,
    }

    /// <summary>Tells the outage watch about everything that arrives.</summary>
    private sealed class Watched(IShardReceiver inner, OutageWatch outage) : IShardReceiver
    {
        public ValueTask AcceptAsync(FeatureBatch batch, CancellationToken cancellation)
        {
            outage.Progressed();
            return inner.AcceptAsync(batch, cancellation);
        }

        public void AcceptErrors(IReadOnlyList<DatasetCellError> errors, ulong count) => inner.AcceptErrors(errors, count);

        public void AcceptCpu(TimeSpan cpu) => inner.AcceptCpu(cpu);
    }
}
