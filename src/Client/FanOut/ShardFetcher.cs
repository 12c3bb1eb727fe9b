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
        var attempts = new Attempts(client.Options, outage);
        Endpoint? avoid = null;
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
                catch (FeatureServiceException exception) when (Attempts.MayPass(exception))
                {
                    failure = exception;
                }

                if (state.SliceCount > slices)
                {
                    attempts.Progressed();
                }

                Attempts.Report(lease, failure, progressed: state.SliceCount > slices);
            }

            if (failure is null && (state.Done || state.SliceCount > slices))
            {
                continue;
            }

            failure ??= new FeatureServiceException(StatusCode.Unavailable, $"{avoid.Address} ended a stream without a slice");
            await attempts.PauseAsync(failure, cancellation).ConfigureAwait(false);
        }
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
