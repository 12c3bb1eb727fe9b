using FeatureService.Core.Columns;
using FeatureService.Core.Keys;
using FeatureService.Engine.Planning;

namespace FeatureService.Engine.Execution;

/// <summary>The memory of a block while tasks fill it.</summary>
internal sealed unsafe class BlockBuffers
{
    private readonly BlockMemory _memory = new();

    /// <summary>Takes memory for so many rows of a plan's columns.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="firstRow">The block's first row, counted over all blocks of a run.</param>
    /// <param name="rowCount">Number of rows.</param>
    /// <param name="keepsErrors">Whether all cells in error are kept, as others decide which rows exist.</param>
    public BlockBuffers(Plan plan, int firstRow, int rowCount, bool keepsErrors = false)
    {
        Errors = new ErrorList(keepsErrors);
        FirstRow = firstRow;
        RowCount = rowCount;
        Columns = [.. plan.Columns.Select(column => new ColumnBuffer(column.OutputType, rowCount, _memory))];
        Weeks = new ColumnBuffer(ColumnType.Date, rowCount, _memory);
        Statuses = new ColumnBuffer(ColumnType.String, rowCount, _memory);
        Population = plan.Program.PopulationSlot == PlanProgram.NoPopulation ? null : new ColumnBuffer(ColumnType.Bool, rowCount, _memory);
        Weeks.SetValid(0, null, rowCount);
        Statuses.SetValid(0, null, rowCount);
    }

    /// <summary>The block's first row, counted over all blocks of a run.</summary>
    public int FirstRow { get; }

    /// <summary>Number of rows; once finished, of those that exist.</summary>
    public int RowCount { get; private set; }

    /// <summary>The plan's columns.</summary>
    public ColumnBuffer[] Columns { get; }

    /// <summary>First day of each row's week.</summary>
    public ColumnBuffer Weeks { get; }

    /// <summary>Each row's <see cref="RowStatus"/>.</summary>
    public ColumnBuffer Statuses { get; }

    /// <summary>Whether each row exists: a row that is not true there is left out of the finished block. Null where all exist.</summary>
    public ColumnBuffer? Population { get; }

    /// <summary>Cells in error, of rows that exist where the plan has a population.</summary>
    public ErrorList Errors { get; }

    /// <summary>The finished block.</summary>
    /// <param name="keys">The entity of a row.</param>
    /// <param name="type">Type of the keys.</param>
    /// <param name="column">A column, by its index, once all rows are there.</param>
    public FeatureBlock Finish(Func<int, KeyRun> keys, EntityKeyType type, Func<int, Column> column)
    {
        var errors = Errors.First(row => keys(row).Key);
        var kept = Population is null ? null : RowsKept.Of(Population);
        if (kept is not null)
        {
            foreach (var buffer in Columns.Append(Weeks).Append(Statuses))
            {
                kept.Compact(buffer);
            }

            RowCount = kept.Count;
            errors = [.. errors.Select(error => error with { Row = kept.IndexOf(error.Row) })];
        }

        return new FeatureBlock(Return)
        {
            RowCount = RowCount,
            Keys = new KeyBuffers(_memory).Fill(RowCount, type, keys, kept),
            Weeks = Weeks.Finish(null),
            RowStatuses = Statuses.Finish(RowStatuses.Names),
            Columns = [.. Enumerable.Range(0, Columns.Length).Select(column)],
            Errors = errors,
            ErrorCount = Errors.Count,
        };
    }

    /// <summary>Gives the memory back.</summary>
    public void Return() => _memory.Return();
}
