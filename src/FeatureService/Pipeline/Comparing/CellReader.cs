using System.Globalization;
using System.Text;
using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;

namespace FeatureService.Pipeline.Comparing;

/// <summary>Cells of a column as values that compare and as text.</summary>
internal static class CellReader
{
    /// <summary>Whether two cells have the same value; numbers of different types are compared as float64.</summary>
    public static bool AreSame(Column a, Column b, int row)
    {
        if (!a.IsValid(row) || !b.IsValid(row))
        {
            return a.IsValid(row) == b.IsValid(row);
        }

        if (a.Type == ColumnType.String || b.Type == ColumnType.String)
        {
            return a.Type == b.Type && a.Utf8(row).SequenceEqual(b.Utf8(row));
        }

        // float.Equals and double.Equals take NaN as equal to itself, as the language does.
        return a.Type == b.Type && a.Type is not (ColumnType.Float32 or ColumnType.Float64)
            ? Integer(a, row) == Integer(b, row)
            : Number(a, row).Equals(Number(b, row));
    }

    /// <summary>A bool, number, date or timestamp as float64, for means.</summary>
    public static double Number(Column column, int row) => column.Type switch
    {
        ColumnType.Float32 => column.Values<float>()[row],
        ColumnType.Float64 => column.Values<double>()[row],
        _ => Integer(column, row),
    };

    /// <summary>A key that orders as the values do: NaN above every number.</summary>
    public static long OrderOf(Column column, int row) => column.Type switch
    {
        ColumnType.Float32 or ColumnType.Float64 => OrderOf(Number(column, row)),
        _ => Integer(column, row),
    };

    /// <summary>A value as datasets write it.</summary>
    public static string Text(Column column, int row) => column.Type switch
    {
        ColumnType.String => Encoding.UTF8.GetString(column.Utf8(row)),
        ColumnType.Bool => column.Values<byte>()[row] != 0 ? "true" : "false",
        ColumnType.Float32 => column.Values<float>()[row].ToString("R", CultureInfo.InvariantCulture),
        ColumnType.Float64 => column.Values<double>()[row].ToString("R", CultureInfo.InvariantCulture),
        ColumnType.Date => WeekCalendar.Date(column.Values<int>()[row]).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        ColumnType.Timestamp => Instants.Format(column.Values<long>()[row]),
        _ => Integer(column, row).ToString(CultureInfo.InvariantCulture),
    };

    private static long OrderOf(double value)
    {
        var bits = BitConverter.DoubleToInt64Bits(double.IsNaN(value) ? double.NaN : value);
        bits = double.IsNaN(value) ? 0x7FF8_0000_0000_0000 : bits;
        return bits ^ (bits >> 63 & long.MaxValue);
    }

    private static long Integer(Column column, int row) => column.Type switch
    {
        ColumnType.Bool => column.Values<byte>()[row],
        ColumnType.Date => column.Values<int>()[row],
        _ => column.Values<long>()[row],
    };
}
