using System.Runtime.CompilerServices;
using System.Threading.Channels;
using FeatureService.Client.Transport;
using FeatureService.Core.Keys;

namespace FeatureService.Client.FanOut;

/// <summary>Grids of any size as streams of batches.</summary>
public static class BackfillExtensions
{
    /// <summary>Draws a sample of a snapshot's entities, in no order; memory is the sample's.</summary>
    /// <param name="client">The service.</param>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="sample">Which entities.</param>
    /// <param name="week">The key of any week.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="FeatureServiceException">No endpoint answered.</exception>
    /// <exception cref="ArgumentException">The sample is empty.</exception>
    public static Task<IReadOnlyList<EntityKey>> SampleAsync(
        this FeatureServiceClient client, SnapshotTopology snapshot, EntitySample sample, string week, CancellationToken cancellation = default) =>
        SampleReader.ReadAsync(client, snapshot, week, sample, cancellation);

    /// <summary>
    /// Computes a grid, fanned out over all endpoints, and gives its batches in row order: by partition, slice, entity, week. Endpoints
    /// may come and go; what they send is verified. Memory is bounded: who does not read stops the service.
    /// </summary>
    /// <param name="client">The service.</param>
    /// <param name="query">What is asked.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="FeatureServiceException">The query is refused, or a cell overflowed (<see cref="Grpc.Core.StatusCode.OutOfRange"/>).</exception>
    /// <exception cref="PartialBuildException">The service was gone for longer than <see cref="FeatureServiceClientOptions.OutageTimeout"/>.</exception>
    /// <exception cref="ArgumentException">Weeks, columns or entities are wrong.</exception>
    public static async IAsyncEnumerable<FeatureBatch> BackfillAsync(
        this FeatureServiceClient client, BackfillQuery query, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var plan = await BackfillPlan.CreateAsync(client, query, cancellation).ConfigureAwait(false);
        using var run = new FanOutRun(client.Options) { IsOrdered = true };
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var fetcher = new ShardFetcher(client, plan, run);
        var running = new Queue<(ChannelReader<FeatureBatch> Batches, Task Fetch)>();
        try
        {
            var next = 0;
            while (next < plan.Shards.Count || running.Count > 0)
            {
                while (next < plan.Shards.Count && running.Count < Math.Min(client.Options.ShardsInFlightMax, client.Pool.Pods.LimitSum))
                {
                    running.Enqueue(Start(fetcher, plan.Shards[next++], stop.Token));
                }

                await foreach (var batch in running.Peek().Batches.ReadAllAsync(cancellation).ConfigureAwait(false))
                {
                    yield return batch;
                }

                await running.Dequeue().Fetch.ConfigureAwait(false);
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(running.Select(r => r.Fetch)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static (ChannelReader<FeatureBatch> Batches, Task Fetch) Start(ShardFetcher fetcher, Shard shard, CancellationToken cancellation)
    {
        var channel = Channel.CreateBounded<FeatureBatch>(new BoundedChannelOptions(1) { SingleReader = true, SingleWriter = true });
        return (channel.Reader, FetchAsync(fetcher, shard, channel.Writer, cancellation));
    }

    private static async Task FetchAsync(
        ShardFetcher fetcher, Shard shard, ChannelWriter<FeatureBatch> writer, CancellationToken cancellation)
    {
        try
        {
            await fetcher.FetchAsync(shard, null, new ChannelReceiver(writer), cancellation).ConfigureAwait(false);
            writer.Complete();
        }
        catch (Exception exception)
        {
            // The reader learns of it where it reads; the task carries it as well.
            writer.Complete(exception);
            throw;
        }
    }

    private sealed class ChannelReceiver(ChannelWriter<FeatureBatch> writer) : IShardReceiver
    {
        public ValueTask AcceptAsync(FeatureBatch batch, CancellationToken cancellation) => writer.WriteAsync(batch, cancellation);

        public void AcceptErrors(IReadOnlyList<DatasetCellError> errors, ulong count)
        {
            if (count > 0)
            {
                throw new FeatureServiceException(
                    Grpc.Core.StatusCode.OutOfRange, errors.Count > 0 ? errors[0].Message : $"{count} cells have no value, because an int64 overflowed");
            }
        }

        public void AcceptCost(SliceCost cost)
        {
            // Nobody asks what a stream of batches has cost.
        }
    }
}
