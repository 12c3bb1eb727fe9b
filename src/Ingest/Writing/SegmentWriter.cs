using System.Runtime.InteropServices;
using FeatureService.Arrow;
using FeatureService.Core.Columns;
using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Snapshots;

namespace FeatureService.Ingest.Writing;

/// <summary>
/// Writes a segment as one Arrow record batch: a row is an entity with its key, the first cutoff that sees any of its events, and the
/// list of its events, whose offsets are the engine's. Columns that the source does not have begin with <c>$</c>.
/// </summary>
internal static class SegmentWriter
{
    /// <summary>The most bytes of a segment.</summary>
    public const long FileBytesMax = 1L << 30;

    /// <summary>Writes a segment.</summary>
    /// <param name="path">The file; made new.</param>
    /// <param name="name">Its name in the manifest.</param>
    /// <param name="entityName">Name of the entity.</param>
    /// <param name="source">The source.</param>
    /// <param name="place">Partition, and index of the source.</param>
    /// <param name="data">The events.</param>
    /// <param name="syncs">Syncs and closes the file.</param>
    /// <exception cref="InputException">The segment would be too large.</exception>
    public static SegmentEntry Write(
        string path, string name, string entityName, EventSource source, (int Partition, int Source) place, SegmentData data, FileSyncs syncs)
    {
        var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            var entry = Write(file, name, entityName, source, place, data);
            syncs.Add(file);
            return entry;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static SegmentEntry Write(
        FileStream file, string name, string entityName, EventSource source, (int Partition, int Source) place, SegmentData data)
    {
        using var stream = new ChecksumStream(file);
        var writer = new ArrowFileWriter(stream);
        writer.WriteSchema(Schema(entityName, source, data));
        var dictionaries = data.Columns.Select((column, i) => WriteDictionary(writer, i, column)).ToArray();
        var buffers = new Queue<BufferPlace>(Places(writer.WriteBatch(Batch(data, source))));
        writer.Finish();
        var checksums = stream.Finish();
        if (stream.Length >= FileBytesMax)
        {
            throw new InputException(
                $"source {source.Name}: partition {place.Partition} needs {stream.Length} bytes, more than the {FileBytesMax} of a segment: raise the number of partitions");
        }

        return Entry(name, place, source, data, dictionaries, buffers) with { FileLength = stream.Length, Checksums = checksums };
    }

    private static ArrowField[] Schema(string entityName, EventSource source, SegmentData data)
    {
        var key = data.Keys.Type == EntityKeyType.Int64 ? new ArrowField(entityName, ArrowKind.Int, 64) : new ArrowField(entityName, ArrowKind.Utf8);
        var columns = source.Columns.Select((column, i) => Field(column, i));
        ArrowField[] times = source.Always ? [] : HasOwnTimes(source)
            ? [new ArrowField("$time", ArrowKind.Timestamp), new ArrowField("$first_cutoff", ArrowKind.Int, 32)]
            : [new ArrowField("$first_cutoff", ArrowKind.Int, 32)];
        var row = new ArrowField("$event", ArrowKind.Struct, Children: [.. times, .. columns]);
        return [key, new ArrowField("$first_cutoff", ArrowKind.Int, 32), new ArrowField("$events", ArrowKind.List, Children: [row])];
    }

    /// <summary>A time column that is a timestamp holds the instants itself; dates have theirs beside them.</summary>
    private static bool HasOwnTimes(EventSource source) => source.Columns[source.TimeColumn].Type != ColumnType.Timestamp;

    private static ArrowField Field(SourceColumn column, int index) => column.Type switch
    {
        ColumnType.Bool => new ArrowField(column.Name, ArrowKind.Bool),
        ColumnType.Int64 => new ArrowField(column.Name, ArrowKind.Int, 64),
        ColumnType.Float64 => new ArrowField(column.Name, ArrowKind.FloatingPoint),
        ColumnType.String => new ArrowField(column.Name, ArrowKind.Utf8, DictionaryId: index),
        ColumnType.Date => new ArrowField(column.Name, ArrowKind.Date),
        ColumnType.Timestamp => new ArrowField(column.Name, ArrowKind.Timestamp),
        _ => throw new InvalidOperationException($"column {column.Name} has type {column.Type}, which no segment holds"),
    };

    private static BufferPlace[] WriteDictionary(ArrowFileWriter writer, int id, EventColumn column)
    {
        if (column.Dictionary is not { } texts)
        {
            return [];
        }

        var batch = new ArrowBatch { Length = texts.Count, Nodes = { (texts.Count, 0) }, Buffers = { default, texts.OffsetBytes, texts.Utf8 } };
        return Places(writer.WriteDictionary(id, batch));
    }

    private static BufferPlace[] Places((long Offset, long Length)[] buffers) =>
        [.. buffers.Select(buffer => new BufferPlace(buffer.Offset, buffer.Length))];

    private static ArrowBatch Batch(SegmentData data, EventSource source)
    {
        var entities = data.Keys.Count;
        var events = data.EventStarts[^1];
        var batch = new ArrowBatch { Length = entities };
        batch.Nodes.AddRange([(entities, 0), (entities, 0), (entities, 0), (events, 0)]);
        batch.Buffers.Add(default);
        batch.Buffers.AddRange(data.Keys.Texts is { } texts ? [texts.OffsetBytes, texts.Utf8] : [Bytes(data.Keys.Numbers)]);
        batch.Buffers.AddRange([default, Bytes(data.EntityFirstCutoffs), default, Bytes(data.EventStarts), default]);
        if (!source.Always)
        {
            if (HasOwnTimes(source))
            {
                Add(batch, events, 0, default, data.Times);
            }

            Add(batch, events, 0, default, data.FirstCutoffs);
        }

        foreach (var column in data.Columns)
        {
            Add(batch, events, Nulls(column, events), column.Validity, column.Data);
        }

        return batch;
    }

    private static void Add(ArrowBatch batch, int length, int nulls, ReadOnlyMemory<byte> validity, ReadOnlyMemory<byte> values)
    {
        batch.Nodes.Add((length, nulls));
        batch.Buffers.Add(validity);
        batch.Buffers.Add(values);
    }

    private static int Nulls(EventColumn column, int events)
    {
        var nulls = 0;
        for (var e = 0; e < events && !column.Validity.IsEmpty; e++)
        {
            nulls += column.IsValid(e) ? 0 : 1;
        }

        return nulls;
    }

    /// <summary>Names the buffers in the order in which <see cref="Batch"/> adds them.</summary>
    private static SegmentEntry Entry(
        string name, (int Partition, int Source) place, EventSource source, SegmentData data, BufferPlace[][] dictionaries, Queue<BufferPlace> buffers)
    {
        buffers.Dequeue();
        var keys = buffers.Dequeue();
        var keyTexts = data.Keys.Texts is null ? default : buffers.Dequeue();
        buffers.Dequeue();
        var entityFirstCutoffs = buffers.Dequeue();
        buffers.Dequeue();
        var eventStarts = buffers.Dequeue();
        buffers.Dequeue();
        var times = !source.Always && HasOwnTimes(source) ? Second(buffers) : default;
        var firstCutoffs = source.Always ? default : Second(buffers);
        var columns = new ColumnPlaces[data.Columns.Length];
        for (var i = 0; i < columns.Length; i++)
        {
            var validity = buffers.Dequeue();
            var texts = dictionaries[i];
            columns[i] = new ColumnPlaces(
                buffers.Dequeue(), validity, data.Columns[i].Dictionary?.Count ?? 0, texts.Length == 0 ? default : texts[1], texts.Length == 0 ? default : texts[2]);
        }

        return new SegmentEntry
        {
            File = name,
            FileLength = 0,
            Partition = place.Partition,
            Source = place.Source,
            SliceEntityStarts = data.SliceEntityStarts,
            SliceEventStarts = Array.ConvertAll(data.SliceEntityStarts, entity => data.EventStarts[entity]),
            Keys = keys,
            KeyTexts = keyTexts,
            EntityFirstCutoffs = entityFirstCutoffs,
            EventStarts = eventStarts,
            Times = source.Always || HasOwnTimes(source) ? times : columns[source.TimeColumn].Data,
            FirstCutoffs = firstCutoffs,
            Columns = columns,
            Checksums = [],
        };
    }

    private static BufferPlace Second(Queue<BufferPlace> buffers)
    {
        buffers.Dequeue();
        return buffers.Dequeue();
    }

    private static byte[] Bytes<T>(ReadOnlySpan<T> values)
        where T : unmanaged => MemoryMarshal.AsBytes(values).ToArray();

    private static byte[] Bytes<T>(T[] values)
        where T : unmanaged => Bytes((ReadOnlySpan<T>)values);
}
