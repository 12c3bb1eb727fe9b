using System.Runtime.Intrinsics;
using FeatureService.Core.Columns;
using FeatureService.Engine.Expressions;
using FeatureService.Engine.Kernels;
using FeatureService.Engine.Planning;

namespace FeatureService.Engine.Execution;

/// <summary>The values of a slot in the form that a kernel wants.</summary>
internal static unsafe class PackedValues
{
    /// <summary>The values of all events, in place where the form allows.</summary>
    public static void* Whole(Frame frame, int slot, ValueForm form, ColumnType type)
    {
        var source = frame.Slots[slot];
        if (source.Mask != 0 && type != ColumnType.Bool && (form == ValueForm.Float) == (type == ColumnType.Float64))
        {
            return source.Data;
        }

        var target = frame.Take<long>();
        for (nint i = 0; i < frame.Count; i++)
        {
            target[i] = Value(source, form, type, i);
        }

        return target;
    }

    /// <summary>The values of some events.</summary>
    public static void Gather(Lanes source, ValueForm form, ColumnType type, int* rows, int count, int first, long* target)
    {
        if (type != ColumnType.Bool && (form == ValueForm.Float) == (type == ColumnType.Float64))
        {
            for (var i = 0; i < count; i++)
            {
                target[i] = source.Long(rows[i] - first);
            }

            return;
        }

        for (var i = 0; i < count; i++)
        {
            target[i] = Value(source, form, type, rows[i] - first);
        }
    }

    /// <summary>The float64 of eight keys.</summary>
    public static Vector512<double> FloatOf(Vector512<long> keys) => (keys ^ ((keys >> 63) & Vector512.Create(long.MaxValue))).AsDouble();

    private static long Value(Lanes source, ValueForm form, ColumnType type, nint row)
    {
        if (type == ColumnType.Float64)
        {
            return form == ValueForm.Key ? FloatKeys.Of(source.Double(row)) : source.Long(row);
        }

        var integer = type == ColumnType.Bool ? (long)(source.Word(row >> 6) >> (int)(row & 63) & 1) : source.Long(row);
        return form == ValueForm.Float ? BitConverter.DoubleToInt64Bits(integer) : integer;
    }
}
