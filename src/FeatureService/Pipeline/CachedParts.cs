using FeatureService.Caching;
using FeatureService.Engine.Planning;
using FeatureService.Pipeline.Requests;
using FeatureService.Scheduling;

namespace FeatureService.Pipeline;

/// <summary>Parts of slices, computed with the help of what was computed before.</summary>
/// <param name="cache">What is kept.</param>
/// <param name="workers">What computes.</param>
/// <param name="scale">What this service has learnt of its speed.</param>
public sealed class CachedParts(BlockCache cache, WorkerPool workers, CostScale scale)
{
    /// <summary>The use that a backfill makes of the cache; null where it makes none.</summary>
    /// <param name="task">The backfill.</param>
    /// <param name="flow">Its share of the workers.</param>
    /// <param name="cancellation">Ends the wait for them.</param>
    internal async Task<CachedGrid?> OpenAsync(BackfillTask task, WorkFlow flow, CancellationToken cancellation)
    {
        if (!Serves(task))
        {
            return null;
        }

        var slices = task.Rows.Counts(task.Selection.Snapshot, task.FirstSlice, task.Rows.SliceCount);
        if (slices.Sum(slice => (long)slice.Entities) * task.Rows.Weeks.Count < CachedGrid.AutoRowsMin)
        {
            return task.Cache == CachePolicy.Auto ? null : new CachedGrid(cache, task.Selection.Plan, task.Rows.Weeks, task.Cache, null, 1);
        }

        // A slice's events are looked at, which may have to come from the disk.
        var estimate = new SingleTask<CachedGrid>(_ => Estimated(task, slices));
        await flow.RunAsync(estimate, cancellation).ConfigureAwait(false);
        return estimate.Result;
    }

    /// <summary>
    /// What would be decided for each column of a backfill, and for the tile arrays of those that can be made of some; nothing where there
    /// is no cache.
    /// </summary>
    /// <param name="task">The backfill.</param>
    /// <param name="slices">Its slices.</param>
    internal (CacheChoice Column, CacheChoice? Tiles)[] Explain(BackfillTask task, IReadOnlyList<SliceCount> slices)
    {
        var plan = task.Selection.Plan;
        if (!cache.IsOn)
        {
            return [];
        }

        if (task.Cache == CachePolicy.Never)
        {
            return [.. plan.Columns.Select(_ => (new CacheChoice(false, ChoiceReason.Policy), (CacheChoice?)null))];
        }

        if (!Serves(task))
        {
            return [.. plan.Columns.Select(_ => (new CacheChoice(false, ChoiceReason.Small), (CacheChoice?)null))];
        }

        var grid = Estimated(task, slices);
        var rows = slices.Select(slice => (long)slice.Entities * task.Rows.Weeks.Count).DefaultIfEmpty().Max();
        return [.. grid.Expect(rows).Select((choice, column) => (choice, grid.Tiles?.ChoiceOf(column)))];
    }

    /// <summary>Computes a part.</summary>
    /// <param name="grid">The backfill's use of the cache; null for none.</param>
    /// <param name="part">The part.</param>
    /// <param name="work">Its work.</param>
    /// <param name="flow">The backfill's share of the workers.</param>
    /// <param name="cancellation">Stops it.</param>
    internal async Task ComputeAsync(CachedGrid? grid, SlicePart part, RowsWork work, WorkFlow flow, CancellationToken cancellation)
    {
        if (grid is null || !part.IsWholeBlocks)
        {
            await flow.RunAsync(work, cancellation).ConfigureAwait(false);
            return;
        }

        var blocks = new PartBlocks(grid, part.Slice);
        try
        {
            await flow.RunAsync(new SingleTask<bool>(_ => Prepare(blocks, part)), cancellation).ConfigureAwait(false);
            await blocks.ProbeAsync(cancellation).ConfigureAwait(false);
            var recall = new RecallWork(blocks);
            if (blocks.RecallCount > 0)
            {
                await flow.RunAsync(recall, cancellation).ConfigureAwait(false);
            }

            work.Use(blocks, recall.Cpu);
            await flow.RunAsync(work, cancellation).ConfigureAwait(false);
        }
        catch
        {
            blocks.Dispose();
            throw;
        }

        if (blocks.FillCount == 0)
        {
            blocks.Dispose();
            return;
        }

        cache.Fill(() => FillAsync(blocks));
    }

    private static bool Prepare(PartBlocks blocks, SlicePart part)
    {
        blocks.Prepare(part.ReadKeys());
        return true;
    }

    private bool Serves(BackfillTask task) =>
        cache.IsOn && CachedGrid.Serves(task.Rows.Weeks, task.Rows.HasAllEntities, task.Cache);

    private CachedGrid Estimated(BackfillTask task, IReadOnlyList<SliceCount> slices)
    {
        var (plan, weeks) = (task.Selection.Plan, task.Rows.Weeks);
        // Slices are alike, and one of them is enough to tell what a row costs.
        var cost = PlanCost.Of(plan, GridCounts.Of(plan, weeks, [slices.MaxBy(slice => slice.Entities)]));
        return new CachedGrid(cache, plan, weeks, task.Cache, cost, scale.Ratio);
    }

    /// <summary>Packs on the workers, in turn with what backfills compute: the threads of connections are not for that.</summary>
    private async Task FillAsync(PartBlocks blocks)
    {
        using (blocks)
        {
            await workers.Queue.Open(WorkLane.Backfill).RunAsync(new FillWork(blocks), CancellationToken.None).ConfigureAwait(false);
        }
    }

    private sealed class RecallWork(PartBlocks blocks) : IWork
    {
        private long _cpuTicks;

        /// <summary>CPU time that it took.</summary>
        public TimeSpan Cpu => TimeSpan.FromTicks(Interlocked.Read(ref _cpuTicks));

        public int Begin() => blocks.RecallCount;

        public void RunTask(int task, CancellationToken cancellation)
        {
            var before = ThreadCpuTime.Now;
            blocks.Recall(task, () => ThreadCpuTime.Now);
            Interlocked.Add(ref _cpuTicks, (ThreadCpuTime.Now - before).Ticks);
        }

        public void Complete()
        {
        }
    }

    private sealed class FillWork(PartBlocks blocks) : IWork
    {
        public int Begin() => blocks.FillCount;

        public void RunTask(int task, CancellationToken cancellation) => blocks.Keep(task, () => ThreadCpuTime.Now);

        public void Complete()
        {
        }
    }
}
