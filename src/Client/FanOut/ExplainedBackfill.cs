using FeatureService.Client.Transport;

namespace FeatureService.Client.FanOut;

/// <summary>A backfill as it would be done: the service's plan, and the shards that the client cuts the grid into.</summary>
/// <param name="View">The view.</param>
/// <param name="Weeks">The weeks by their keys.</param>
/// <param name="Plan">The service's plan of all of it.</param>
/// <param name="ShardRows">For each shard its rows, in row order.</param>
/// <param name="Services">Number of services that share the shards.</param>
public sealed record ExplainedBackfill(
    ValidatedView View, WeekSpan Weeks, PlanExplanation Plan, IReadOnlyList<long> ShardRows, int Services)
{
    /// <summary>
    /// Seconds that the workers of all services take together, if they have nothing else to do. What the client does with the answer
    /// comes on top, or beside it.
    /// </summary>
    public double Seconds => Plan.Cost.Seconds / Math.Clamp(ShardRows.Count, 1, Services);
}
