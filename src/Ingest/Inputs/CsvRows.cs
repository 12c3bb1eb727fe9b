using System.Text;
using FeatureService.Ingest.Loading;

namespace FeatureService.Ingest.Inputs;

/// <summary>Who takes the rows of CSV text, column by column.</summary>
internal interface ICsvTarget
{
    /// <summary>For each field of a record the columns that it fills.</summary>
    IReadOnlyList<IReadOnlyList<(ColumnValues Values, string Name)>> Fields { get; }

    /// <summary>Notes that a value cannot be read.</summary>
    void Problem(int row, string column, string value, string expected);

    /// <summary>Notes that a row as a whole cannot be read.</summary>
    void Broken(int row, string value, string expected);
}

/// <summary>Casts the records of CSV text into columns.</summary>
internal static class CsvRows
{
    /// <summary>The most rows that a text can hold.</summary>
    /// <param name="text">Whole records.</param>
    public static int CountMax(TextBlock text)
    {
        var bytes = text.Bytes.Span;
        return bytes.Count((byte)'\n') + (bytes.EndsWith("\n"u8) ? 0 : 1);
    }

    /// <summary>Reads the records.</summary>
    /// <param name="text">Whole records.</param>
    /// <param name="file">The file, for messages.</param>
    /// <param name="target">Takes the rows.</param>
    /// <param name="lines">Told each row's line; as long as <see cref="CountMax"/>.</param>
    /// <returns>Number of rows.</returns>
    public static int Read(TextBlock text, string file, ICsvTarget target, Span<long> lines)
    {
        var fields = target.Fields;
        var records = new CsvRecords(text.Bytes.Span, text.FirstLine, file);
        var row = 0;
        for (; records.Next(); row++)
        {
            lines[row] = records.Line;
            var index = 0;
            for (; records.NextField(out var field); index++)
            {
                if (index < fields.Count && !field.IsEmpty)
                {
                    Set(target, row, fields[index], field);
                }
            }

            if (index != fields.Count || records.IsBroken)
            {
                target.Broken(row, $"{index} fields", records.IsBroken ? "quotes closed before a comma or the line's end" : $"{fields.Count} fields");
            }
        }

        return row;
    }

    private static void Set(
        ICsvTarget target, int row, IReadOnlyList<(ColumnValues Values, string Name)> columns, ReadOnlySpan<byte> field)
    {
        foreach (var (values, name) in columns)
        {
            if (!values.SetText(row, field))
            {
                target.Problem(row, name, Encoding.UTF8.GetString(field), values.Expected);
            }
        }
    }
}
