using FeatureService.Client.FanOut;
using FeatureService.Client.Transport;
using FeatureService.Client.Transport.Pods;
using FeatureService.Core.Keys;

namespace FeatureService.Client.Tests.Simulation;

/// <summary>A fan-out as a dataset's build makes it, in a cluster's time: workers take shards and store what arrives.</summary>
internal sealed class SimulatedBuild(SimulatedCluster cluster)
{
    private readonly Dictionary<SliceId, int> _rows = [];

    /// <summary>Steps allowed, which no cluster comes near.</summary>
    private const int StepsMax = 200_000;

    /// <summary>What the client does when the grid is planned and no shard has begun.</summary>
    public Func<FeatureServiceClient, Task> BeforeWork { get; init; } = _ => Task.CompletedTask;

    /// <summary>Why the work has ended before it was done; null where it is done.</summary>
    public Exception? Failure { get; private set; }

    public FanOutProgress Progress { get; private set; } = FanOutProgress.None;

    /// <summary>When the last row arrived.</summary>
    public TimeSpan LastArrival { get; private set; }

    /// <summary>Runs to the end, one timer after the other.</summary>
    public void Run()
    {
        using var client = new FeatureServiceClient(cluster.Options);
        using var run = new FanOutRun(cluster.Options);
        var build = BuildAsync(client, run);
        for (var steps = 0; !build.IsCompleted; steps++)
        {
            Assert.True(cluster.Time.Step(), $"nothing is left to happen, and the work has not ended; {cluster.Time.Stray}");
            Assert.True(steps < StepsMax, $"the work does not end: it is {cluster.Time.Elapsed}\n{string.Join('\n', run.Meter.Snapshot().Pods)}\n{string.Join('\n', cluster.Log)}");
            Assert.True(cluster.Time.Stray is null, cluster.Time.Stray);
        }

        Failure = build.Exception?.InnerException;
        Progress = run.Meter.Snapshot();
    }

    /// <summary>Shards of the plan.</summary>
    public int ShardCount { get; private set; }

    /// <summary>Every row has arrived once, and every shard was one pod's.</summary>
    public void CheckComplete()
    {
        Assert.Equal(ShardCount, Progress.Pods.Sum(pod => pod.Done));
        var placement = cluster.Grid.Placement;
        for (var partition = 0; partition < placement.Partitions; partition++)
        {
            for (var slice = 0; slice < placement.SlicesPerPartition; slice++)
            {
                var id = new SliceId(partition, slice);
                Assert.Equal(3 * cluster.Grid.Keys(id).Count, _rows.GetValueOrDefault(id));
            }
        }
    }

    private async Task BuildAsync(FeatureServiceClient client, FanOutRun run)
    {
        var plan = await BackfillPlan.CreateAsync(client, Fake.Clients.Query, CancellationToken.None);
        ShardCount = plan.Shards.Count;
        await BeforeWork(client);
        var fetcher = new ShardFetcher(client, plan, run);
        var queue = new WorkQueue(client.Pool, run.Outage, plan.Shards.Select(shard => shard.Place));
        using var stop = new CancellationTokenSource();
        Exception? failure = null;
        var workers = Enumerable.Range(0, cluster.Workers).Select(async _ =>
        {
            try
            {
                while (await run.WatchAsync(queue.TakeAsync, stop.Token) is var (work, lease))
                {
                    await fetcher.FetchAsync(plan.Shards[work.Index], lease, new Store(this, plan.Shards[work.Index]), stop.Token);
                }
            }
            catch (Exception exception)
            {
                failure ??= exception;
                stop.Cancel();
            }
        }).ToArray();
        await Task.WhenAll(workers);
        if (failure is not null)
        {
            throw failure;
        }
    }

    /// <summary>Takes each row once and in order, or says which one was wrong.</summary>
    private sealed class Store(SimulatedBuild build, Shard shard) : IShardReceiver
    {
        private SliceId _at = new(shard.Partition, shard.FirstSlice);
        private bool _busy;

        public async ValueTask AcceptAsync(FeatureBatch batch, CancellationToken cancellation)
        {
            Assert.False(_busy, "two batches at a time");
            var slice = batch.Slice!.Value;
            Assert.True(slice.CompareTo(_at) >= 0, $"slice {slice} behind {_at}");
            Assert.Equal(build._rows.GetValueOrDefault(slice), batch.FirstRow);
            var keys = build.Cluster.Grid.Keys(slice);
            var received = batch[0].Values<long>();
            for (var row = 0; row < batch.RowCount; row++)
            {
                Assert.Equal(keys[(int)(batch.FirstRow + row) / 3], received[row]);
            }

            if (build.Cluster.ReceiveTime > TimeSpan.Zero)
            {
                _busy = true;
                await Pause.ForAsync(build.Cluster.ReceiveTime, build.Cluster.Time, cancellation);
                _busy = false;
            }

            build._rows[slice] = (int)batch.FirstRow + batch.RowCount;
            build.LastArrival = build.Cluster.Time.Elapsed;
            _at = slice;
        }

        public void AcceptErrors(IReadOnlyList<DatasetCellError> errors, ulong count) => Assert.Equal(0ul, count);

        public void AcceptCost(SliceCost cost) => Assert.Equal(default, cost);
    }

    private SimulatedCluster Cluster => cluster;
}
