using FeatureService.Arrow;
using FeatureService.Client.Datasets;
using FeatureService.Client.FanOut;
using FeatureService.Client.Transport;
using FeatureService.Core.Columns;

namespace FeatureService.Sinks.Arrow;

/// <summary>Writes batches as record batches.</summary>
internal sealed class ArrowPartWriter : IPartWriter
{
    private readonly ArrowFileWriter _file;
    private readonly ArrowColumn[] _columns;

    /// <summary>Starts a file.</summary>
    /// <param name="output">Where it is written; it stays open.</param>
    /// <param name="columns">The columns.</param>
    public ArrowPartWriter(Stream output, IReadOnlyList<DatasetColumn> columns)
    {
        _file = new ArrowFileWriter(output);
        _file.WriteSchema([.. columns.Select(Field)]);
        _columns = [.. columns.Select(column => new ArrowColumn(column))];
    }

    /// <inheritdoc/>
    public void Write(FeatureBatch batch)
    {
        var record = new ArrowBatch { Length = batch.RowCount };
        for (var i = 0; i < _columns.Length; i++)
        {
            _columns[i].Fill(batch.Chunks(i), batch.RowCount);
            _columns[i].AddTo(record);
        }

        _file.WriteBatch(record);
    }

    /// <inheritdoc/>
    public void Complete() => _file.Finish();

    /// <inheritdoc/>
    public void Dispose()
    {
        // The stream is the caller's, and buffers are managed.
    }

    private static ArrowField Field(DatasetColumn column)
    {
        var (kind, width) = column.Type switch
        {
            ColumnType.Bool => (ArrowKind.Bool, 0),
            ColumnType.Int64 => (ArrowKind.Int, 64),
            ColumnType.Float64 => (ArrowKind.FloatingPoint, 64),
            ColumnType.Float32 => (ArrowKind.FloatingPoint, 32),
            ColumnType.String => (ArrowKind.Utf8, 0),
            ColumnType.Date => (ArrowKind.Date, 0),
            ColumnType.Timestamp => (ArrowKind.Timestamp, 0),
            _ => throw new InvalidOperationException($"column {column.Name}: {column.Type} has no form in Arrow"),
        };
        return new ArrowField(column.Name, kind, width, Nullable: column.Nullable);
    }
}
