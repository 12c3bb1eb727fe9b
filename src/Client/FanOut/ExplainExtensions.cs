using FeatureService.Client.Transport;
using FeatureService.Contracts.V1;

namespace FeatureService.Client.FanOut;

/// <summary>Backfills of any size, explained before they run.</summary>
public static class ExplainExtensions
{
    /// <summary>Explains a backfill: everything is resolved as for one, and nothing is computed but the keys of a sample.</summary>
    /// <param name="client">The service.</param>
    /// <param name="query">What would be asked.</param>
    /// <param name="cancellation">Ends the calls.</param>
    /// <exception cref="FeatureServiceException">The query is refused, or no endpoint answered.</exception>
    /// <exception cref="ArgumentException">Weeks, columns or entities are wrong.</exception>
    public static async Task<ExplainedBackfill> ExplainAsync(
        this FeatureServiceClient client, BackfillQuery query, CancellationToken cancellation = default)
    {
        var plan = await BackfillPlan.CreateAsync(client, query, cancellation).ConfigureAwait(false);
        return await ExplainAsync(client, plan, cancellation).ConfigureAwait(false);
    }

    /// <summary>Explains a resolved backfill.</summary>
    internal static async Task<ExplainedBackfill> ExplainAsync(FeatureServiceClient client, BackfillPlan plan, CancellationToken cancellation)
    {
        PlanExplanation? explanation = null;
        foreach (var request in Requests(plan))
        {
            var part = await client.ExplainAsync(request, cancellation).ConfigureAwait(false);
            explanation = explanation is null ? part : Add(explanation, part);
        }

        return new ExplainedBackfill(
            plan.Target.View, plan.Weeks, explanation!, [.. plan.Shards.Select(shard => shard.RowCount)], client.Pool.Pods.Addresses.Count);
    }

    /// <summary>One request for all of the snapshot; of named entities as many as one request carries.</summary>
    private static IEnumerable<ExplainRequest> Requests(BackfillPlan plan) => plan.Shards.Any(shard => shard.Keys is not null)
        ? plan.Shards.SelectMany(shard => shard.Keys!).Chunk(ShardPlanner.KeysMax).Select(plan.ExplainRequest)
        : [plan.ExplainRequest(null)];

    private static PlanExplanation Add(PlanExplanation all, PlanExplanation part) => all with
    {
        Entities = all.Entities + part.Entities,
        // Entities of one call lie in some of the slices that those of the next lie in too.
        Slices = Math.Max(all.Slices, part.Slices),
        Tasks = all.Tasks + part.Tasks,
        Sources = [.. all.Sources.Zip(part.Sources, (a, b) => a with { EventsScanned = a.EventsScanned + b.EventsScanned })],
        Cost = new CostEstimate(
            all.Cost.Events + part.Cost.Events,
            all.Cost.Rows + part.Cost.Rows,
            all.Cost.Cells + part.Cost.Cells,
            all.Cost.Bytes + part.Cost.Bytes,
            all.Cost.CpuSeconds + part.Cost.CpuSeconds,
            all.Cost.Seconds + part.Cost.Seconds),
    };
}
