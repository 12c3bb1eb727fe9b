namespace FeatureService.Parquet;

/// <summary>Reads Thrift's compact protocol, of which a Parquet footer is made.</summary>
/// <param name="bytes">The footer.</param>
internal ref struct ThriftReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Reads a struct.</summary>
    /// <exception cref="InvalidDataException">The bytes are none.</exception>
    public ThriftStruct ReadStruct()
    {
        var value = new ThriftStruct();
        short id = 0;
        while (true)
        {
            var header = ReadByte();
            if (header == 0)
            {
                return value;
            }

            var type = (ThriftType)(header & 0x0F);
            id = header >> 4 == 0 ? (short)ReadInteger() : (short)(id + (header >> 4));
            value.Fields.Add(new ThriftField(id, type, type is ThriftType.True or ThriftType.False ? true : ReadValue(type)));
        }
    }

    private object ReadValue(ThriftType type) => type switch
    {
        ThriftType.True or ThriftType.False or ThriftType.Byte => (long)ReadByte(),
        ThriftType.Int16 or ThriftType.Int32 or ThriftType.Int64 => ReadInteger(),
        ThriftType.Double => ReadBytes(sizeof(double)),
        ThriftType.Binary => ReadBytes(ReadLength()),
        ThriftType.List or ThriftType.Set => ReadList(),
        ThriftType.Struct => ReadStruct(),
        _ => throw new InvalidDataException($"Parquet footer: type {(byte)type} is not known"),
    };

    private ThriftList ReadList()
    {
        var header = ReadByte();
        var count = header >> 4 == 15 ? ReadLength() : header >> 4;
        var type = (ThriftType)(header & 0x0F);
        var list = new ThriftList(type, []);
        for (var i = 0; i < count; i++)
        {
            list.Values.Add(ReadValue(type));
        }

        return list;
    }

    private long ReadInteger()
    {
        var value = ReadVarint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    private int ReadLength()
    {
        var length = ReadVarint();
        return length <= (ulong)_rest.Length ? (int)length : throw Exception_TooShort();
    }

    private ulong ReadVarint()
    {
        var value = 0ul;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var part = ReadByte();
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("Parquet footer: an integer has more than 64 bits");
    }

    private byte ReadByte()
    {
        if (_rest.IsEmpty)
        {
            throw Exception_TooShort();
        }

        var value = _rest[0];
        _rest = _rest[1..];
        return value;
    }

    private byte[] ReadBytes(int length)
    {
        if (length > _rest.Length)
        {
            throw Exception_TooShort();
        }

        var value = _rest[..length].ToArray();
        _rest = _rest[length..];
        return value;
    }

    private static InvalidDataException Exception_TooShort() => new("Parquet footer: it ends in the middle of a value");
}
