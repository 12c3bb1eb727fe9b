using FeatureService.Core.Columns;
using FeatureService.Core.Keys;
using FeatureService.Engine.Planning;
using FeatureService.Engine.Snapshots;

namespace FeatureService.Engine.Execution;

/// <summary>Rows in any order. Rows of one entity whose weeks are near each other are computed together.</summary>
internal sealed unsafe class ListRun : RowsRun
{
    // Cells that are no rows cost less than scanning an entity's events once more.
    private const int GapWeeksMax = 16;
    private const int BatchCellsMax = 2048;
    private const int BatchEventsMax = 8192;

    private readonly IReadOnlyList<EntityKey> _keys;
    private readonly IReadOnlyList<int> _weeks;
    private readonly WeekGeometry? _geometry;
    private readonly BlockBuffers _block;
    private readonly List<ListSlice> _slices = [];
    private readonly List<Stretch> _stretches = [];
    private readonly List<(int From, int To)> _tasks = [];
    private readonly int[] _rows;
    private readonly int[] _sliceOfRow;
    private readonly Func<int, (long Events, long Values)> _cost;

    /// <summary>Cuts the work.</summary>
    public ListRun(Plan plan, IReadOnlyList<EntityKey> keys, IReadOnlyList<int> weeks)
        : base(plan)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(weeks.Count, keys.Count);
        (_keys, _weeks) = (keys, weeks);
        _cost = i => (_stretches[i].Events, _stretches[i].WeekCount);
        _block = new BlockBuffers(plan, 0, keys.Count);
        _sliceOfRow = new int[keys.Count];
        if (keys.Count == 0)
        {
            _rows = [];
            return;
        }

        var (first, last) = (weeks.Min(), weeks.Max());
        _geometry = plan.Lay(first, last - first + 1);
        ulong[] hashes = [.. keys.Select(key => key.Hash)];
        var slices = Array.ConvertAll(hashes, plan.Snapshot.Placement.SliceOf);
        _rows = RowOrder.Sort(hashes, weeks.Select(week => week - first).ToArray());
        for (var from = 0; from < _rows.Length;)
        {
            from = AddSlice(slices, from);
        }

        EventCount = _stretches.Sum(stretch => stretch.Events);
        CutTasks();
    }

    /// <inheritdoc/>
    public override int TaskCount => _tasks.Count;

    /// <inheritdoc/>
    public override long RowCount => _rows.Length;

    /// <inheritdoc/>
    public override long EventCount { get; }

    internal override IReadOnlyList<BlockBuffers> Blocks => [_block];

    private protected override void Run(int task, CancellationToken cancellation) =>
        InWorkspace(workspace => RunTask(task, workspace, cancellation));

    private void RunTask(int task, Workspace workspace, CancellationToken cancellation)
    {
        var (from, to) = _tasks[task];
        var slice = _slices[_stretches[from].Slice];
        using var input = new SliceInput(Plan, slice.Data, slice.Binding);
        while (from < to)
        {
            cancellation.ThrowIfCancellationRequested();
            var end = TaskCut.End(from, to, _cost, BatchEventsMax, BatchCellsMax);
            Compute(workspace, input, from, end, cancellation);
            from = end;
        }
    }

    private protected override FeatureBlock Finish(BlockBuffers block) => block.Finish(
        row => new KeyRun(_keys[row], row + 1),
        Plan.Snapshot.Catalog.EntityType,
        column => block.Columns[column].Type == ColumnType.String ? Strings(block, column) : block.Columns[column].Finish(null));

    private Column Strings(BlockBuffers block, int column)
    {
        var buffer = block.Columns[column];
        return PlainStrings.Of(block.RowCount, row => buffer.IsValid(row)
            ? _slices[_sliceOfRow[row]].Binding.Cells.Texts[Plan.Program.OutputSlots[column]]![((int*)buffer.Data)[row]].ToArray()
            : null);
    }

    private void Compute(Workspace workspace, SliceInput input, int from, int to, CancellationToken cancellation)
    {
        workspace.Begin();
        var rows = 0;
        for (var i = from; i < to; i++)
        {
            workspace.Batch.Add(_stretches[i].Entity, _stretches[i].FirstWeek, _stretches[i].WeekCount);
            rows += _stretches[i].RowCount;
        }

        var map = new RowMap { Count = rows, Cells = workspace.Memory.Take<int>(rows), Rows = workspace.Memory.Take<int>(rows) };
        var at = 0;
        for (var i = from; i < to; i++)
        {
            var shift = workspace.Batch.CellStarts[i - from] - _stretches[i].FirstWeek - _geometry!.First;
            for (var row = _stretches[i].FirstRow; row < _stretches[i].FirstRow + _stretches[i].RowCount; row++, at++)
            {
                map.Rows[at] = _rows[row];
                map.Cells[at] = _weeks[_rows[row]] + shift;
            }
        }

        workspace.Compute(input, _geometry!, map, _block, cancellation);
    }

    /// <summary>The stretches of the rows of one slice.</summary>
    private int AddSlice(SliceId[] slices, int from)
    {
        var id = slices[_rows[from]];
        var data = Plan.Snapshot.Slice(id);
        _slices.Add(new ListSlice(data, SliceBinding.Of(Plan, data)));
        for (; from < _rows.Length && slices[_rows[from]] == id;)
        {
            var key = _keys[_rows[from]];
            var entity = Math.Max(-1, data.Keys.BinarySearch(key));
            var start = from;
            for (; from < _rows.Length && (from == start || Continues(from, key)); from++)
            {
                _sliceOfRow[_rows[from]] = _slices.Count - 1;
            }

            var firstWeek = _weeks[_rows[start]];
            _stretches.Add(new Stretch(
                _slices.Count - 1,
                entity,
                firstWeek - _geometry!.First,
                _weeks[_rows[from - 1]] - firstWeek + 1,
                start,
                from - start,
                Events(data, entity)));
        }

        return from;
    }

    private bool Continues(int row, EntityKey key) =>
        _keys[_rows[row]] == key && _weeks[_rows[row]] - _weeks[_rows[row - 1]] <= GapWeeksMax;

    private long Events(SliceData data, int entity) => entity < 0 ? 0 : Plan.Program.Sources.Sum(source =>
        (long)data.Source(source.Source).Offsets[entity + 1] - data.Source(source.Source).Offsets[entity]);

    private void CutTasks()
    {
        for (var from = 0; from < _stretches.Count;)
        {
            var slice = _stretches[from].Slice;
            var last = _stretches.FindIndex(from, stretch => stretch.Slice != slice);
            var end = TaskCut.End(
                from,
                last < 0 ? _stretches.Count : last,
                i => (_stretches[i].Events, (long)_stretches[i].WeekCount * Plan.Program.CellWeight),
                TaskCut.EventsMax,
                TaskCut.ValuesMax);
            _tasks.Add((from, end));
            from = end;
        }
    }

    private sealed record ListSlice(SliceData Data, SliceBinding Binding);

    /// <summary>Weeks of one entity, without a large gap.</summary>
    private readonly record struct Stretch(int Slice, int Entity, int FirstWeek, int WeekCount, int FirstRow, int RowCount, long Events);
}
