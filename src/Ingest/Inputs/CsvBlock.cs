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
        var lines = new long[CsvRows.CountMax(text)];
        var chunk = new RowChunk(schema, file, lines);
        chunk.Finish(CsvRows.Read(text, file.Path, new Target(chunk, Fields(chunk)), lines));
        return chunk;
    }

    /// <summary>For each field of a record the columns that it fills.</summary>
    private List<(ColumnValues Values, string Name)>[] Fields(RowChunk chunk)
    {
        var fields = file.OwnColumns.Select(_ => new List<(ColumnValues, string)>()).ToArray();
        if (file.OwnIndexOf(schema.File.EntityColumn) is var entity && entity >= 0)
        {
            fields[entity].Add((chunk.Entity, schema.File.EntityColumn));
        }

        for (var i = 0; i < chunk.Columns.Length; i++)
        {
            var name = schema.Source.Columns[i].Name;
            if (file.OwnIndexOf(name) is var index && index >= 0)
            {
                fields[index].Add((chunk.Columns[i], name));
            }
        }

        return fields;
    }

    private sealed class Target(RowChunk chunk, IReadOnlyList<IReadOnlyList<(ColumnValues Values, string Name)>> fields) : ICsvTarget
    {
        public IReadOnlyList<IReadOnlyList<(ColumnValues Values, string Name)>> Fields => fields;

        public void Problem(int row, string column, string value, string expected) => chunk.Problem(row, column, value, expected);

        public void Broken(int row, string value, string expected) => chunk.Broken(row, value, expected);
    }
}
