using FeatureService.Core.Calendar;
using FeatureService.Core.Keys;
using FeatureService.Engine.Planning;
using FeatureService.Engine.Snapshots;

namespace FeatureService.Engine.Execution;

/// <summary>All weeks of entities of one slice.</summary>
internal sealed unsafe class GridRun : RowsRun
{
    // A batch's arrays, some dozen of eight bytes a cell, stay in a core's second-level cache.
    private const int BatchCellsMax = 4096;
    private const int BatchEventsMax = 8192;

    private readonly SliceData _data;
    private readonly SliceBinding _binding;
    private readonly WeekRange _weeks;
    private readonly WeekGeometry _geometry;
    private readonly EntityKeys _keys;
    private readonly int[] _entities;
    private readonly List<BlockBuffers> _blocks = [];
    private readonly List<(int Block, int From, int To)> _tasks = [];

    /// <summary>Cuts the work.</summary>
    public GridRun(Plan plan, SliceId slice, WeekRange weeks, EntityKeys? keys)
        : base(plan)
    {
        _data = plan.Snapshot.Slice(slice);
        _binding = SliceBinding.Of(plan, _data);
        _weeks = weeks;
        _geometry = plan.Lay(weeks.First, weeks.Last - weeks.First + 1);
        _keys = keys ?? _data.Keys;
        _entities = [.. Enumerable.Range(0, _keys.Count).Select(i => keys is null ? i : Math.Max(-1, _data.Keys.BinarySearch(keys[i])))];
        EventCount = Enumerable.Range(0, _entities.Length).Sum(Events);
        var entitiesPerBlock = Math.Max(1, TaskCut.BlockRowsMax / weeks.Count);
        for (var from = 0; from < _entities.Length; from += entitiesPerBlock)
        {
            Cut(from, Math.Min(from + entitiesPerBlock, _entities.Length));
        }
    }

    /// <inheritdoc/>
    public override int TaskCount => _tasks.Count;

    /// <inheritdoc/>
    public override long RowCount => (long)_entities.Length * _weeks.Count;

    /// <inheritdoc/>
    public override long EventCount { get; }

    private protected override IReadOnlyList<BlockBuffers> Blocks => _blocks;

    private protected override void RunTask(int task, Workspace workspace, CancellationToken cancellation)
    {
        var (block, from, to) = _tasks[task];
        using var input = new SliceInput(Plan, _data, _binding);
        while (from < to)
        {
            cancellation.ThrowIfCancellationRequested();
            var end = TaskCut.End(from, to, entity => (Events(entity), _geometry.Count), BatchEventsMax, BatchCellsMax);
            Compute(workspace, input, _blocks[block], from, end, cancellation);
            from = end;
        }
    }

    private protected override FeatureBlock Finish(BlockBuffers block) => block.Finish(
        row => _keys[(block.FirstRow + row) / _weeks.Count],
        _keys.Type,
        column => block.Columns[column].Finish(_binding.Cells.Texts[Plan.Program.OutputSlots[column]]));

    private void Compute(Workspace workspace, SliceInput input, BlockBuffers block, int from, int to, CancellationToken cancellation)
    {
        workspace.Begin();
        for (var i = from; i < to; i++)
        {
            workspace.Batch.Add(_entities[i], 0, _geometry.Count);
        }

        var map = new RowMap { Count = (to - from) * _weeks.Count, FirstRow = (from * _weeks.Count) - block.FirstRow };
        if (_weeks.Step > 1)
        {
            map.Cells = workspace.Memory.Take<int>(map.Count);
            for (var row = 0; row < map.Count; row++)
            {
                map.Cells[row] = (row / _weeks.Count * _geometry.Count) + (row % _weeks.Count * _weeks.Step);
            }
        }

        workspace.Compute(input, _geometry, map, block, cancellation);
    }

    private void Cut(int from, int to)
    {
        _blocks.Add(new BlockBuffers(Plan, from * _weeks.Count, (to - from) * _weeks.Count));
        var values = (long)_geometry.Count * Plan.Program.CellWeight;
        while (from < to)
        {
            var end = TaskCut.End(from, to, entity => (Events(entity), values), TaskCut.EventsMax, TaskCut.ValuesMax);
            _tasks.Add((_blocks.Count - 1, from, end));
            from = end;
        }
    }

    private long Events(int index)
    {
        long events = 0;
        foreach (var source in _entities[index] < 0 ? [] : Plan.Program.Sources)
        {
            var offsets = _data.Source(source.Source).Offsets;
            events += offsets[_entities[index] + 1] - offsets[_entities[index]];
        }

        return events;
    }
}
