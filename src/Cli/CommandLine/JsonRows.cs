using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using FeatureService.Client.Datasets;
using FeatureService.Client.Transport;
using FeatureService.Core.Columns;

namespace FeatureService.Cli.CommandLine;

/// <summary>
/// Vectors as a JSON array, one object a line with the columns' names: int64 with all digits, floats in their shortest form that reads
/// back, <c>NaN</c>, <c>Infinity</c>, <c>-Infinity</c>, dates and timestamps as texts, null as null.
/// </summary>
internal static class JsonRows
{
    /// <summary>Prints the rows.</summary>
    /// <param name="vectors">The rows.</param>
    /// <param name="output">Where to.</param>
    public static void Print(FeatureVectors vectors, TextWriter output)
    {
        var names = vectors.Header.Columns.Select(c => c.Name).ToArray();
        var line = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(line, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        output.WriteLine("[");
        for (var row = 0; row < vectors.RowCount; row++)
        {
            json.WriteStartObject();
            for (var i = 0; i < names.Length; i++)
            {
                json.WritePropertyName(names[i]);
                WriteValue(json, vectors.Columns[i], row);
            }

            json.WriteEndObject();
            json.Flush();
            output.WriteLine(Encoding.UTF8.GetString(line.WrittenSpan) + (row + 1 < vectors.RowCount ? "," : ""));
            line.ResetWrittenCount();
            json.Reset();
        }

        output.WriteLine("]");
    }

    private static void WriteValue(Utf8JsonWriter json, Column column, int row)
    {
        if (!column.IsValid(row))
        {
            json.WriteNullValue();
            return;
        }

        if (column.Type == ColumnType.String)
        {
            json.WriteStringValue(column.Utf8(row));
            return;
        }

        Span<byte> buffer = stackalloc byte[40];
        var text = buffer[..CsvValues.Format(column, row, buffer)];
        if (IsBare(column, row))
        {
            json.WriteRawValue(text);
        }
        else
        {
            json.WriteStringValue(text);
        }
    }

    /// <summary>Whether JSON has a literal for the value.</summary>
    private static bool IsBare(Column column, int row) => column.Type switch
    {
        ColumnType.Bool or ColumnType.Int64 => true,
        ColumnType.Float64 => double.IsFinite(column.Values<double>()[row]),
        ColumnType.Float32 => float.IsFinite(column.Values<float>()[row]),
        _ => false,
    };
}
