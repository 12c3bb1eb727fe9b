using System.Text;
using FeatureService.Core.Columns;
using FeatureService.Core.Columns.Encodings;

namespace FeatureService.Parquet.Pages;

/// <summary>What a chunk is a part of.</summary>
/// <param name="Name">The column's name.</param>
/// <param name="Type">Type of its values.</param>
/// <param name="Nullable">Whether a value may be null.</param>
internal readonly record struct ChunkColumn(string Name, ColumnType Type, bool Nullable);

/// <summary>
/// Writes column chunks straight from the encodings in which values arrived: codes become a dictionary and packed bits, all else PLAIN
/// pages. One instance for one file: buffers are kept.
/// </summary>
/// <param name="compression">How pages are compressed.</param>
internal sealed class ColumnChunkWriter(ParquetCompression compression) : IDisposable
{
    /// <summary>Bytes of a page's values before compression, where values have a fixed width.</summary>
    private const int PageBytes = 1 << 20;

    /// <summary>Rows of a page whose values have none.</summary>
    private const int PageRowsOfTexts = 1 << 14;

    private const int PlainEncoding = 0;
    private const int RunsEncoding = 3;
    private const int DictionaryEncoding = 8;

    private readonly PageCodec _codec = new(compression);
    private readonly ChunkRows _rows = new();
    private readonly ChunkCodes _codes = new();
    private readonly ChunkValues _values = new();
    private readonly PageBuffer _page = new();
    private readonly PageBuffer _compressed = new();
    private readonly PageBuffer _chunk = new();
    private long _uncompressed;

    /// <summary>The bytes of the chunk that was written last.</summary>
    public ReadOnlySpan<byte> Bytes => _chunk.Span;

    /// <summary>Writes one chunk.</summary>
    /// <param name="column">The column.</param>
    /// <param name="runs">Its rows.</param>
    /// <param name="start">Where the chunk starts in the file.</param>
    /// <returns>The format's <c>ColumnChunk</c>.</returns>
    /// <exception cref="InvalidDataException">A row is null in a column that never is.</exception>
    public ThriftStruct Write(ChunkColumn column, IReadOnlyList<EncodedColumn> runs, long start)
    {
        _chunk.Clear();
        _uncompressed = 0;
        _rows.Read(runs);
        if (!column.Nullable && _rows.NullCount > 0)
        {
            throw new InvalidDataException($"column {column.Name} has nulls, which an entity, week or status never has");
        }

        var hasDictionary = _rows.ValueCount > 0 && _codes.TryRead(column.Type, column.Nullable, runs, _rows);
        if (hasDictionary)
        {
            AddPage(_codes.Dictionary.Span, PageHeaders.OfDictionary(_codes.Count));
        }
        else
        {
            _values.Read(column.Type, runs);
        }

        var dataStart = start + _chunk.Length;
        AddDataPages(column, hasDictionary);
        return Describe(column, start, dataStart, hasDictionary);
    }

    /// <inheritdoc/>
    public void Dispose() => _codec.Dispose();

    private void AddDataPages(ChunkColumn column, bool hasDictionary)
    {
        var pageRows = hasDictionary ? PageBytes / sizeof(ushort) : column.Type == ColumnType.String ? PageRowsOfTexts : PageBytes / column.Type.Width();
        var value = 0;
        var first = 0;
        do
        {
            var rows = Math.Min(pageRows, _rows.Count - first);
            var values = _rows.CountValues(first, rows);
            _page.Clear();
            if (column.Nullable)
            {
                AddLevels(first, rows);
            }

            if (hasDictionary)
            {
                _page.Append((byte)_codes.Width);
                HybridRuns.AppendCodes(_codes.Codes.Slice(value, values), _codes.Width, _page);
            }
            else
            {
                _values.CopyTo(value, values, _page);
            }

            AddPage(_page.Span, PageHeaders.OfData(rows, hasDictionary ? DictionaryEncoding : PlainEncoding));
            first += rows;
            value += values;
        }
        while (first < _rows.Count);
    }

    private void AddLevels(int first, int rows)
    {
        _page.AppendInt32(0);
        if (_rows.NullCount == 0)
        {
            HybridRuns.AppendOnes(rows, _page);
        }
        else
        {
            HybridRuns.AppendBits(_rows.Validity(first, rows), _page);
        }

        _page.Overwrite(0, _page.Length - sizeof(int));
    }

    private void AddPage(ReadOnlySpan<byte> page, PageHeaders kind)
    {
        _compressed.Clear();
        var compressed = _codec.Append(page, _compressed);
        var before = _chunk.Length;
        kind.Append(page.Length, compressed, _chunk);
        _uncompressed += _chunk.Length - before + page.Length;
        _chunk.Append(_compressed.Span);
    }

    private ThriftStruct Describe(ChunkColumn column, long start, long dataStart, bool hasDictionary)
    {
        object[] encodings = hasDictionary
            ? [(long)PlainEncoding, (long)RunsEncoding, (long)DictionaryEncoding]
            : [(long)PlainEncoding, (long)RunsEncoding];
        var metadata = new ThriftStruct();
        metadata.Fields.AddRange(
        [
            new ThriftField(1, ThriftType.Int32, (long)column.Type.PhysicalType()),
            new ThriftField(2, ThriftType.List, new ThriftList(ThriftType.Int32, [.. encodings])),
            new ThriftField(3, ThriftType.List, new ThriftList(ThriftType.Binary, [Encoding.UTF8.GetBytes(column.Name)])),
            new ThriftField(4, ThriftType.Int32, (long)_codec.Number),
            new ThriftField(5, ThriftType.Int64, (long)_rows.Count),
            new ThriftField(6, ThriftType.Int64, _uncompressed),
            new ThriftField(7, ThriftType.Int64, (long)_chunk.Length),
            new ThriftField(9, ThriftType.Int64, dataStart),
        ]);
        if (hasDictionary)
        {
            metadata.Fields.Add(new ThriftField(11, ThriftType.Int64, start));
        }

        var dictionary = hasDictionary ? _codes.Dictionary.Span : default;
        metadata.Fields.Add(new ThriftField(12, ThriftType.Struct, ChunkStatistics.Of(column.Type, _rows.NullCount, dictionary)));
        var chunk = new ThriftStruct();
        chunk.Fields.Add(new ThriftField(2, ThriftType.Int64, 0L));
        chunk.Fields.Add(new ThriftField(3, ThriftType.Struct, metadata));
        return chunk;
    }
}
