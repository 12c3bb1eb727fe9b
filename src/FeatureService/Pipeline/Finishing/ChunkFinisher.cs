using System.Collections.Concurrent;
using FeatureService.Core.Columns;
using FeatureService.Core.Columns.Encodings;
using FeatureService.Parquet;
using FeatureService.Parquet.Pages;

namespace FeatureService.Pipeline.Finishing;

/// <summary>
/// Makes column chunks of Parquet files, as a client would of what it receives: values go into the encodings of the wire, and from these
/// into pages. Used by one thread at a time; its buffers are kept.
/// </summary>
internal sealed class ChunkFinisher
{
    private const int RunRows = PipelineLimits.RunRows;

    /// <summary>Where a description says that its chunk begins; the format takes zero for "not told".</summary>
    private const int Start = 4;

    private static readonly ConcurrentDictionary<FinishedForm, ConcurrentBag<ChunkFinisher>> _idle = new();

    private readonly ColumnEncoder _encoder = new(EncodingSet.All);
    private readonly ColumnChunkWriter _writer;
    private readonly List<ChunkLayout> _layouts = [];
    private byte[] _buffer = new byte[1 << 20];

    private ChunkFinisher(FinishedForm form) => _writer = new ColumnChunkWriter(form switch
    {
        FinishedForm.ParquetSnappy => ParquetCompression.Snappy,
        FinishedForm.ParquetUncompressed => ParquetCompression.None,
        _ => ParquetCompression.Zstd,
    });

    /// <summary>Finishes a column of a block.</summary>
    /// <param name="form">The form.</param>
    /// <param name="of">The column.</param>
    /// <param name="column">Its rows.</param>
    public static FinishedChunk Finish(FinishedForm form, ChunkColumn of, Column column)
    {
        var idle = _idle.GetOrAdd(form, _ => []);
        var finisher = idle.TryTake(out var known) ? known : new ChunkFinisher(form);
        var chunk = finisher.Finish(of, column);
        idle.Add(finisher);
        return chunk;
    }

    private FinishedChunk Finish(ChunkColumn of, Column column)
    {
        var description = _writer.Write(of, Encode(column), Start);
        using var bytes = new MemoryStream();
        new ThriftWriter(bytes).Write(description);
        return new FinishedChunk(_writer.Bytes, bytes.ToArray());
    }

    private EncodedColumn[] Encode(Column column)
    {
        _layouts.Clear();
        var position = 0;
        for (var first = 0; first < column.Length; first += RunRows)
        {
            var size = _encoder.Measure(column, first, Math.Min(RunRows, column.Length - first));
            if (_buffer.Length - position < size)
            {
                Array.Resize(ref _buffer, checked((int)Math.Max(position + size, Math.Min(2L * _buffer.Length, Array.MaxLength))));
            }

            _layouts.Add(_encoder.Write(_buffer, ref position));
        }

        return [.. _layouts.Select(layout => EncodedColumn.Read(column.Type, layout, _buffer))];
    }
}
