using FeatureService.Core.Calendar;
using FeatureService.Core.Keys;
using FeatureService.Engine.Execution;
using FeatureService.Engine.Planning;

namespace FeatureService.Bench.Engine;

/// <summary>All slices of a snapshot by some threads: each takes whole slices, and runs a slice's tasks one behind the other.</summary>
internal static class SliceRuns
{
    /// <summary>Computes slices.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="slices">Number of slices.</param>
    /// <param name="weeks">The weeks.</param>
    /// <param name="threads">Number of threads.</param>
    /// <param name="done">Takes a slice's blocks, and disposes them or keeps them: what is not disposed is not used again.</param>
    public static void Run(Plan plan, int slices, WeekRange weeks, int threads, Action<int, IReadOnlyList<FeatureBlock>> done)
    {
        var next = -1;
        var workers = Enumerable.Range(0, threads).Select(_ => new Thread(() =>
        {
            for (var slice = Interlocked.Increment(ref next); slice < slices; slice = Interlocked.Increment(ref next))
            {
                using var run = RowsRun.OfSlice(plan, new SliceId(0, slice), weeks);
                for (var task = 0; task < run.TaskCount; task++)
                {
                    run.RunTask(task, CancellationToken.None);
                }

                done(slice, run.Complete());
            }
        })).ToArray();
        Array.ForEach(workers, worker => worker.Start());
        Array.ForEach(workers, worker => worker.Join());
    }

    /// <summary>Gives blocks back, whose memory the next ones are then written into.</summary>
    public static void Release(IReadOnlyList<FeatureBlock> blocks)
    {
        foreach (var block in blocks)
        {
            block.Dispose();
        }
    }
}
