using FeatureService.Engine.Planning;
using FeatureService.Pipeline.Requests;

namespace FeatureService.Pipeline;

/// <summary>What one backfill costs its workers, slice by slice.</summary>
/// <param name="task">The backfill.</param>
internal sealed class BackfillCost(BackfillTask task)
{
    /// <summary>Fewer rows are not worth the estimate. By rows, not by time, which would choose the slow ones.</summary>
    private const long RowsMin = 4_096;

    private TimeSpan _slice;
    private TimeSpan _all;
    private int _slices;
    private long _cellsFound;

    /// <summary>A part of a slice is computed.</summary>
    /// <param name="cpu">What it took.</param>
    /// <param name="cellsFound">Values that were not computed, as the cache had them.</param>
    public void Add(TimeSpan cpu, long cellsFound)
    {
        _slice += cpu;
        _cellsFound += cellsFound;
    }

    /// <summary>A slice is computed.</summary>
    /// <returns>The CPU time of its parts.</returns>
    public TimeSpan EndSlice()
    {
        var cpu = _slice;
        (_all, _slice, _slices) = (_all + cpu, TimeSpan.Zero, _slices + 1);
        return cpu;
    }

    /// <summary>The backfill is over: its slices correct the model, where they are enough.</summary>
    public void Teach(CostScale scale)
    {
        var (plan, rows) = (task.Selection.Plan, task.Rows);
        var slices = rows.Counts(plan.Snapshot, task.FirstSlice, task.FirstSlice + _slices);
        // What was found says nothing of what computing it costs.
        if (_cellsFound == 0 && slices.Sum(slice => (long)slice.Entities) * rows.Weeks.Count >= RowsMin)
        {
            scale.Observe(_all, PlanCost.Of(plan, GridCounts.Of(plan, rows.Weeks, slices)).CpuSeconds);
        }
    }
}
