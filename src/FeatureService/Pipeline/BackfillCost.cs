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
    private long _sliceCellsFound;
    private bool _isOfEvents = true;

    /// <summary>A part of a slice is computed.</summary>
    /// <param name="cpu">What it took.</param>
    /// <param name="cellsFound">Values that were not computed, as the cache had them.</param>
    /// <param name="isOfEvents">Whether everything was computed from events.</param>
    public void Add(TimeSpan cpu, long cellsFound, bool isOfEvents)
    {
        _slice += cpu;
        _sliceCellsFound += cellsFound;
        _isOfEvents &= isOfEvents;
    }

    /// <summary>A slice is computed.</summary>
    /// <returns>The CPU time of its parts, and the values of it that the cache had.</returns>
    public (TimeSpan Cpu, long CellsFound) EndSlice()
    {
        var slice = (_slice, _sliceCellsFound);
        (_all, _slice, _slices) = (_all + _slice, TimeSpan.Zero, _slices + 1);
        _sliceCellsFound = 0;
        return slice;
    }

    /// <summary>The backfill is over: its slices correct the model, where they are enough.</summary>
    public void Teach(CostScale scale)
    {
        var (plan, rows) = (task.Selection.Plan, task.Rows);
        var slices = rows.Counts(plan.Snapshot, task.FirstSlice, task.FirstSlice + _slices);
        // What was found says nothing of what computing it costs.
        if (_isOfEvents && slices.Sum(slice => (long)slice.Entities) * rows.Weeks.Count >= RowsMin)
        {
            scale.Observe(_all, PlanCost.Of(plan, GridCounts.Of(plan, rows.Weeks, slices)).CpuSeconds);
        }
    }
}
