namespace FeatureService.Parquet;

/// <summary>Writes Thrift's compact protocol.</summary>
/// <param name="output">Where the bytes go.</param>
internal sealed class ThriftWriter(Stream output)
{
    /// <summary>Writes a struct.</summary>
    /// <param name="value">The struct.</param>
    public void Write(ThriftStruct value)
    {
        short last = 0;
        foreach (var field in value.Fields)
        {
            var step = field.Id - last;
            if (step is > 0 and <= 15)
            {
                output.WriteByte((byte)((step << 4) | (byte)field.Type));
            }
            else
            {
                output.WriteByte((byte)field.Type);
                WriteInteger(field.Id);
            }

            last = field.Id;
            if (field.Type is not (ThriftType.True or ThriftType.False))
            {
                WriteValue(field.Type, field.Value);
            }
        }

        output.WriteByte(0);
    }

    private void WriteValue(ThriftType type, object value)
    {
        switch (type)
        {
            case ThriftType.True or ThriftType.False or ThriftType.Byte:
                output.WriteByte((byte)(long)value);
                break;
            case ThriftType.Int16 or ThriftType.Int32 or ThriftType.Int64:
                WriteInteger((long)value);
                break;
            case ThriftType.Double:
                output.Write((byte[])value);
                break;
            case ThriftType.Binary:
                WriteVarint((ulong)((byte[])value).Length);
                output.Write((byte[])value);
                break;
            case ThriftType.List or ThriftType.Set:
                WriteList((ThriftList)value);
                break;
            default:
                Write((ThriftStruct)value);
                break;
        }
    }

    private void WriteList(ThriftList list)
    {
        var count = list.Values.Count;
        if (count < 15)
        {
            output.WriteByte((byte)((count << 4) | (byte)list.Element));
        }
        else
        {
            output.WriteByte((byte)(0xF0 | (byte)list.Element));
            WriteVarint((ulong)count);
        }

        foreach (var value in list.Values)
        {
            WriteValue(list.Element, value);
        }
    }

    private void WriteInteger(long value) => WriteVarint((ulong)((value << 1) ^ (value >> 63)));

    private void WriteVarint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            output.WriteByte((byte)(value | 0x80));
        }

        output.WriteByte((byte)value);
    }
}
