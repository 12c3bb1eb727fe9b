using FeatureService.Contracts.V1;
using FeatureService.Engine.Execution;
using FeatureService.Engine.Planning;
using FeatureService.Pipeline.Requests;
using PlanCost = FeatureService.Engine.Planning.PlanCost;

namespace FeatureService.Pipeline.Replies;

/// <summary>A backfill's plan and cost as they are told.</summary>
internal static class ExplainReply
{
    /// <summary>The answer.</summary>
    /// <param name="task">The backfill.</param>
    /// <param name="workers">Workers of this service.</param>
    /// <param name="scale">What this service has learnt of its speed.</param>
    /// <param name="cache">Decides which columns it would be asked for.</param>
    public static ExplainResponse Of(BackfillTask task, int workers, CostScale scale, CachedParts cache)
    {
        var plan = task.Selection.Plan;
        var slices = task.Rows.Counts(plan.Snapshot, 0, task.Rows.SliceCount);
        var grid = GridCounts.Of(plan, task.Rows.Weeks, slices);
        var cost = PlanCost.Of(plan, grid);
        var response = new ExplainResponse
        {
            SnapshotId = plan.Snapshot.Id,
            ViewVersion = plan.View.Version,
            Entities = grid.Entities,
            Weeks = grid.Weeks.Count,
            Slices = grid.Slices,
            Tasks = slices.Sum(slice => RowsRun.TasksOf(plan, slice, grid.Weeks)),
            Workers = workers,
            HasPopulation = plan.Population is not null,
        };
        response.Cost = Cost(cost, scale.Correct(cost.CpuSeconds), Math.Clamp(response.Tasks, 1, workers));
        response.Columns.AddRange(plan.Columns.Select(Headers.Of));
        response.NormalForms.AddRange(plan.Columns.Select(column => column.NormalForm));
        response.Sources.AddRange(SourceOverview.Of(plan).Zip(grid.Scanned, (source, scanned) => Source(source, scanned, cost.AggregateShares)));
        response.Cache.AddRange(cache.Explain(task, slices).Select(choice => new ExplainedCache
        {
            Used = choice.Column.IsUsed,
            Reason = choice.Column.Text,
            ComputeNanoseconds = choice.Column.ComputeNs,
            FetchNanoseconds = choice.Column.FetchNs,
            TilesUsed = choice.Tiles?.IsUsed ?? false,
            TileComputeNanoseconds = choice.Tiles?.ComputeNs ?? 0,
            TileFetchNanoseconds = choice.Tiles?.FetchNs ?? 0,
        }));
        return response;
    }

    private static Contracts.V1.PlanCost Cost(PlanCost cost, double cpuSeconds, long busy) => new()
    {
        Events = cost.Events,
        Rows = cost.Rows,
        Cells = cost.Cells,
        Bytes = cost.Bytes,
        CpuSeconds = cpuSeconds,
        Seconds = cpuSeconds / busy,
    };

    private static ExplainedSource Source(SourceOverview source, long scanned, IReadOnlyList<double> shares)
    {
        var told = new ExplainedSource
        {
            Name = source.Name,
            Events = source.Events,
            EventsScanned = scanned,
            Filters = source.Filters,
            Sets = source.Sets,
            Tiles = source.Tiles,
            TileWindows = source.TileWindows,
            AggregatesWritten = source.AggregatesWritten,
        };
        told.Columns.AddRange(source.Columns);
        foreach (var aggregate in source.Aggregates)
        {
            var explained = new ExplainedAggregate { Text = aggregate.Text, CpuShare = shares[aggregate.Number] };
            explained.Columns.AddRange(aggregate.Columns);
            told.Aggregates.Add(explained);
        }

        return told;
    }
}
