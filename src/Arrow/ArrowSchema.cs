using Google.FlatBuffers;

namespace FeatureService.Arrow;

/// <summary>Writes Arrow's schema tables; the numbers are the fields' places in Schema.fbs.</summary>
internal static class ArrowSchema
{
    /// <summary>Writes a schema.</summary>
    public static int Write(FlatBufferBuilder builder, IReadOnlyList<ArrowField> fields)
    {
        var vector = Vector(builder, [.. fields.Select(field => Write(builder, field))]);
        builder.StartTable(4);
        builder.AddOffset(1, vector, 0);
        return builder.EndTable();
    }

    private static int Write(FlatBufferBuilder builder, ArrowField field)
    {
        var name = builder.CreateString(field.Name).Value;
        var children = Vector(builder, [.. field.Children.Select(child => Write(builder, child))]);
        var type = WriteType(builder, field);
        var dictionary = field.DictionaryId < 0 ? 0 : WriteDictionary(builder, field.DictionaryId);
        builder.StartTable(7);
        builder.AddOffset(0, name, 0);
        builder.AddBool(1, field.Nullable, false);
        builder.AddByte(2, (byte)field.Kind, 0);
        builder.AddOffset(3, type, 0);
        builder.AddOffset(4, dictionary, 0);
        builder.AddOffset(5, children, 0);
        return builder.EndTable();
    }

    private static int WriteType(FlatBufferBuilder builder, ArrowField field)
    {
        const short Single = 1;
        const short Double = 2;
        const short Day = 0;
        const short Millisecond = 1;
        const short Microsecond = 2;
        switch (field.Kind)
        {
            case ArrowKind.Int:
                return WriteInt(builder, field.BitWidth);
            case ArrowKind.FloatingPoint:
                builder.StartTable(1);
                builder.AddShort(0, field.BitWidth == 32 ? Single : Double, 0);
                break;
            case ArrowKind.Date:
                builder.StartTable(1);
                builder.AddShort(0, Day, Millisecond);
                break;
            case ArrowKind.Timestamp:
                var zone = builder.CreateString("UTC").Value;
                builder.StartTable(2);
                builder.AddShort(0, Microsecond, 0);
                builder.AddOffset(1, zone, 0);
                break;
            default:
                builder.StartTable(0);
                break;
        }

        return builder.EndTable();
    }

    private static int WriteInt(FlatBufferBuilder builder, int bitWidth)
    {
        builder.StartTable(2);
        builder.AddInt(0, bitWidth, 0);
        builder.AddBool(1, true, false);
        return builder.EndTable();
    }

    private static int WriteDictionary(FlatBufferBuilder builder, long id)
    {
        var index = WriteInt(builder, 32);
        builder.StartTable(4);
        builder.AddLong(0, id, 0);
        builder.AddOffset(1, index, 0);
        builder.AddBool(2, true, false);
        return builder.EndTable();
    }

    private static int Vector(FlatBufferBuilder builder, int[] offsets)
    {
        builder.StartVector(4, offsets.Length, 4);
        for (var i = offsets.Length - 1; i >= 0; i--)
        {
            builder.AddOffset(offsets[i]);
        }

        return builder.EndVector().Value;
    }
}
