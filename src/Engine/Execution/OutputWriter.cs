using System.Runtime.CompilerServices;
using FeatureService.Core.Columns;
using FeatureService.Engine.Expressions;

namespace FeatureService.Engine.Execution;

/// <summary>Rounds the cells of a batch to a column's output type and puts them into its block.</summary>
internal static unsafe class OutputWriter
{
    private const int BlockLanes = 16;

    /// <summary>Writes a column.</summary>
    /// <param name="lanes">The column's cells.</param>
    /// <param name="type">Their type.</param>
    /// <param name="cellCount">Number of cells.</param>
    /// <param name="map">The rows that they are.</param>
    /// <param name="column">The column of the block.</param>
    /// <param name="arena">Memory for the while.</param>
    public static void Write(Lanes lanes, ColumnType type, int cellCount, in RowMap map, ColumnBuffer column, Arena arena)
    {
        if (lanes.Ints != null && (map.Cells != null || column.Type != ColumnType.Float32))
        {
            lanes = lanes with { Data = SlotValues.Widened(lanes.Ints, cellCount, arena), Ints = null };
        }

        if (map.Cells != null)
        {
            lanes = Pick(lanes, type, map, arena);
        }

        switch (column.Type, type)
        {
            case (ColumnType.Float32, ColumnType.Float64):
                Write<float, FloatToFloat32>(lanes, map, column, arena);
                break;
            case (ColumnType.Float32, ColumnType.Int64) when lanes.Ints != null:
                Write<float, CountToFloat32>(lanes with { Data = lanes.Ints }, map, column, arena);
                break;
            case (ColumnType.Float32, ColumnType.Int64):
                Write<float, IntegerToFloat32>(lanes, map, column, arena);
                break;
            case (ColumnType.Float32, ColumnType.Bool):
                Write<float, BoolToFloat32>(lanes, map, column, arena);
                break;
            case (ColumnType.Float64, ColumnType.Float64):
                Write<double, FloatToFloat64>(lanes, map, column, arena);
                break;
            case (ColumnType.Bool, ColumnType.Bool):
                Write<byte, BoolToByte>(lanes, map, column, arena);
                break;
            case (ColumnType.Date, ColumnType.Date) or (ColumnType.String, ColumnType.String):
                Write<int, IntegerToInt32>(lanes, map, column, arena);
                break;
            case (ColumnType.Int64, ColumnType.Int64) or (ColumnType.Timestamp, ColumnType.Timestamp):
                Write<long, IntegerToInt64>(lanes, map, column, arena);
                break;
            default:
                throw new NotSupportedException($"a column of {type.Name()} as {column.Type.Name()}");
        }
    }

    private static void Write<T, TConverter>(Lanes lanes, in RowMap map, ColumnBuffer column, Arena arena)
        where T : unmanaged
        where TConverter : IOutputConverter<T>
    {
        if (map.Rows == null)
        {
            Convert<T, TConverter>(lanes, map.Count, (T*)column.Data + map.FirstRow);
            column.SetValid(map.FirstRow, lanes.Valid, map.Count);
            return;
        }

        var values = arena.Take<T>(map.Count);
        Convert<T, TConverter>(lanes, map.Count, values);
        for (var i = 0; i < map.Count; i++)
        {
            ((T*)column.Data)[map.Rows[i]] = values[i];
            if (lanes.Valid == null || BitWords.Get(lanes.Valid, i))
            {
                column.SetValid(map.Rows[i]);
            }
        }
    }

    /// <summary>Converts lanes; no byte behind the last value is touched, as it is another task's.</summary>
    private static void Convert<T, TConverter>(Lanes lanes, int count, T* target)
        where T : unmanaged
        where TConverter : IOutputConverter<T>
    {
        var (data, mask, bits) = ((nint)lanes.Data, lanes.Mask, (nint)lanes.Valid);
        nint i = 0;
        for (; i + BlockLanes <= count; i += BlockLanes)
        {
            TConverter.Convert((void*)data, i & mask, (i + 8) & mask, Valid16((ushort*)bits, i), target + i);
        }

        if (i < count)
        {
            var rest = stackalloc T[BlockLanes];
            TConverter.Convert((void*)data, i & mask, (i + 8) & mask, Valid16((ushort*)bits, i), rest);
            Unsafe.CopyBlockUnaligned(target + i, rest, (uint)((count - i) * sizeof(T)));
        }
    }

    private static uint Valid16(ushort* bits, nint index) => bits == null ? 0xFFFFu : bits[index >> 4];

    /// <summary>The cells that are rows, in the order of the rows.</summary>
    private static Lanes Pick(Lanes lanes, ColumnType type, in RowMap map, Arena arena)
    {
        var result = Lanes.Of(type == ColumnType.Bool
            ? arena.TakeCleared<ulong>(BitWords.Count(map.Count))
            : arena.Take<long>(map.Count + BlockLanes));
        if (lanes.Valid != null)
        {
            result.Valid = arena.TakeCleared<ulong>(BitWords.Count(map.Count));
        }

        for (var i = 0; i < map.Count; i++)
        {
            var cell = map.Cells[i];
            if (type != ColumnType.Bool)
            {
                ((long*)result.Data)[i] = lanes.Long(cell);
            }
            else if ((lanes.Word(cell >> 6) >> (cell & 63) & 1) != 0)
            {
                BitWords.Set((ulong*)result.Data, i);
            }

            if (lanes.Valid != null && BitWords.Get(lanes.Valid, cell))
            {
                BitWords.Set(result.Valid, i);
            }
        }

        return result;
    }
}
