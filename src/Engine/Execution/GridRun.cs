using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;
using FeatureService.Core.Keys;
using FeatureService.Engine.Planning;
using FeatureService.Engine.Snapshots;

namespace FeatureService.Engine.Execution;

/// <summary>All weeks of entities of one slice.</summary>
internal sealed unsafe class GridRun : SliceRun
{
    // A batch's arrays, some dozen of eight bytes a cell, stay in a core's second-level cache.
    private const int BatchCellsMax = 4096;
    private const int BatchEventsMax = 8192;

    // Of tile arrays no event is read; only their numbers must fit 32 bits.
    private const int RecalledEventsMax = 1 << 30;

    private readonly SliceData _data;
    private readonly SliceBinding _binding;
    private readonly WeekRange _weeks;
    private readonly WeekGeometry _geometry;
    private readonly EntityKeys _keys;
    private readonly int[] _entities;
    private readonly long[] _events;
    private readonly Func<int, (long Events, long Values)> _cost;
    private readonly List<BlockBuffers> _blocks = [];
    private readonly List<(int Block, int From, int To)> _tasks = [];
    private readonly TileTable? _tiles;
    private readonly bool _isRecalled;

    /// <summary>Cuts the work.</summary>
    public GridRun(Plan plan, SliceId slice, WeekRange weeks, EntityKeys? keys, TileTable? tiles = null)
        : this(plan, plan.Snapshot.Slice(slice), weeks, keys, tiles)
    {
    }

    private GridRun(Plan plan, SliceData data, WeekRange weeks, EntityKeys? keys, TileTable? tiles)
        : base(plan, (keys ?? data.Keys).Count, weeks)
    {
        _data = data;
        _tiles = tiles;
        _isRecalled = tiles is { IsGiven: true };
        _binding = _isRecalled ? SliceBinding.OfCells(plan) : SliceBinding.Of(plan, _data);
        _weeks = weeks;
        _geometry = plan.Lay(weeks.First, weeks.Last - weeks.First + 1);
        _keys = keys ?? _data.Keys;
        _entities = [.. Enumerable.Range(0, _keys.Count).Select(i => keys is null ? i : Math.Max(-1, _data.Keys.BinarySearch(keys[i])))];
        _events = Events(plan, _data, _entities);
        EventCount = _isRecalled ? 0 : _events.Sum();
        _cost = entity => (_events[entity], _geometry.Count);
        for (var from = 0; from < _entities.Length; from += EntitiesPerBlock)
        {
            Cut(from, Math.Min(from + EntitiesPerBlock, _entities.Length));
        }
    }

    /// <inheritdoc/>
    public override int TaskCount => _tasks.Count;

    /// <inheritdoc/>
    public override long RowCount => (long)_entities.Length * _weeks.Count;

    /// <inheritdoc/>
    public override long EventCount { get; }

    internal override IReadOnlyList<BlockBuffers> Blocks => _blocks;

    private protected override void Run(int task, CancellationToken cancellation) =>
        InWorkspace(workspace => RunTask(task, workspace, cancellation));

    private void RunTask(int task, Workspace workspace, CancellationToken cancellation)
    {
        var (block, from, to) = _tasks[task];
        using var input = new SliceInput(Plan, _data, _binding, _isRecalled);
        while (from < to)
        {
            cancellation.ThrowIfCancellationRequested();
            var end = TaskCut.End(from, to, _cost, _isRecalled ? RecalledEventsMax : BatchEventsMax, BatchCellsMax);
            Compute(workspace, input, _blocks[block], from, end, cancellation);
            from = end;
        }
    }

    internal override StringTable? TextsOf(int column) =>
        Plan.Computes(column) ? _binding.Cells.Texts[Plan.Program.OutputSlots[column]] : base.TextsOf(column);

    private protected override FeatureBlock Finish(BlockBuffers block) => block.Finish(
        row => KeyOf(_keys, block.FirstRow + row, block.FirstRow), _keys.Type, column => block.Columns[column].Finish(TextsOf(column)));

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

        workspace.Compute(input, _geometry, map, block, cancellation, _tiles is null ? null : TilesOf(Plan, _tiles, from));
    }

    // A method of its own: what it captures is allocated where it is called.
    private static BatchTiles[] TilesOf(Plan plan, TileTable tiles, int entity) => [.. plan.Tiles.Sources.Select(source => new BatchTiles(tiles, source, entity))];

    private void Cut(int from, int to)
    {
        _blocks.Add(new BlockBuffers(Plan, from * _weeks.Count, (to - from) * _weeks.Count, keepsErrors: _isRecalled));
        var values = (long)_geometry.Count * Plan.Program.CellWeight;
        while (from < to)
        {
            var end = TaskCut.End(from, to, entity => (_events[entity], values), _isRecalled ? RecalledEventsMax : TaskCut.EventsMax, TaskCut.ValuesMax);
            _tasks.Add((_blocks.Count - 1, from, end));
            from = end;
        }
    }

    /// <summary>Number of events of each entity that a plan's sources have.</summary>
    private static long[] Events(Plan plan, SliceData data, int[] entities)
    {
        var events = new long[entities.Length];
        foreach (var source in plan.Program.Sources)
        {
            var offsets = data.Source(source.Source).Offsets;
            for (var i = 0; i < entities.Length; i++)
            {
                events[i] += entities[i] < 0 ? 0 : offsets[entities[i] + 1] - offsets[entities[i]];
            }
        }

        return events;
    }
}
