using System.Buffers.Binary;
using FeatureService.Client.Transport;
using FeatureService.Parquet;

namespace FeatureService.Sinks.Parquet;

/// <summary>
/// A Parquet file's footer: what its row groups are and where they lie. The numbers of fields are those of the format's
/// <c>parquet.thrift</c>.
/// </summary>
internal sealed class ParquetFooter
{
    private const short FileRows = 3;
    private const short FileRowGroups = 4;
    private const short GroupColumns = 1;
    private const short GroupBytes = 2;
    private const short GroupRows = 3;
    private const short GroupOffset = 5;
    private const short GroupCompressedBytes = 6;
    private const short GroupOrdinal = 7;
    private const short ChunkMetadata = 3;
    private const long FormatVersion = 2;

    /// <summary>Offsets of a column chunk: the file's, of its offset index and column index.</summary>
    private static readonly short[] ChunkOffsets = [2, 4, 6];

    /// <summary>Offsets in a column chunk's metadata: data, index and dictionary pages, bloom filter.</summary>
    private static readonly short[] MetadataOffsets = [9, 10, 11, 14];

    private readonly ThriftStruct _file;

    private ParquetFooter(ThriftStruct file, long start)
    {
        _file = file;
        Start = start;
    }

    /// <summary>The footer of a file that has no row groups yet.</summary>
    /// <param name="columns">Its columns.</param>
    public static ParquetFooter Of(IReadOnlyList<DatasetColumn> columns)
    {
        // Each column's statistics are in the order of its type.
        var order = new ThriftStruct();
        order.Fields.Add(new ThriftField(1, ThriftType.Struct, new ThriftStruct()));
        var file = new ThriftStruct();
        file.Fields.AddRange(
        [
            new ThriftField(1, ThriftType.Int32, FormatVersion),
            new ThriftField(2, ThriftType.List, ParquetSchema.Of(columns)),
            new ThriftField(FileRows, ThriftType.Int64, 0L),
            new ThriftField(FileRowGroups, ThriftType.List, new ThriftList(ThriftType.Struct, [])),
            new ThriftField(6, ThriftType.Binary, "feature-service version 1.0.0"u8.ToArray()),
            new ThriftField(7, ThriftType.List, new ThriftList(ThriftType.Struct, [.. columns.Select(_ => (object)order)])),
        ]);
        return new ParquetFooter(file, Magic.Length);
    }

    /// <summary>What a file begins and ends with.</summary>
    public static ReadOnlySpan<byte> Magic => "PAR1"u8;

    /// <summary>Where the footer starts and the row groups end.</summary>
    public long Start { get; }

    /// <summary>Number of row groups.</summary>
    public int RowGroupCount => RowGroups.Count;

    private List<object> RowGroups => ((ThriftList)_file[FileRowGroups]!).Values;

    /// <summary>Reads a file's footer.</summary>
    /// <param name="file">The file; its position moves.</param>
    /// <exception cref="InvalidDataException">The file is no Parquet, or damaged.</exception>
    public static ParquetFooter Read(Stream file)
    {
        Span<byte> end = stackalloc byte[sizeof(int) + 4];
        if (file.Length < Magic.Length + end.Length)
        {
            throw new InvalidDataException("too short for a Parquet file");
        }

        file.Position = file.Length - end.Length;
        file.ReadExactly(end);
        var length = BinaryPrimitives.ReadInt32LittleEndian(end);
        var start = file.Length - end.Length - length;
        if (!end[sizeof(int)..].SequenceEqual(Magic) || length < 0 || start < Magic.Length)
        {
            throw new InvalidDataException("no Parquet footer at the end");
        }

        var bytes = new byte[length];
        file.Position = start;
        file.ReadExactly(bytes);
        var footer = new ParquetFooter(new ThriftReader(bytes).ReadStruct(), start);
        return footer._file[FileRowGroups] is ThriftList && footer._file[FileRows] is long
            ? footer
            : throw new InvalidDataException("the Parquet footer has no row groups");
    }

