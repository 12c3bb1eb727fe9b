using System.Globalization;
using FeatureService.Core.Columns;
using FeatureService.Core.Tables;
using ParquetSharp;
using Column = FeatureService.Core.Columns.Column;

namespace FeatureService.Ingest.Tests.Tables;

/// <summary>Writes Parquet files and shows tables as text.</summary>
internal static class TableRows
{
    /// <summary>Writes a file: columns, each with an array of its values.</summary>
    public static void Write(string path, params object[] columnsAndValues)
    {
        using var writer = new ParquetFileWriter(path, [.. columnsAndValues.OfType<ParquetSharp.Column>()], Compression.Zstd);
        using var rowGroup = writer.AppendRowGroup();
        foreach (var values in columnsAndValues.Where(item => item is not ParquetSharp.Column))
        {
            Values(rowGroup, (dynamic)values);
        }

        writer.Close();
    }

    /// <summary>The rows of a batch, a line each.</summary>
    public static IEnumerable<string> Of(TableBatch batch) =>
        Enumerable.Range(0, batch.RowCount).Select(row => string.Join(" | ", batch.Columns.Select(column => Show(column, row))));

    private static string Show(Column column, int row) => !column.IsValid(row) ? "null" : column.Type switch
    {
        ColumnType.Bool => Text(column.Values<byte>()[row]),
        ColumnType.Date => Text(column.Values<int>()[row]),
        ColumnType.Float32 => Text(column.Values<float>()[row]),
        ColumnType.Float64 => Text(column.Values<double>()[row]),
        ColumnType.String => System.Text.Encoding.UTF8.GetString(column.Utf8(row)),
        _ => Text(column.Values<long>()[row]),
    };

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);

    private static void Values<T>(RowGroupWriter rowGroup, T[] values)
    {
        using var column = rowGroup.NextColumn().LogicalWriter<T>();
        column.WriteBatch(values);
    }
}
