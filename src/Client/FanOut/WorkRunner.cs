using FeatureService.Client.Transport;
using FeatureService.Client.Transport.Pods;
using Grpc.Core;

namespace FeatureService.Client.FanOut;

/// <summary>
/// Brings work to its end by as many calls as it takes: one that ends early is continued, one that fails is made again, on another pod
/// where there is one.
/// </summary>
/// <param name="client">The service.</param>
/// <param name="run">The fan-out.</param>
internal sealed class WorkRunner(FeatureServiceClient client, FanOutRun run)
{
    private readonly PodPool _pool = client.Pool;

    /// <summary>Brings work to its end.</summary>
    /// <param name="work">The work.</param>
    /// <param name="taken">The pod of the first attempt; null to wait for one.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="FeatureServiceException">The service refuses the request, or what it sends stays wrong.</exception>
    public async Task RunAsync(IFanOutWork work, PodLease? taken, CancellationToken cancellation)
    {
        var attempts = new Attempts(client.Options);
        var failed = new List<Pod>();
        while (!work.IsDone)
        {
            var steps = work.StepCount;
            FeatureServiceException? failure;
            using (var lease = taken ?? await AcquireAsync(work, failed, cancellation).ConfigureAwait(false))
            {
                taken = null;
                failure = await AttemptAsync(work, lease, cancellation).ConfigureAwait(false);
                if (work.StepCount > steps)
                {
                    attempts.Progressed();
                    failed.Clear();
                }

                // One that has ended a stream early, as it is about to stop, is not the next to be asked either.
                failed.Add(lease.Pod);
            }

            if (failure is not null)
            {
                run.Outage.Failed(failure);
                var pause = attempts.PauseAfter(failure);
                if (!_pool.Pods.HasOther(failed))
                {
                    await Pause.ForAsync(pause, client.Options.Time, cancellation).ConfigureAwait(false);
                }
            }
        }

        taken?.Dispose();
    }

    /// <summary>Makes one call, tells everybody how it went, and lets pass what may pass.</summary>
    /// <param name="work">The work.</param>
    /// <param name="lease">The pod.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <returns>How it failed in a way that may pass; null where it did not.</returns>
    /// <exception cref="FeatureServiceException">The service refuses the request.</exception>
    public async Task<FeatureServiceException?> AttemptAsync(IFanOutWork work, PodLease lease, CancellationToken cancellation)
    {
        var (address, steps) = (lease.Pod.Address, work.StepCount);
        run.Meter.Began(address);
        try
        {
            await work.AttemptAsync(lease, cancellation).ConfigureAwait(false);
            if (!work.IsDone && work.StepCount == steps)
            {
                throw new FeatureServiceException(StatusCode.Unavailable, $"{address} ended a stream without a slice") { Endpoint = address };
            }

            lease.Succeeded();
            return null;
        }
        catch (FeatureServiceException failure) when (Failures.MayPass(failure))
        {
            _pool.Failed(lease, failure);
            run.Meter.Failed(address);
            return failure;
        }
        finally
        {
            run.Meter.Ended(address);
        }
    }

    private Task<PodLease> AcquireAsync(IFanOutWork work, IReadOnlyList<Pod> failed, CancellationToken cancellation) =>
        _pool.AcquireAsync(work.Place.Partition, failed, run.IsOrdered, run.Outage.Failed, cancellation);
}
