using FeatureService.Caching;
using FeatureService.Core.Calendar;
using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Execution;
using FeatureService.Engine.Planning;
using FeatureService.Engine.Snapshots;
using FeatureService.Telemetry;

namespace FeatureService.Tests.Caching;

/// <summary>A cache and what computes through it, step by step and on one thread, as a backfill does on many.</summary>
internal sealed class CacheDriver : IAsyncDisposable
{
    public CacheDriver(CacheOptions? options = null, TimeProvider? time = null)
    {
        Metrics = new ServiceMetrics(time ?? TimeProvider.System);
        Cache = new BlockCache(options ?? new CacheOptions(), 2, new CacheMetrics(Metrics), time ?? TimeProvider.System);
    }

    public ServiceMetrics Metrics { get; }

    public BlockCache Cache { get; }

    public async ValueTask DisposeAsync()
    {
        await Cache.DisposeAsync();
        Metrics.Dispose();
    }

    /// <summary>Blocks found and not found so far.</summary>
    public (long Hits, long Misses, long Damaged) Totals => Cache.Metrics.Totals;

    public static Plan Plan(ISnapshot snapshot, string view, bool hasPopulation = false)
    {
        var bound = ViewCompiler.Compile(view, "v.view.yaml", snapshot.Catalog);
        Assert.True(bound.View is not null, string.Join('\n', bound.Diagnostics));
        return Engine.Planning.Plan.Create(snapshot, bound.View, bound.View.Columns, hasPopulation ? bound.View.Population : null);
    }

    public CachedGrid Open(Plan plan, WeekRange weeks, CachePolicy policy) => new(Cache, plan, weeks, policy, null, 1);

    /// <summary>The same where the cost of computing is known, and so many times what the model says.</summary>
    public CachedGrid OpenEstimated(Plan plan, WeekRange weeks, CachePolicy policy, double ratio)
    {
        var largest = Slices(plan.Snapshot).Select(slice => new SliceCount(slice, plan.Snapshot.EntityCount(slice))).MaxBy(slice => slice.Entities);
        return new CachedGrid(Cache, plan, weeks, policy, PlanCost.Of(plan, GridCounts.Of(plan, weeks, [largest])), ratio);
    }

    /// <summary>All slices, with the cache.</summary>
    public Task<List<byte[]>> ComputeAsync(Plan plan, WeekRange weeks, CachePolicy policy) => ComputeAsync(Open(plan, weeks, policy));

    /// <summary>All slices, with the cache.</summary>
    public static async Task<List<byte[]>> ComputeAsync(CachedGrid grid)
    {
        var bits = new List<byte[]>();
        foreach (var slice in Slices(grid.Plan.Snapshot))
        {
            bits.AddRange(await ComputeAsync(grid, slice));
        }

        return bits;
    }

    /// <summary>One slice, with the cache.</summary>
    public static async Task<List<byte[]>> ComputeAsync(CachedGrid grid, SliceId slice)
    {
        using var part = new PartBlocks(grid, slice);
        part.Prepare(null);
        await part.ProbeAsync(TestContext.Current.CancellationToken);
        for (var task = 0; task < part.RecallCount; task++)
        {
            part.Recall(task, () => TimeSpan.Zero);
        }

        using var run = part.Start();
        for (var task = 0; task < part.DecodeCount; task++)
        {
            part.Decode(task);
            part.Decoded(task, TimeSpan.FromTicks(1));
        }

        Run(run);
        part.Take(TimeSpan.FromTicks(1), TimeSpan.FromTicks(1));
        var bits = Bits(run);
        for (var task = 0; task < part.FillCount; task++)
        {
            part.Keep(task, () => TimeSpan.Zero);
        }

        return bits;
    }

    /// <summary>All slices, without.</summary>
    public static List<byte[]> Compute(Plan plan, WeekRange weeks)
    {
        var bits = new List<byte[]>();
        foreach (var slice in Slices(plan.Snapshot))
        {
            using var run = RowsRun.OfSlice(plan, slice, weeks);
            Run(run);
            bits.AddRange(Bits(run));
        }

        return bits;
    }

    public static IEnumerable<SliceId> Slices(ISnapshot snapshot) =>
        from partition in Enumerable.Range(0, snapshot.Placement.Partitions)
        from slice in Enumerable.Range(0, snapshot.Placement.SlicesPerPartition)
        select new SliceId(partition, slice);

    private static void Run(SliceRun run)
    {
        for (var task = run.TaskCount - 1; task >= 0; task--)
        {
            run.RunTask(task, CancellationToken.None);
        }
    }

    /// <summary>The bits of every column of every block, errors included.</summary>
    private static List<byte[]> Bits(SliceRun run)
    {
        var bits = new List<byte[]>();
        foreach (var block in run.Complete())
        {
            using (block)
            {
                foreach (var column in block.Columns.Prepend(block.RowStatuses).Prepend(block.Weeks).Prepend(block.Keys))
                {
                    bits.Add(Blocks.Bits(column));
                }

                bits.Add(System.Text.Encoding.UTF8.GetBytes(
                    string.Join('\n', block.Errors.Select(error => $"{error.Row} {error.Message}")) + $"\n{block.ErrorCount}"));
            }
        }

        return bits;
    }
}
