using System.Buffers.Binary;
using Google.FlatBuffers;

namespace FeatureService.Arrow;

/// <summary>The end of an Arrow IPC file: its fields, and where its record batches lie.</summary>
/// <param name="Fields">The fields; those inside of others, and dictionaries, are not read.</param>
/// <param name="Batches">The record batches in order.</param>
public sealed record ArrowFooter(IReadOnlyList<ArrowField> Fields, IReadOnlyList<ArrowBlock> Batches)
{
    private const int TailBytes = sizeof(int) + MagicBytes;
    private const int MagicBytes = 6;
    private const int BlockBytes = 24;

    /// <summary>Reads a file's footer.</summary>
    /// <param name="file">A file.</param>
    /// <exception cref="InvalidDataException">The file has no footer, or one that does not fit it.</exception>
    public static ArrowFooter Read(Stream file)
    {
        Span<byte> tail = stackalloc byte[TailBytes];
        if (file.Length < ArrowFileWriter.Magic.Length + TailBytes)
        {
            throw Damaged();
        }

        file.Position = file.Length - TailBytes;
        file.ReadExactly(tail);
        var length = BinaryPrimitives.ReadInt32LittleEndian(tail);
        if (!tail[sizeof(int)..].SequenceEqual(ArrowFileWriter.Magic[..MagicBytes]) || length < sizeof(int) || length > file.Length - TailBytes - ArrowFileWriter.Magic.Length)
        {
            throw Damaged();
        }

        var footer = new byte[length];
        file.Position = file.Length - TailBytes - length;
        file.ReadExactly(footer);
        try
        {
            var bytes = new ByteBuffer(footer);
            var table = new Table(bytes.GetInt(0), bytes);
            return new ArrowFooter(ReadFields(table), ReadBatches(table, file.Length - TailBytes - length));
        }
        catch (Exception exception) when (exception is ArgumentException or IndexOutOfRangeException)
        {
            throw Damaged();
        }
    }

    private static List<ArrowField> ReadFields(Table footer)
    {
        var fields = new List<ArrowField>();
        if (Child(footer, 1) is { } schema && At(schema, 1) is > 0 and var place)
        {
            var (at, count) = (schema.__vector(place), schema.__vector_len(place));
            for (var i = 0; i < count; i++)
            {
                var field = new Table(schema.__indirect(at + (i * sizeof(int))), schema.bb);
                var kind = (ArrowKind)(At(field, 2) is > 0 and var kindAt ? field.bb.Get(field.bb_pos + kindAt) : 0);
                var nullable = At(field, 1) is > 0 and var nullableAt && field.bb.Get(field.bb_pos + nullableAt) != 0;
                var name = At(field, 0) is > 0 and var nameAt ? field.__string(field.bb_pos + nameAt) : throw Damaged();
                fields.Add(new ArrowField(name, kind, Child(field, 3) is { } type ? Width(kind, type) : 0, Nullable: nullable));
            }
        }

        return fields;
    }

    private static int Width(ArrowKind kind, Table type) => (kind, At(type, 0)) switch
    {
        (ArrowKind.Int, > 0 and var at) => type.bb.GetInt(type.bb_pos + at),
        (ArrowKind.FloatingPoint, > 0 and var at) => type.bb.GetShort(type.bb_pos + at) == 1 ? 32 : 64,
        _ => 0,
    };

    private static List<ArrowBlock> ReadBatches(Table footer, long end)
    {
        var blocks = new List<ArrowBlock>();
        var place = At(footer, 3);
        if (place == 0)
        {
            return blocks;
        }

        var (at, count) = (footer.__vector(place), footer.__vector_len(place));
        for (var i = 0; i < count; i++, at += BlockBytes)
        {
            var block = new ArrowBlock(footer.bb.GetLong(at), footer.bb.GetInt(at + 8), footer.bb.GetLong(at + 16));
            var isInside = block is { Offset: >= 0, MetadataLength: > 0, BodyLength: >= 0 } && block.Offset + block.MetadataLength + block.BodyLength <= end;
            blocks.Add(isInside ? block : throw Damaged());
        }

        return blocks;
    }

    /// <summary>Where a field of a table lies in it; 0 where it has none.</summary>
    private static int At(Table table, int field) => table.__offset(4 + (2 * field));

    private static Table? Child(Table table, int field) =>
        At(table, field) is > 0 and var at ? new Table(table.__indirect(table.bb_pos + at), table.bb) : null;

    private static InvalidDataException Damaged() => new("it is no whole Arrow file");
}
