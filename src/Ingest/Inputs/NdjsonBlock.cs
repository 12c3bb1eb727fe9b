using System.Text;
using System.Text.Json;
using FeatureService.Core.Columns;
using FeatureService.Ingest.Loading;

namespace FeatureService.Ingest.Inputs;

/// <summary>Lines of a file of JSON objects.</summary>
/// <param name="file">The file.</param>
/// <param name="schema">The source.</param>
/// <param name="text">The lines.</param>
internal sealed class NdjsonBlock(NdjsonFile file, SourceSchema schema, TextBlock text) : InputBlock
{
    /// <inheritdoc/>
    public override RowChunk Decode()
    {
        var bytes = text.Bytes.Span;
        var numbers = new long[bytes.Count((byte)'\n') + (bytes.EndsWith("\n"u8) ? 0 : 1)];
        var chunk = new RowChunk(schema, file, numbers);
        var targets = Targets(chunk).GetAlternateLookup<ReadOnlySpan<byte>>();
        var lines = new NdjsonLines(bytes, text.FirstLine);
        var row = 0;
        for (; lines.Next(out var line); row++)
        {
            numbers[row] = lines.Line;
            try
            {
                Read(chunk, row, new NdjsonReader(line), targets);
            }
            catch (JsonException)
            {
                chunk.Broken(row, Encoding.UTF8.GetString(line[..Math.Min(line.Length, 100)]), "a JSON object");
            }
        }

        chunk.Finish(row);
        return chunk;
    }

    private static void Read(
        RowChunk chunk, int row, NdjsonReader reader, Dictionary<byte[], Target>.AlternateLookup<ReadOnlySpan<byte>> targets)
    {
        while (reader.Next())
        {
            if (!targets.TryGetValue(reader.Key, out var target))
            {
                continue;
            }

            if (target.LastRow == row)
            {
                chunk.Broken(row, $"the key {target.Name} twice", "each key once");
            }

            target.LastRow = row;
            foreach (var column in target.Columns)
            {
                // An empty text is a text; for any other type it is nothing, as in CSV.
                var isNull = reader.Kind == JsonTokenType.Null || (reader.Value.IsEmpty && column.Type != ColumnType.String);
                if (!isNull && !column.SetText(row, reader.Value))
                {
                    chunk.Problem(row, target.Name, Encoding.UTF8.GetString(reader.Value), column.Expected);
                }
            }
        }
    }

    private Dictionary<byte[], Target> Targets(RowChunk chunk)
    {
        var targets = new Dictionary<string, Target>();
        void Add(string name, ColumnValues values)
        {
            targets.TryAdd(name, new Target(name));
            targets[name].Columns.Add(values);
        }

        Add(schema.File.EntityColumn, chunk.Entity);
        for (var i = 0; i < chunk.Columns.Length; i++)
        {
            Add(schema.Source.Columns[i].Name, chunk.Columns[i]);
        }

        return targets.ToDictionary(target => Encoding.UTF8.GetBytes(target.Key), target => target.Value, BytesComparer.Instance);
    }

    /// <summary>The columns that a key fills.</summary>
    private sealed class Target(string name)
    {
        public string Name { get; } = name;

        public List<ColumnValues> Columns { get; } = [];

        public int LastRow { get; set; } = -1;
    }
}
