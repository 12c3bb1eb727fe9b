using Google.FlatBuffers;

namespace FeatureService.Arrow;

/// <summary>
/// Writes an Arrow IPC file whose buffers all start at multiples of 64 bytes in the file: metadata is padded so that every body does.
/// </summary>
/// <param name="stream">Where to, from its start.</param>
public sealed class ArrowFileWriter(Stream stream)
{
    /// <summary>What a file begins with; it ends with the first six bytes.</summary>
    public static ReadOnlySpan<byte> Magic => "ARROW1\0\0"u8;

    private const short MetadataVersion5 = 4;
    private const byte SchemaHeader = 1;
    private const byte DictionaryHeader = 2;
    private const byte BatchHeader = 3;
    private const int Alignment = 64;

    private readonly List<ArrowBlock> _dictionaries = [];
    private readonly List<ArrowBlock> _batches = [];
    private IReadOnlyList<ArrowField> _fields = [];
    private long _position;

    /// <summary>Writes the magic and the schema.</summary>
    public void WriteSchema(IReadOnlyList<ArrowField> fields)
    {
        _fields = fields;
        Write(Magic);
        WriteMessage(SchemaHeader, builder => ArrowSchema.Write(builder, fields), 0);
    }

    /// <summary>Writes a record batch of another file of this schema as it lies there.</summary>
    /// <param name="block">Where it lies there.</param>
    /// <param name="write">Writes its bytes, metadata and body.</param>
    public void CopyBatch(ArrowBlock block, Action<Stream> write)
    {
        _batches.Add(block with { Offset = _position });
        write(stream);
        _position += block.MetadataLength + block.BodyLength;
    }

    /// <summary>Writes a dictionary; all come before the batch.</summary>
    /// <returns>Where its buffers lie.</returns>
    public (long Offset, long Length)[] WriteDictionary(long id, ArrowBatch values)
    {
        return WriteBody(_dictionaries, DictionaryHeader, values, builder =>
        {
            var data = WriteBatch(builder, values);
            builder.StartTable(3);
            builder.AddLong(0, id, 0);
            builder.AddOffset(1, data, 0);
            return builder.EndTable();
        });
    }

    /// <summary>Writes a record batch.</summary>
    /// <returns>Where its buffers lie.</returns>
    public (long Offset, long Length)[] WriteBatch(ArrowBatch values) => WriteBody(_batches, BatchHeader, values, builder => WriteBatch(builder, values));

    /// <summary>Writes the footer.</summary>
    public void Finish()
    {
        Write([0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]);
        var builder = new FlatBufferBuilder(1024);
        var schema = ArrowSchema.Write(builder, _fields);
        var dictionaries = WriteBlocks(builder, _dictionaries);
        var batches = WriteBlocks(builder, _batches);
        builder.StartTable(5);
        builder.AddShort(0, MetadataVersion5, 0);
        builder.AddOffset(1, schema, 0);
        builder.AddOffset(2, dictionaries, 0);
        builder.AddOffset(3, batches, 0);
        builder.Finish(builder.EndTable());
        var footer = builder.SizedByteArray();
        Write(footer);
        Write(BitConverter.GetBytes(footer.Length));
        Write(Magic[..6]);
    }

    private (long Offset, long Length)[] WriteBody(List<ArrowBlock> blocks, byte headerType, ArrowBatch values, Func<FlatBufferBuilder, int> header)
    {
        var start = _position;
        var bodyLength = values.Buffers.Sum(buffer => Padded(buffer.Length));
        var metadataLength = WriteMessage(headerType, header, bodyLength);
        var places = new (long Offset, long Length)[values.Buffers.Count];
        for (var i = 0; i < places.Length; i++)
        {
            var buffer = values.Buffers[i];
            places[i] = (buffer.IsEmpty ? 0 : _position, buffer.Length);
            Write(buffer.Span);
            Write(new byte[Padded(buffer.Length) - buffer.Length]);
        }

        blocks.Add(new ArrowBlock(start, metadataLength, bodyLength));
        return places;
    }

    /// <returns>Bytes of marker, length and metadata.</returns>
    private int WriteMessage(byte headerType, Func<FlatBufferBuilder, int> writeHeader, long bodyLength)
    {
        var builder = new FlatBufferBuilder(1024);
        var header = writeHeader(builder);
        builder.StartTable(5);
        builder.AddLong(3, bodyLength, 0);
        builder.AddOffset(2, header, 0);
        builder.AddShort(0, MetadataVersion5, 0);
        builder.AddByte(1, headerType, 0);
        builder.Finish(builder.EndTable());
        var metadata = builder.SizedByteArray();
        const int PrefixBytes = 8;
        var end = Padded(_position + PrefixBytes + metadata.Length);
        var total = (int)(end - _position);
        Write([0xFF, 0xFF, 0xFF, 0xFF]);
        Write(BitConverter.GetBytes(total - PrefixBytes));
        Write(metadata);
        Write(new byte[total - PrefixBytes - metadata.Length]);
        return total;
    }

    private static int WriteBatch(FlatBufferBuilder builder, ArrowBatch batch)
    {
        builder.StartVector(16, batch.Nodes.Count, 8);
        for (var i = batch.Nodes.Count - 1; i >= 0; i--)
        {
            WritePair(builder, batch.Nodes[i].Length, batch.Nodes[i].Nulls);
        }

        var nodes = builder.EndVector().Value;
        var offset = batch.Buffers.Sum(buffer => Padded(buffer.Length));
        builder.StartVector(16, batch.Buffers.Count, 8);
        for (var i = batch.Buffers.Count - 1; i >= 0; i--)
        {
            offset -= Padded(batch.Buffers[i].Length);
            WritePair(builder, offset, batch.Buffers[i].Length);
        }

        var buffers = builder.EndVector().Value;
        builder.StartTable(4);
        builder.AddLong(0, batch.Length, 0);
        builder.AddOffset(1, nodes, 0);
        builder.AddOffset(2, buffers, 0);
        return builder.EndTable();
    }

    private static int WriteBlocks(FlatBufferBuilder builder, List<ArrowBlock> blocks)
    {
        builder.StartVector(24, blocks.Count, 8);
        for (var i = blocks.Count - 1; i >= 0; i--)
        {
            builder.Prep(8, 24);
            builder.PutLong(blocks[i].BodyLength);
            builder.Pad(4);
            builder.PutInt(blocks[i].MetadataLength);
            builder.PutLong(blocks[i].Offset);
        }

        return builder.EndVector().Value;
    }

    private static void WritePair(FlatBufferBuilder builder, long first, long second)
    {
        builder.Prep(8, 16);
        builder.PutLong(second);
        builder.PutLong(first);
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        stream.Write(bytes);
        _position += bytes.Length;
    }

    private static long Padded(long length) => (length + Alignment - 1) / Alignment * Alignment;

}
