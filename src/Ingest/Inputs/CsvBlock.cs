using System.Text;
using FeatureService.Ingest.Loading;

namespace FeatureService.Ingest.Inputs;

/// <summary>Records of a CSV file.</summary>
/// <param name="file">The file.</param>
/// <param name="schema">The source.</param>
/// <param name="text">The records.</param>
internal sealed class CsvBlock(CsvFile file, SourceSchema schema, TextBlock text) : InputBlock
{
    /// <inheritdoc/>
    public override RowChunk Decode()
    {
        var bytes = text.Bytes.Span;
        var lines = new long[bytes.Count((byte)'\n') + (bytes.EndsWith("\n"u8) ? 0 : 1)];
        var chunk = new RowChunk(schema, file, lines);
        var targets = Targets(chunk);
        var records = new CsvRecords(bytes, text.FirstLine, file.Path);
        var row = 0;
        for (; records.Next(); row++)
        {
            lines[row] = records.Line;
            var index = 0;
            for (; records.NextField(out var field); index++)
            {
                if (index < targets.Length && !field.IsEmpty)
                {
                    Set(chunk, row, targets[index], field);
                }
            }

            if (index != targets.Length || records.IsBroken)
            {
                chunk.Broken(row, $"{index} fields", records.IsBroken ? "quotes closed before a comma or the line's end" : $"{targets.Length} fields");
            }
        }

        chunk.Finish(row);
        return chunk;
    }

    private static void Set(RowChunk chunk, int row, List<(ColumnValues Values, string Name)> targets, ReadOnlySpan<byte> field)
    {
        foreach (var (values, name) in targets)
        {
            if (!values.SetText(row, field))
            {
                chunk.Problem(row, name, Encoding.UTF8.GetString(field), values.Expected);
            }
        }
    }

    /// <summary>For each field of a record the columns that it fills.</summary>
    private List<(ColumnValues Values, string Name)>[] Targets(RowChunk chunk)
    {
        var targets = file.OwnColumns.Select(_ => new List<(ColumnValues, string)>()).ToArray();
        if (file.OwnIndexOf(schema.File.EntityColumn) is var entity && entity >= 0)
        {
            targets[entity].Add((chunk.Entity, schema.File.EntityColumn));
        }

        for (var i = 0; i < chunk.Columns.Length; i++)
        {
            var name = schema.Source.Columns[i].Name;
            if (file.OwnIndexOf(name) is var index && index >= 0)
            {
                targets[index].Add((chunk.Columns[i], name));
            }
        }

        return targets;
    }
}
