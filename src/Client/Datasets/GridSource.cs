using System.Runtime.CompilerServices;
using FeatureService.Client.FanOut;
using FeatureService.Client.Transport;
using FeatureService.Core.Columns;

namespace FeatureService.Client.Datasets;

/// <summary>The rows of a grid: a shard is a run of slices, brought by streams.</summary>
/// <param name="client">The service.</param>
/// <param name="plan">The grid.</param>
internal sealed class GridSource(FeatureServiceClient client, BackfillPlan plan) : IDatasetSource
{
    /// <inheritdoc/>
    public IReadOnlyList<DatasetColumn> Columns => plan.Target.Columns;

    /// <inheritdoc/>
    public ViewOnSnapshot Target => plan.Target;

    /// <inheritdoc/>
    public IReadOnlyList<int> WeekDays => plan.WeekDays;

    /// <inheritdoc/>
    public int ShardCount => plan.Shards.Count;

    /// <inheritdoc/>
    public int ShardsInFlightMax => client.Options.ShardsInFlightMax;

    /// <summary>Resolves a query.</summary>
    /// <param name="client">The service.</param>
    /// <param name="query">What is asked.</param>
    /// <param name="cancellation">Ends the calls.</param>
    public static async Task<IDatasetSource> CreateAsync(
        FeatureServiceClient client, BackfillQuery query, CancellationToken cancellation) =>
        new GridSource(client, await BackfillPlan.CreateAsync(client, query, cancellation).ConfigureAwait(false));

    /// <inheritdoc/>
    public IDatasetSource Only(IReadOnlyCollection<string> names) => new GridSource(client, plan with { Target = plan.Target.Only(names) });

    /// <inheritdoc/>
    public IDatasetSource Finishing(FinishedForm? form) => new GridSource(client, plan with { Finished = form });

    /// <inheritdoc/>
    public BuildIdentity Identity(IDatasetFormat format) => BuildIdentity.Of(plan, format);

    /// <inheritdoc/>
    /// <remarks>An estimate never ends a build, and a service that gives none is none the worse.</remarks>
    public async Task<ManifestEstimate?> EstimateAsync(CancellationToken cancellation)
    {
        try
        {
            var explained = await ExplainExtensions.ExplainAsync(client, plan, cancellation).ConfigureAwait(false);
            var cost = explained.Plan.Cost;
            return new ManifestEstimate(cost.Events, cost.Cells, cost.Bytes, Math.Round(cost.CpuSeconds, 3), Math.Round(explained.Seconds, 3));
        }
        catch (FeatureServiceException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public long RowCountOf(int shard) => plan.Shards[shard].RowCount;

    /// <inheritdoc/>
    public async IAsyncEnumerable<ShardWork> Shards(
        Predicate<int> isWanted, FanOutRun run, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var fetcher = new ShardFetcher(client, plan, run);
        var queue = new WorkQueue(client.Pool, run.Outage, plan.Shards.Where(shard => isWanted(shard.Index)).Select(shard => shard.Place));
        while (await run.WatchAsync(queue.TakeAsync, cancellation).ConfigureAwait(false) is var (work, lease))
        {
            var shard = plan.Shards[work.Index];
            yield return new ShardWork(shard.Index, (receiver, stop) => fetcher.FetchAsync(shard, lease, receiver, stop));
        }
    }
}
