using System.Buffers.Binary;
using FeatureService.Ingest.Loading;

namespace FeatureService.Ingest.Inputs.Postgres;

/// <summary>A run of rows of a query.</summary>
/// <param name="input">The query.</param>
/// <param name="schema">The source.</param>
/// <param name="fields">The columns that were asked for, as indexes of the query's.</param>
/// <param name="rows">The rows.</param>
/// <param name="firstRow">Number of the first among all rows, from 1.</param>
internal sealed class PostgresBlock(PostgresInput input, SourceSchema schema, int[] fields, CopyBlock rows, long firstRow) : InputBlock
{
    /// <inheritdoc/>
    public override RowChunk Decode()
    {
        var chunk = new RowChunk(schema, input, firstRow, rows.RowCount);
        var targets = Array.ConvertAll(fields, field => TargetOf(chunk, field));
        var bytes = rows.Bytes.Span;
        for (var row = 0; row < rows.RowCount; row++)
        {
            bytes = bytes[sizeof(short)..];
            foreach (var target in targets)
            {
                var length = BinaryPrimitives.ReadInt32BigEndian(bytes);
                bytes = bytes[sizeof(int)..];
                if (length >= 0)
                {
                    Set(chunk, target, row, bytes[..length]);
                    bytes = bytes[length..];
                }
            }
        }

        chunk.Finish(rows.RowCount);
        return chunk;
    }

    private static void Set(RowChunk chunk, Target target, int row, ReadOnlySpan<byte> value)
    {
        foreach (var column in target.Columns)
        {
            if (!target.Type.Set(column, row, value))
            {
                chunk.Problem(row, target.Name, target.Type.Show(value), column.Expected);
            }
        }
    }

    private Target TargetOf(RowChunk chunk, int field)
    {
        var name = input.OwnColumns[field].Name;
        var columns = schema.Source.IndexOf(name) is var index && index >= 0 ? [chunk.Columns[index]] : Array.Empty<ColumnValues>();
        return new Target(name, input.Types[field]!, name == schema.File.EntityColumn ? [chunk.Entity, .. columns] : columns);
    }

    /// <summary>The columns that a field fills.</summary>
    private sealed record Target(string Name, PostgresValue Type, ColumnValues[] Columns);
}
