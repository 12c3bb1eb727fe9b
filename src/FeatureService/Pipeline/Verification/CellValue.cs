using System.Text;
using FeatureService.Core.Columns;
using FeatureService.Engine.Reference;

namespace FeatureService.Pipeline.Verification;

/// <summary>Compares a cell with what the naive evaluator says, bit for bit.</summary>
internal static class CellValue
{
    /// <summary>Whether a cell has a value's bits.</summary>
    /// <param name="column">The column.</param>
    /// <param name="row">The row.</param>
    /// <param name="expected">The value, of the column's type; a cell that overflowed has none.</param>
    public static bool HasBitsOf(Column column, int row, object? expected) => column.IsValid(row)
        ? Bits(column, row) is var bits && expected switch
        {
            null or Overflow => false,
            bool truth => bits == (truth ? 1 : 0),
            long number => bits == number,
            int day => bits == day,
            double number => bits == BitConverter.DoubleToInt64Bits(number),
            float number => bits == BitConverter.SingleToInt32Bits(number),
            string text => column.Utf8(row).SequenceEqual(Encoding.UTF8.GetBytes(text)),
            _ => false,
        }
        : expected is null or Overflow;

    /// <summary>A cell for a log line.</summary>
    public static string Text(Column column, int row) => !column.IsValid(row) ? "null"
        : column.Type == ColumnType.String ? $"'{Encoding.UTF8.GetString(column.Utf8(row))}'"
        : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"bits {Bits(column, row):x}");

    /// <summary>An expected value for a log line.</summary>
    public static string Text(object? expected) => expected switch
    {
        null => "null",
        Overflow overflow => $"an overflow of {overflow.Operation}",
        string text => $"'{text}'",
        double number => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"bits {BitConverter.DoubleToInt64Bits(number):x}"),
        float number => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"bits {BitConverter.SingleToInt32Bits(number):x}"),
        bool truth => truth ? "bits 1" : "bits 0",
        _ => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"bits {Convert.ToInt64(expected, System.Globalization.CultureInfo.InvariantCulture):x}"),
    };

    private static long Bits(Column column, int row) => column.Type switch
    {
        ColumnType.Bool => column.Values<byte>()[row],
        ColumnType.Float32 => BitConverter.SingleToInt32Bits(column.Values<float>()[row]),
        ColumnType.Float64 => BitConverter.DoubleToInt64Bits(column.Values<double>()[row]),
        ColumnType.Date => column.Values<int>()[row],
        ColumnType.String => 0,
        _ => column.Values<long>()[row],
    };
}
