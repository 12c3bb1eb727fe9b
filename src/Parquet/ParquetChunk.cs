using System.Text;

namespace FeatureService.Parquet;

/// <summary>A column chunk: a column's values in one row group, as the footer describes them.</summary>
/// <param name="description">The format's <c>ColumnChunk</c>.</param>
internal sealed class ParquetChunk(ThriftStruct description)
{
    private const short FileOffset = 2;
    private const short Metadata = 3;
    private const short Path = 3;
    private const short ValueCount = 5;
    private const short UncompressedSize = 6;
    private const short CompressedSize = 7;
    private const short DataOffset = 9;
    private const short IndexOffset = 10;
    private const short DictionaryOffset = 11;

    /// <summary>What lies outside of a chunk and is not copied with it: offset index and column index, bloom filter, each with its length.</summary>
    private static readonly short[] _outside = [4, 5, 6, 7];
    private static readonly short[] _outsideMetadata = [14, 15];

    private readonly ThriftStruct _metadata = description[Metadata] as ThriftStruct
        ?? throw new InvalidDataException("the Parquet footer has a column chunk without metadata");

    /// <summary>The format's <c>ColumnChunk</c>.</summary>
    public ThriftStruct Description => description;

    /// <summary>Where the chunk starts in its file.</summary>
    public long Start => _metadata[DictionaryOffset] is long and > 0 and var dictionary ? Math.Min(dictionary, Number(DataOffset)) : Number(DataOffset);

    /// <summary>Its rows, nulls among them.</summary>
    public long Rows => Number(ValueCount);

    /// <summary>Its bytes in the file.</summary>
    public long Length => Number(CompressedSize);

    /// <summary>Its bytes before compression.</summary>
    public long Uncompressed => Number(UncompressedSize);

    /// <summary>The same bytes at another place, as a column of another name.</summary>
    /// <param name="start">Where they start there.</param>
    /// <param name="name">The column.</param>
    public ParquetChunk MovedTo(long start, string name)
    {
        var by = start - Start;
        var metadata = _metadata.Copy();
        metadata.Fields.RemoveAll(field => _outsideMetadata.Contains(field.Id));
        metadata.Replace(Path, new ThriftList(ThriftType.Binary, [Encoding.UTF8.GetBytes(name)]));
        Array.ForEach([DataOffset, IndexOffset, DictionaryOffset], id => metadata.Change(id, Moved));
        var chunk = description.Copy();
        chunk.Fields.RemoveAll(field => _outside.Contains(field.Id));
        chunk.Replace(Metadata, metadata);
        chunk.Change(FileOffset, Moved);
        return new ParquetChunk(chunk);

        // Zero stands for "not told".
        long Moved(long offset) => offset == 0 ? 0 : offset + by;
    }

    private long Number(short id) => _metadata[id] as long? ?? throw new InvalidDataException($"the Parquet footer has a column chunk without field {id}");
}
