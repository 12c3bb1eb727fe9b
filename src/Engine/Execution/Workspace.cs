using FeatureService.Core.Columns;
using FeatureService.Engine.Expressions;
using FeatureService.Engine.Kernels;
using FeatureService.Engine.Planning;
using FeatureService.Engine.Snapshots;

namespace FeatureService.Engine.Execution;

/// <summary>What one thread needs to compute batches of a plan; kept between tasks.</summary>
internal sealed unsafe class Workspace : IDisposable
{
    private readonly Plan _plan;
    private readonly Arena _rows = new();
    private readonly Arena _tiles = new();
    private readonly Arena _cells = new();
    private readonly SourceRun[] _sources;
    private readonly Lanes[] _aggregates;
    private readonly Frame _frame;
    private StatusTable? _table;

    private Workspace(Plan plan)
    {
        _plan = plan;
        var weeks = new WeekFinder(plan.Snapshot.Catalog.Calendar);
        _sources = [.. plan.Program.Sources.Select(source => new SourceRun(source, weeks, _rows, _tiles, _cells))];
        _aggregates = new Lanes[plan.Program.AggregateCount];
        _frame = new Frame(plan.Program.Cells.SlotCount, _cells);
    }

    /// <summary>The batch to compute; the caller fills it.</summary>
    public Batch Batch { get; } = new();

    /// <summary>Memory that is given back when the next batch begins.</summary>
    public Arena Memory => _cells;

    /// <summary>A workspace of a plan, used before or new.</summary>
    public static Workspace Rent(Plan plan) => plan.Workspaces.TryPop(out var kept) ? (Workspace)kept : new Workspace(plan);

    /// <summary>Keeps the workspace for the next task.</summary>
    public void Return() => _plan.Workspaces.Push(this);

    /// <summary>Begins a batch without stretches.</summary>
    public void Begin()
    {
        _cells.Reset();
        _tiles.Reset();
        Batch.Clear();
    }

    /// <summary>Computes the batch and writes its rows.</summary>
    /// <param name="slice">The slice's events.</param>
    /// <param name="geometry">The weeks.</param>
    /// <param name="map">The rows that the cells are.</param>
    /// <param name="block">Where they go.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <param name="tiles">By source of the plan its tile arrays; null where none are read or kept.</param>
    public void Compute(
        SliceInput slice, WeekGeometry geometry, in RowMap map, BlockBuffers block, CancellationToken cancellation, BatchTiles[]? tiles = null)
    {
        for (var i = 0; i < _sources.Length; i++)
        {
            if (slice.IsRecalled)
            {
                _sources[i].Recall(Batch, geometry, geometry.Reaches[i], tiles![i], _aggregates, cancellation);
                continue;
            }

            _sources[i].Compute(
                Batch, geometry, geometry.Reaches[i], slice.Sources[i], slice.SourceBindings[i], tiles?[i], _aggregates, cancellation);
        }

        _frame.Count = Batch.CellCount;
        _frame.Binding = slice.CellBinding;
        foreach (var input in _plan.Program.Cells.Inputs)
        {
            _frame.Slots[input.Slot] = input.Kind == ProgramInputKind.Aggregate ? _aggregates[input.Index] : Weeks(geometry);
        }

        _plan.Program.Cells.Run(_frame);
        var exists = block.Population is null ? null : WritePopulation(geometry, map, block);
        for (var i = 0; i < block.Columns.Length; i++)
        {
            if (_plan.Computes(i))
            {
                Write(i, geometry, exists, map, block);
            }
        }

        WriteRows(slice.Data, geometry, map, block);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _rows.Dispose();
        _tiles.Dispose();
        _cells.Dispose();
    }

    /// <summary>Which rows exist. One whose population is in error does, so that its error can be told.</summary>
    /// <returns>One bit a cell whose row exists.</returns>
    private ulong* WritePopulation(WeekGeometry geometry, in RowMap map, BlockBuffers block)
    {
        var lanes = _frame.Slots[_plan.Program.PopulationSlot];
        var bits = _cells.Take<ulong>(BitWords.Count(Batch.CellCount));
        for (var word = 0; word < BitWords.Count(Batch.CellCount); word++)
        {
            bits[word] = (lanes.Word(word) & lanes.ValidWord(word)) | lanes.ErrorWord(word);
        }

        OutputWriter.Write(Lanes.Of(bits), ColumnType.Bool, Batch.CellCount, map, block.Population!, _cells);
        if (lanes.Errors != null && BitWords.Any(lanes.Errors, Batch.CellCount))
        {
            AddErrors(lanes, block.Columns.Length, _plan.Population!.Name, geometry, map, block);
        }

        return bits;
    }

