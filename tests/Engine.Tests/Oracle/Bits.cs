using System.Text;
using FeatureService.Core.Columns;
using FeatureService.Engine.Reference;

namespace FeatureService.Engine.Tests.Oracle;

/// <summary>Values as text that differs where any bit differs.</summary>
internal static class Bits
{
    /// <summary>Stands for a cell that has no value because of an overflow.</summary>
    public static Overflow OverflowMark { get; } = new("");

    /// <summary>The bits of a value.</summary>
    /// <param name="value">As <see cref="ReferenceEntity.Value"/> gives it.</param>
    public static string Of(object? value) => value switch
    {
        null => "null",
        Overflow => "overflow",
        double number => $"{BitConverter.DoubleToInt64Bits(number):x16} {number:R}",
        float number => $"{BitConverter.SingleToInt32Bits(number):x8} {number:R}",
        string text => $"'{text}'",
        _ => $"{value.GetType().Name} {value}",
    };

    /// <summary>The values of a column, whose form is checked: zero bytes under nulls, no validity without nulls.</summary>
    public static object?[] Column(Column column, int rowCount)
    {
        Assert.Equal(rowCount, column.Length);
        Assert.Equal(column.NullCount == 0, column.Validity.IsEmpty);
        var values = new object?[rowCount];
        for (var row = 0; row < rowCount; row++)
        {
            var value = Value(column, row);
            if (column.IsValid(row))
            {
                values[row] = value;
            }
            else
            {
                Assert.True(column.Type == ColumnType.String || Convert.ToDouble(value, null) == 0, "a null has zero bytes");
            }
        }

        Assert.Equal(values.Count(value => value is null), column.NullCount);
        return values;
    }

    private static object Value(Column column, int row) => column.Type switch
    {
        ColumnType.Bool => column.Values<byte>()[row] switch
        {
            0 => false,
            1 => true,
            var other => throw new InvalidOperationException($"a bool is {other}"),
        },
        ColumnType.Int64 or ColumnType.Timestamp => column.Values<long>()[row],
        ColumnType.Float64 => column.Values<double>()[row],
        ColumnType.Float32 => column.Values<float>()[row],
        ColumnType.Date => column.Values<int>()[row],
        _ => column.IsValid(row) ? Encoding.UTF8.GetString(column.Utf8(row)) : "",
    };
}
