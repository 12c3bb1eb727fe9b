using System.Buffers.Binary;

namespace FeatureService.Core.Columns.Wire;

/// <summary>Reads the fields of a message in protobuf's wire format, one after the other, unknown ones too.</summary>
/// <param name="source">The message.</param>
public ref struct ProtoReader(ReadOnlySpan<byte> source)
{
    private readonly int _length = source.Length;
    private ReadOnlySpan<byte> _left = source;

    /// <summary>Number of the field.</summary>
    public int Field { get; private set; }

    /// <summary>Its value where it is a number, as the bits of an unsigned one; else 0.</summary>
    public ulong Number { get; private set; }

    /// <summary>Its value where it is bytes, a text or a message; else empty.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>Bytes of the message up to the field's end.</summary>
    public readonly int Position => _length - _left.Length;

    /// <summary>The value as a <c>sint64</c>.</summary>
    public readonly long Signed => (long)(Number >> 1) ^ -(long)(Number & 1);

    /// <summary>Goes to the next field.</summary>
    /// <returns>False at the message's end.</returns>
    /// <exception cref="InvalidDataException">The bytes are no message.</exception>
    public bool Next()
    {
        if (_left.IsEmpty)
        {
            return false;
        }

        var tag = Varint();
        (Field, Number) = ((int)(uint)(tag >> 3), 0);
        Bytes = default;
        switch (tag & 7)
        {
            case 0:
                Number = Varint();
                break;
            case 1:
                Number = BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));
                break;
            case 2:
                Bytes = Take(Varint());
                break;
            case 5:
                Number = BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));
                break;
            default:
                throw new InvalidDataException($"a field of wire type {tag & 7}, which no message of the contract has");
        }

        return true;
    }

    private ReadOnlySpan<byte> Take(ulong length)
    {
        if (length > (ulong)_left.Length)
        {
            throw new InvalidDataException($"a field of {length} bytes, but {_left.Length} are left of its message");
        }

        var taken = _left[..(int)length];
        _left = _left[(int)length..];
        return taken;
    }

    private ulong Varint()
    {
        var value = 0UL;
        for (var i = 0; i < _left.Length && i < 10; i++)
        {
            value |= (ulong)(_left[i] & 0x7F) << (7 * i);
            if (_left[i] < 0x80)
            {
                _left = _left[(i + 1)..];
                return value;
            }
        }

        throw new InvalidDataException("a number that does not end");
    }
}
