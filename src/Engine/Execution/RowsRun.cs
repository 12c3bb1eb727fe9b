using FeatureService.Core.Calendar;
using FeatureService.Core.Keys;
using FeatureService.Engine.Planning;

namespace FeatureService.Engine.Execution;

/// <summary>
/// One computation of a plan for some rows, cut into tasks that any threads may run at the same time. Run every task once, then
/// take the blocks; dispose it in any case.
/// </summary>
public sealed class RowsRun : IDisposable
{
    private RowsRun()
    {
    }

    /// <summary>Number of tasks; each takes a few milliseconds, bounded by events and output cells.</summary>
    public int TaskCount => throw new NotSupportedException();

    /// <summary>Number of rows.</summary>
    public long RowCount => throw new NotSupportedException();

    /// <summary>Events that the run scans.</summary>
    public long EventCount => throw new NotSupportedException();

    /// <summary>All weeks of entities of one slice, in ascending order of entity, then week.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="slice">The slice.</param>
    /// <param name="weeks">The weeks.</param>
    /// <param name="keys">Keys of the slice in ascending order, each once, known to the snapshot or not; null means all of the slice.</param>
    public static RowsRun OfSlice(Plan plan, SliceId slice, WeekRange weeks, EntityKeys? keys = null) => throw new NotSupportedException();

    /// <summary>Rows in the given order, duplicates included.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="keys">Each row's entity.</param>
    /// <param name="weeks">Each row's week, by number.</param>
    public static RowsRun OfList(Plan plan, IReadOnlyList<EntityKey> keys, IReadOnlyList<int> weeks) => throw new NotSupportedException();

    /// <summary>Runs one task.</summary>
    /// <param name="task">From 0 to <see cref="TaskCount"/> - 1; each once.</param>
    /// <param name="cancellation">Polled at least every million events.</param>
    public void RunTask(int task, CancellationToken cancellation) => throw new NotSupportedException();

    /// <summary>The finished blocks in row order; the caller disposes them.</summary>
    /// <remarks>A block ends at the last whole entity below 2^18 rows; a list is one block.</remarks>
    public IReadOnlyList<FeatureBlock> Complete() => throw new NotSupportedException();

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
