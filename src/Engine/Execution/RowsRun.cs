using FeatureService.Core.Calendar;
using FeatureService.Core.Keys;
using FeatureService.Engine.Planning;

namespace FeatureService.Engine.Execution;

/// <summary>
/// One computation of a plan for some rows, cut into tasks that any threads may run at the same time. Run every task once, then
/// take the blocks; dispose it in any case.
/// </summary>
public abstract class RowsRun : IDisposable
{
    private int _done;
    private bool _isTaken;

    private protected RowsRun(Plan plan) => Plan = plan;

    /// <summary>Number of tasks; each takes a few milliseconds, bounded by events and output cells.</summary>
    public abstract int TaskCount { get; }

    /// <summary>Number of rows.</summary>
    public abstract long RowCount { get; }

    /// <summary>Events that the run scans.</summary>
    public abstract long EventCount { get; }

    private protected Plan Plan { get; }

    internal abstract IReadOnlyList<BlockBuffers> Blocks { get; }

    /// <summary>All weeks of entities of one slice, in ascending order of entity, then week.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="slice">The slice.</param>
    /// <param name="weeks">The weeks.</param>
    /// <param name="keys">Keys of the slice in ascending order, each once, known to the snapshot or not; null means all of the slice.</param>
    public static SliceRun OfSlice(Plan plan, SliceId slice, WeekRange weeks, EntityKeys? keys = null) => new GridRun(plan, slice, weeks, keys);

    /// <summary>The same where some weeks compute other columns than others.</summary>
    /// <param name="plan">The plan of all columns.</param>
    /// <param name="slice">The slice.</param>
    /// <param name="weeks">The weeks.</param>
    /// <param name="keys">As above.</param>
    /// <param name="parts">
    /// The weeks without a gap, each part with the columns that it computes: <see cref="Plan.Computing"/> of the plan. Weeks may be in two
    /// parts that compute different columns; where there is a population, one of them decides it.
    /// </param>
    public static SliceRun OfSlice(Plan plan, SliceId slice, WeekRange weeks, EntityKeys? keys, IReadOnlyList<WeekPart> parts) =>
        parts.Count == 1 ? new GridRun(parts[0].Plan, slice, weeks, keys, parts[0].Tiles) : new StitchedRun(plan, slice, weeks, keys, parts);

    /// <summary>About how many tasks all weeks of entities of one slice are cut into, without a look at their events.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="slice">The slice and the number of its entities.</param>
    /// <param name="weeks">The weeks.</param>
    public static long TasksOf(Plan plan, SliceCount slice, WeekRange weeks)
    {
        var (snapshot, laid) = (plan.Snapshot, weeks.Last - weeks.First + 1);
        var events = (double)plan.Program.Sources.Sum(source => (long)snapshot.CountOf(source.Source, slice.Slice))
            * slice.Entities / Math.Max(1, snapshot.EntityCount(slice.Slice));
        return TaskCut.CountOf(slice.Entities, events, (long)laid * plan.Program.CellWeight, weeks.Count);
    }

    /// <summary>Rows in the given order, duplicates included.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="keys">Each row's entity.</param>
    /// <param name="weeks">Each row's week, by number.</param>
    public static RowsRun OfList(Plan plan, IReadOnlyList<EntityKey> keys, IReadOnlyList<int> weeks) => new ListRun(plan, keys, weeks);

    /// <summary>Runs one task.</summary>
    /// <param name="task">From 0 to <see cref="TaskCount"/> - 1; each once.</param>
    /// <param name="cancellation">Polled at least every million events.</param>
    public void RunTask(int task, CancellationToken cancellation)
    {
        Run(task, cancellation);
        Interlocked.Increment(ref _done);
    }

    /// <summary>The finished blocks in row order; the caller disposes them.</summary>
    /// <remarks>A block ends at the last whole entity below 2^18 rows; a list is one block.</remarks>
    /// <exception cref="InvalidOperationException">Not every task has run.</exception>
    public IReadOnlyList<FeatureBlock> Complete()
    {
        if (_done != TaskCount || _isTaken)
        {
            throw new InvalidOperationException($"{_done} of {TaskCount} tasks have run: expected each once, before the blocks are taken once");
        }

        _isTaken = true;
        return [.. Blocks.Select(Finish)];
    }

    /// <inheritdoc/>
    public virtual void Dispose()
    {
        if (!_isTaken)
        {
            _isTaken = true;
            foreach (var block in Blocks)
            {
                block.Return();
            }
        }

        GC.SuppressFinalize(this);
    }

    private protected abstract void Run(int task, CancellationToken cancellation);

    /// <summary>Runs something in a workspace of the plan.</summary>
    private protected void InWorkspace(Action<Workspace> run)
    {
        var workspace = Workspace.Rent(Plan);
        try
        {
            run(workspace);
        }
        finally
        {
            workspace.Return();
        }
    }

    private protected abstract FeatureBlock Finish(BlockBuffers block);
}
