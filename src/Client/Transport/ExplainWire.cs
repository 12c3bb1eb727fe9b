using FeatureService.Contracts.V1;

namespace FeatureService.Client.Transport;

/// <summary>From the messages about a plan to the client's records.</summary>
internal static class ExplainWire
{
    /// <summary>A plan.</summary>
    public static PlanExplanation Explanation(ExplainResponse response) => new()
    {
        SnapshotId = response.SnapshotId,
        ViewVersion = response.ViewVersion,
        Columns = [.. response.Columns.Zip(response.NormalForms, (column, form) => new ExplainedColumn(Wire.Column(column), form))],
        Cache = [.. response.Cache.Select(c => new CacheUse(c.Used, c.Reason, c.ComputeNanoseconds, c.FetchNanoseconds)
        {
            TilesUsed = c.TilesUsed,
            TileComputeNanoseconds = c.TileComputeNanoseconds,
            TileFetchNanoseconds = c.TileFetchNanoseconds,
        })],
        Sources = [.. response.Sources.Select(Source)],
        Entities = response.Entities,
        Weeks = response.Weeks,
        Slices = response.Slices,
        Tasks = response.Tasks,
        Workers = response.Workers,
        Cost = Cost(response.Cost ?? new PlanCost()),
        HasPopulation = response.HasPopulation,
    };

    private static CostEstimate Cost(PlanCost cost) =>
        new(cost.Events, cost.Rows, cost.Cells, cost.Bytes, cost.CpuSeconds, cost.Seconds);

    private static ExplainedSource Source(Contracts.V1.ExplainedSource source) => new()
    {
        Name = source.Name,
        Events = source.Events,
        EventsScanned = source.EventsScanned,
        Columns = [.. source.Columns],
        Filters = source.Filters,
        Sets = source.Sets,
        Tiles = source.Tiles,
        TileWindows = source.TileWindows,
        AggregatesWritten = source.AggregatesWritten,
        Aggregates = [.. source.Aggregates.Select(a => new ExplainedAggregate(a.Text, [.. a.Columns], a.CpuShare))],
    };
}
