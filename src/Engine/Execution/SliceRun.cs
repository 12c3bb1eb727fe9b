using System.Runtime.InteropServices;
using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;
using FeatureService.Core.Keys;
using FeatureService.Engine.Expressions;
using FeatureService.Engine.Planning;

namespace FeatureService.Engine.Execution;

/// <summary>Some of a run's rows: consecutive weeks of consecutive entities.</summary>
/// <param name="FirstEntity">The first entity, counted among the run's.</param>
/// <param name="EntityCount">Number of entities.</param>
/// <param name="FirstWeek">The first week, counted among the run's.</param>
/// <param name="WeekCount">Number of weeks.</param>
public readonly record struct RowPatch(int FirstEntity, int EntityCount, int FirstWeek, int WeekCount)
{
    /// <summary>Number of rows.</summary>
    public int RowCount => EntityCount * WeekCount;
}

/// <summary>Consecutive weeks of a run, and which columns are computed for them.</summary>
/// <param name="Plan">The plan of these columns.</param>
/// <param name="FirstWeek">The first week, counted among the run's.</param>
/// <param name="WeekCount">Number of weeks.</param>
/// <param name="Tiles">
/// Tile arrays of the run's entities: given ones are read in place of events, and the plan's columns must be such as can be made of them
/// (<see cref="Plan.TiledOn"/>); others are worked out on the way. Null for none.
/// </param>
public readonly record struct WeekPart(Plan Plan, int FirstWeek, int WeekCount, TileTable? Tiles = null);

/// <summary>
/// A run over all weeks of a slice's entities, of whose columns some may come from elsewhere: what it does not compute is put into it,
/// at any time before it is completed; what it has computed may be taken out of it. Rows that a population leaves out are still there.
/// </summary>
public abstract unsafe class SliceRun : RowsRun
{
    private readonly TextUnion?[] _texts;

    private protected SliceRun(Plan plan, int entityCount, WeekRange weeks)
        : base(plan)
    {
        EntityCount = entityCount;
        Weeks = weeks;
        EntitiesPerBlock = Math.Max(1, TaskCut.BlockRowsMax / weeks.Count);
        _texts = [.. plan.Columns.Select(column => column.OutputType == ColumnType.String ? new TextUnion() : null)];
    }

    /// <summary>Number of entities.</summary>
    public int EntityCount { get; }

    /// <summary>The weeks.</summary>
    public WeekRange Weeks { get; }

    private protected int EntitiesPerBlock { get; }

    /// <summary>Puts values of a column that the run does not compute for these weeks. Safe from any thread, each row once.</summary>
    /// <param name="column">Index of the column.</param>
    /// <param name="patch">The rows.</param>
    /// <param name="values">Their values, entity by entity, of the column's output type; strings are coded.</param>
    /// <exception cref="ArgumentException">The values are of another number or type.</exception>
    public void Put(int column, RowPatch patch, Column values)
    {
        if (values.Length != patch.RowCount || values.Type != Plan.Columns[column].OutputType || (values.Type == ColumnType.String && values.Dictionary is null))
        {
            throw new ArgumentException($"{values.Length} values of {values.Type.Name()} for {patch.RowCount} rows", nameof(values));
        }

        var codes = values.Dictionary is { } dictionary ? _texts[column]!.Recode(values, dictionary) : null;
        var width = Blocks.Count == 0 ? 0 : Blocks[0].Columns[column].Width;
        fixed (byte* data = codes is null ? values.Data.Span : MemoryMarshal.AsBytes<int>(codes))
        fixed (byte* valid = values.Validity.Span)
        {
            for (var i = 0; i < patch.EntityCount; i++)
            {
                var (block, row) = PlaceOf(patch.FirstEntity + i, patch.FirstWeek);
                var first = i * patch.WeekCount;
                block.Columns[column].Put(row, patch.WeekCount, data + ((long)first * width), values.NullCount == 0 ? null : (ulong*)valid, first);
            }
        }
    }

    /// <summary>Copies values of a column that the run has computed, all of its tasks being done and none of its blocks taken.</summary>
    /// <param name="column">Index of the column.</param>
    /// <param name="patch">The rows.</param>
    /// <returns>Their values, entity by entity; strings are coded.</returns>
    public Column Take(int column, RowPatch patch)
    {
        var width = Blocks[0].Columns[column].Width;
        var data = GC.AllocateUninitializedArray<byte>(patch.RowCount * width);
        // A whole word behind the last bit: bits are written by words.
        var valid = new ulong[BitWords.Count(patch.RowCount) + 1];
        fixed (byte* target = data)
        fixed (ulong* bits = valid)
        {
            for (var i = 0; i < patch.EntityCount; i++)
            {
                var (block, row) = PlaceOf(patch.FirstEntity + i, patch.FirstWeek);
                var (source, bytes, first) = (block.Columns[column], (long)patch.WeekCount * width, (long)i * patch.WeekCount);
                Buffer.MemoryCopy(source.Data + ((long)row * width), target + (first * width), bytes, bytes);
                BitWords.Copy((byte*)source.Validity, row, bits, first, patch.WeekCount);
            }
        }

        var bytesOfBits = MemoryMarshal.AsBytes<ulong>(valid)[..Bitmap.Bytes(patch.RowCount)].ToArray();
        var nulls = patch.RowCount - Bitmap.CountOnes(bytesOfBits, 0, patch.RowCount);
        return new Column
        {
            Type = Plan.Columns[column].OutputType,
            Length = patch.RowCount,
            NullCount = nulls,
            Validity = nulls == 0 ? default : bytesOfBits,
            Data = data,
            Dictionary = TextsOf(column),
        };
    }

    /// <summary>Whether a column has a cell in error, all tasks being done.</summary>
    /// <param name="column">Index of the column.</param>
    public bool HasErrors(int column)
    {
        foreach (var block in Blocks)
        {
            if (block.Errors.Has(column))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The texts of a column's codes; null of columns that are not strings.</summary>
    internal virtual StringTable? TextsOf(int column) => _texts[column]?.Table;

    /// <summary>The entity of a row.</summary>
    /// <param name="keys">The run's entities.</param>
    /// <param name="row">The row, counted over all blocks.</param>
    /// <param name="firstRow">The first row of its block.</param>
    private protected KeyRun KeyOf(EntityKeys keys, int row, int firstRow)
    {
        var entity = row / Weeks.Count;
        return new KeyRun(keys[entity], ((entity + 1) * Weeks.Count) - firstRow);
    }

    /// <summary>Where a row lies.</summary>
    internal (BlockBuffers Block, int Row) PlaceOf(int entity, int week)
    {
        var block = Blocks[entity / EntitiesPerBlock];
        return (block, (entity * Weeks.Count) + week - block.FirstRow);
    }
}
