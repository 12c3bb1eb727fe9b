using FeatureService.Client.Transport;
using FeatureService.Client.Transport.Pods;

namespace FeatureService.Client.FanOut;

/// <summary>
/// Brings shards, each by as many streams as it takes, one after the other; one that is late by a second stream beside the first, on
/// another pod, from the last slice that the receiver has.
/// </summary>
/// <param name="client">The service.</param>
/// <param name="plan">What is asked.</param>
/// <param name="run">The fan-out.</param>
internal sealed class ShardFetcher(FeatureServiceClient client, BackfillPlan plan, FanOutRun run)
{
    /// <summary>Between two looks whether a shard is late.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    private readonly WorkRunner _runner = new(client, run);

    /// <summary>Brings one shard.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="taken">The pod of the first stream; null to wait for one.</param>
    /// <param name="receiver">Who stores the batches.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="FeatureServiceException">The service refuses the request, or what it sends stays wrong.</exception>
    /// <exception cref="PartialBuildException">The service is gone for too long.</exception>
    public Task FetchAsync(Shard shard, PodLease? taken, IShardReceiver receiver, CancellationToken cancellation) =>
        run.WatchAsync(
            async stop =>
            {
                var state = new ShardState(receiver, run, client.Options.Time);
                var stream = new ShardStream(plan, shard, state, client.Options);
                await RaceAsync(stream, state, taken, stop).ConfigureAwait(false);
                run.Lateness.Finished(state.Clock.Passed, shard.Place.Weight);
                return true;
            },
            cancellation);

    /// <summary>Reads one stream after the other, and one beside them while they are late. Nobody reads any more when it returns.</summary>
    private async Task RaceAsync(ShardStream stream, ShardState state, PodLease? taken, CancellationToken cancellation)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var first = _runner.RunAsync(stream, taken, end.Token);
        var second = Task.CompletedTask;
        try
        {
            while (!first.IsCompleted && !state.IsDone)
            {
                if (second.IsCompleted)
                {
                    // What it failed by and may pass has been told; anything else ends the shard.
                    await second.ConfigureAwait(false);
                    second = TryDouble(stream, state, end.Token);
                }

                await LookAgainAsync(first, second, end.Token).ConfigureAwait(false);
                end.Token.ThrowIfCancellationRequested();
            }

            await (state.IsDone ? Task.CompletedTask : first).ConfigureAwait(false);
        }
        finally
        {
            end.Cancel();
            await Task.WhenAll(first, second).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task LookAgainAsync(Task first, Task second, CancellationToken cancellation)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var look = Pause.ForAsync(LookInterval, client.Options.Time, timer.Token);
        await Task.WhenAny([first, look, .. second.IsCompleted ? Array.Empty<Task>() : [second]]).ConfigureAwait(false);
        timer.Cancel();
    }

    private Task TryDouble(ShardStream stream, ShardState state, CancellationToken cancellation)
    {
        if (run.Lateness.LateAfter(stream.Place.Weight) is not { } late || state.Clock.Passed < late || stream.Running is not { } slow
            || client.Pool.Pods.TryTakeAny(stream.Place.Partition, [slow], beyondLimit: false, orFailed: false) is not { } lease)
        {
            return Task.CompletedTask;
        }

        if (!run.Lateness.TryDouble())
        {
            lease.Dispose();
            return Task.CompletedTask;
        }

        run.Meter.Doubled();
        return DoubleAsync(stream, lease, cancellation);
    }

    private async Task DoubleAsync(ShardStream stream, PodLease lease, CancellationToken cancellation)
    {
        using (lease)
        {
            await _runner.AttemptAsync(stream, lease, cancellation).ConfigureAwait(false);
        }
    }
}
