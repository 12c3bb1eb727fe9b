using FeatureService.Client.Datasets;
using FeatureService.Client.FanOut;
using FeatureService.Client.Transport;
using FeatureService.Sinks.Parquet.Pages;

namespace FeatureService.Sinks.Parquet;

/// <summary>Writes batches as row groups, from the encodings in which they arrived.</summary>
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
            chunks.Add(new ParquetChunk(_chunks.Write(_columns[i], batch.Chunks(i), _position)));
            Write(_chunks.Bytes);
        }

        _footer.AddRowGroup(chunks, batch.RowCount);
    }

    /// <inheritdoc/>
    public void Complete() => _footer.Write(_output);

    /// <inheritdoc/>
    public void Dispose() => _chunks.Dispose();

    private void Write(ReadOnlySpan<byte> bytes)
    {
        _output.Write(bytes);
        _position += bytes.Length;
    }
}
