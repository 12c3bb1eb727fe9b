using FeatureService.Client.Datasets;
using FeatureService.Client.FanOut;
using FeatureService.Client.Transport;
using FeatureService.Core.Columns.Encodings;
using FeatureService.Parquet;
using FeatureService.Parquet.Pages;

namespace FeatureService.Sinks.Parquet;

/// <summary>Writes batches as row groups, from the encodings in which they arrived, or of columns that the service has finished.</summary>
internal sealed class ParquetPartWriter : IPartWriter
{
    private readonly Stream _output;
    private readonly IReadOnlyList<DatasetColumn> _columns;
    private readonly ColumnChunkWriter _chunks;
    private readonly ParquetFooter _footer;
    private long _position;

    /// <summary>Starts a file.</summary>
    /// <param name="output">Where it is written; it stays open.</param>
    /// <param name="columns">The columns.</param>
    /// <param name="compression">How column chunks are compressed.</param>
    public ParquetPartWriter(Stream output, IReadOnlyList<DatasetColumn> columns, ParquetCompression compression)
    {
        _output = output;
        _columns = columns;
        _footer = ParquetFooter.Of(columns);
        _chunks = new ColumnChunkWriter(compression);
        Write(ParquetFooter.Magic);
    }

    /// <inheritdoc/>
    public void Write(FeatureBatch batch)
    {
        var chunks = new List<ParquetChunk>(_columns.Count);
        for (var i = 0; i < _columns.Count; i++)
        {
            chunks.Add(batch.Finished(i) is { } finished ? Take(finished, batch.RowCount, _columns[i]) : Make(batch.Chunks(i), _columns[i]));
        }

        _footer.AddRowGroup(chunks, batch.RowCount);
    }

    /// <inheritdoc/>
    public void Complete() => _footer.Write(_output);

    /// <inheritdoc/>
    public void Dispose() => _chunks.Dispose();

    private ParquetChunk Make(IReadOnlyList<EncodedColumn> runs, DatasetColumn column)
    {
        var chunk = new ParquetChunk(_chunks.Write(new ChunkColumn(column.Name, column.Type, column.Nullable), runs, _position));
        Write(_chunks.Bytes);
        return chunk;
    }

    private ParquetChunk Take(FinishedColumn column, int rows, DatasetColumn of)
    {
        var chunk = new ParquetChunk(new ThriftReader(column.Description.Span).ReadStruct());
        var length = column.Pieces.Sum(piece => (long)piece.Length);
        if (chunk.Length != length || chunk.Rows != rows)
        {
            throw new InvalidDataException(
                $"column {of.Name}: a finished chunk of {chunk.Rows} rows and {chunk.Length} bytes, expected {rows} rows and {length} bytes");
        }

        var moved = chunk.MovedTo(_position, of.Name);
        foreach (var piece in column.Pieces)
        {
            Write(piece.Span);
        }

        return moved;
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        _output.Write(bytes);
        _position += bytes.Length;
    }
}
