using System.Text;
using FeatureService.Client.Datasets;
using FeatureService.Client.Transport;
using FeatureService.Core.Columns;

namespace FeatureService.Cli.CommandLine;

/// <summary>Vectors as a table for people: columns aligned, numbers to the right, nulls as <c>null</c>.</summary>
internal static class TextTable
{
    /// <summary>Prints the rows.</summary>
    /// <param name="vectors">The rows.</param>
    /// <param name="output">Where to.</param>
    public static void Print(FeatureVectors vectors, TextWriter output)
    {
        var names = vectors.Header.Columns.Select(c => c.Name).ToArray();
        var cells = vectors.Columns.Select(column => Enumerable.Range(0, vectors.RowCount).Select(row => Cell(column, row)).ToArray()).ToArray();
        var widths = names.Select((name, i) => cells[i].Select(c => c.Length).Append(name.Length).Max()).ToArray();
        output.WriteLine(Line(names.Select((name, i) => Pad(name, vectors.Columns[i], widths[i]))));
        output.WriteLine(Line(widths.Select(width => new string('-', width))));
        for (var row = 0; row < vectors.RowCount; row++)
        {
            output.WriteLine(Line(cells.Select((column, i) => Pad(column[row], vectors.Columns[i], widths[i]))));
        }
    }

    private static string Line(IEnumerable<string> cells) => string.Join("  ", cells).TrimEnd();

    private static string Pad(string text, Column column, int width) =>
        column.Type is ColumnType.Int64 or ColumnType.Float64 or ColumnType.Float32 ? text.PadLeft(width) : text.PadRight(width);

    private static string Cell(Column column, int row)
    {
        if (!column.IsValid(row))
        {
            return "null";
        }

        if (column.Type == ColumnType.String)
        {
            return Encoding.UTF8.GetString(column.Utf8(row)).ReplaceLineEndings("\\n");
        }

        Span<byte> text = stackalloc byte[40];
        return Encoding.UTF8.GetString(text[..CsvValues.Format(column, row, text)]);
    }
}