    private void Write(int column, WeekGeometry geometry, ulong* exists, in RowMap map, BlockBuffers block)
    {
        var slot = _plan.Program.OutputSlots[column];
        var lanes = _frame.Slots.AsTheyAre(slot);
        if (geometry.Mature[column] is { } mature && Array.IndexOf(mature, false) >= 0)
        {
            var bits = MatureCells(mature);
            lanes.Valid = _frame.Both(lanes.Valid, bits);
            lanes.Errors = lanes.Errors == null ? null : _frame.Both(lanes.Errors, bits);
        }

        if (lanes.Errors != null && BitWords.Any(lanes.Errors, Batch.CellCount))
        {
            lanes.Errors = _frame.Both(lanes.Errors, exists);
            AddErrors(lanes, column, _plan.Columns[column].Name, geometry, map, block);
        }

        OutputWriter.Write(lanes, _plan.Program.Cells.TypeOf(slot), Batch.CellCount, map, block.Columns[column], _cells);
    }

    private ulong* MatureCells(bool[] mature)
    {
        var bits = _cells.TakeCleared<ulong>(BitWords.Count(Batch.CellCount));
        for (var stretch = 0; stretch < Batch.Count; stretch++)
        {
            for (var week = 0; week < Batch.WeekCounts[stretch]; week++)
            {
                if (mature[Batch.FirstWeeks[stretch] + week])
                {
                    BitWords.Set(bits, Batch.CellStarts[stretch] + week);
                }
            }
        }

        return bits;
    }

    private Lanes Weeks(WeekGeometry geometry)
    {
        var days = _cells.Take<long>(Batch.CellCount);
        for (var stretch = 0; stretch < Batch.Count; stretch++)
        {
            for (var week = 0; week < Batch.WeekCounts[stretch]; week++)
            {
                days[Batch.CellStarts[stretch] + week] = geometry.FirstDays[Batch.FirstWeeks[stretch] + week];
            }
        }

        return Lanes.Of(days);
    }

    private void AddErrors(Lanes lanes, int column, string name, WeekGeometry geometry, in RowMap map, BlockBuffers block)
    {
        var calendar = _plan.Snapshot.Catalog.Calendar;
        for (var i = 0; i < map.Count; i++)
        {
            var cell = map.Cells == null ? i : map.Cells[i];
            if (BitWords.Get(lanes.Errors, cell))
            {
                var week = geometry.First + WeekOf(cell);
                block.Errors.Add(map.Rows == null ? map.FirstRow + i : map.Rows[i], column, name, week, calendar.Format(week));
            }
        }
    }

    private int WeekOf(int cell)
    {
        var stretch = Batch.CellStarts.BinarySearch(cell);
        stretch = stretch < 0 ? ~stretch - 1 : stretch;
        return Batch.FirstWeeks[stretch] + cell - Batch.CellStarts[stretch];
    }

    /// <summary>Weeks and statuses of the rows; in place where the cells are the rows.</summary>
    private void WriteRows(SliceData data, WeekGeometry geometry, in RowMap map, BlockBuffers block)
    {
        if (_table?.Geometry != geometry)
        {
            _table = new StatusTable(geometry);
        }

        var isPlain = map.Cells == null && map.Rows == null;
        var days = isPlain ? (int*)block.Weeks.Data + map.FirstRow : _cells.Take<int>(Batch.CellCount);
        var statuses = isPlain ? (int*)block.Statuses.Data + map.FirstRow : _cells.Take<int>(Batch.CellCount);
        for (var stretch = 0; stretch < Batch.Count; stretch++)
        {
            var entity = Batch.Entities[stretch];
            var firstSeen = entity < 0 ? SourceEvents.Never : data.FirstCutoffs[entity];
            var (cell, week, count) = (Batch.CellStarts[stretch], Batch.FirstWeeks[stretch], Batch.WeekCounts[stretch]);
            var before = (int)Math.Clamp((long)firstSeen - geometry.First - week, 0, count);
            geometry.FirstDays.AsSpan(week, count).CopyTo(new Span<int>(days + cell, count));
            _table.Before.AsSpan(week, before).CopyTo(new Span<int>(statuses + cell, before));
            _table.WithHistory.AsSpan(week + before, count - before).CopyTo(new Span<int>(statuses + cell + before, count - before));
        }

        if (isPlain)
        {
            return;
        }

        var weekColumn = (int*)block.Weeks.Data;
        var statusColumn = (int*)block.Statuses.Data;
        for (var i = 0; i < map.Count; i++)
        {
            var cell = map.Cells == null ? i : map.Cells[i];
            var row = map.Rows == null ? map.FirstRow + i : map.Rows[i];
            weekColumn[row] = days[cell];
            statusColumn[row] = statuses[cell];
        }
    }
}