    /// <summary>Rows of a row group.</summary>
    /// <param name="group">Its index.</param>
    public long RowsOf(int group) => ((ThriftStruct)RowGroups[group])[GroupRows] as long?
        ?? throw new InvalidDataException($"row group {group} of the Parquet footer does not tell its rows");

    /// <summary>A column chunk.</summary>
    /// <param name="group">The row group.</param>
    /// <param name="column">Index of the column.</param>
    public ParquetChunk Chunk(int group, int column)
    {
        var columns = ((ThriftList)((ThriftStruct)RowGroups[group])[GroupColumns]!).Values;
        return column < columns.Count
            ? new ParquetChunk((ThriftStruct)columns[column])
            : throw new InvalidDataException($"row group {group} of the Parquet footer has {columns.Count} columns: expected more than {column}");
    }

    /// <summary>Adds a row group.</summary>
    /// <param name="chunks">Its column chunks, one behind the other in the file.</param>
    /// <param name="rows">Its rows.</param>
    public void AddRowGroup(IReadOnlyList<ParquetChunk> chunks, long rows)
    {
        var group = new ThriftStruct();
        group.Fields.Add(new ThriftField(
            GroupColumns, ThriftType.List, new ThriftList(ThriftType.Struct, [.. chunks.Select(chunk => (object)chunk.Description)])));
        group.Fields.Add(new ThriftField(GroupBytes, ThriftType.Int64, chunks.Sum(chunk => chunk.Uncompressed)));
        group.Fields.Add(new ThriftField(GroupRows, ThriftType.Int64, rows));
        group.Fields.Add(new ThriftField(GroupOffset, ThriftType.Int64, chunks[0].Start));
        group.Fields.Add(new ThriftField(GroupCompressedBytes, ThriftType.Int64, chunks.Sum(chunk => chunk.Length)));
        RowGroups.Add(group);
        _file.Change(FileRows, all => all + rows);
    }

    /// <summary>Moves all row groups by so many bytes.</summary>
    /// <param name="bytes">How far.</param>
    public void Move(long bytes)
    {
        foreach (ThriftStruct group in RowGroups)
        {
            group.Change(GroupOffset, Moved);
            foreach (ThriftStruct chunk in ((ThriftList)group[GroupColumns]!).Values)
            {
                Array.ForEach(ChunkOffsets, id => chunk.Change(id, Moved));
                if (chunk[ChunkMetadata] is ThriftStruct metadata)
                {
                    Array.ForEach(MetadataOffsets, id => metadata.Change(id, Moved));
                }
            }
        }

        // Zero stands for "not told".
        long Moved(long offset) => offset == 0 ? 0 : offset + bytes;
    }

    /// <summary>Takes over the row groups of a file that follows.</summary>
    /// <param name="next">The other's footer, moved.</param>
    public void Append(ParquetFooter next)
    {
        RowGroups.AddRange(next.RowGroups);
        _file.Change(FileRows, rows => rows + (long)next._file[FileRows]!);
    }

    /// <summary>Writes the footer, its length and the magic.</summary>
    /// <param name="output">Where they go.</param>
    public void Write(Stream output)
    {
        for (var i = 0; i < RowGroups.Count; i++)
        {
            // An ordinal has 16 bits; a file of more row groups goes without.
            var ordinal = i;
            var group = (ThriftStruct)RowGroups[i];
            group.Change(GroupOrdinal, _ => ordinal);
            if (RowGroups.Count > short.MaxValue)
            {
                group.Fields.RemoveAll(f => f.Id == GroupOrdinal);
            }
        }

        using var buffer = new MemoryStream();
        new ThriftWriter(buffer).Write(_file);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, checked((int)buffer.Length));
        buffer.Write(length);
        buffer.Write(Magic);
        output.Write(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }
}
