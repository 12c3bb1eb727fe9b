namespace FeatureService.Core.Columns.Wire;

/// <summary>Writes protobuf's wire format into memory that has room for it. As in proto3, what has its default value is left out.</summary>
/// <param name="target">Where the bytes go.</param>
public ref struct ProtoWriter(Span<byte> target)
{
    /// <summary>The most bytes that a tag and a number take, of fields up to 15.</summary>
    public const int NumberBytesMax = 1 + 10;

    private const int VarintType = 0;
    private const int BytesType = 2;
    private readonly Span<byte> _target = target;

    /// <summary>Bytes written so far.</summary>
    public int Position { get; private set; }

    /// <summary>An integer, bool or enum; nothing where it is 0.</summary>
    /// <param name="field">Number of the field, at most 15.</param>
    /// <param name="value">The value.</param>
    public void Number(int field, ulong value)
    {
        if (value != 0)
        {
            Tag(field, VarintType);
            Varint(value);
        }
    }

    /// <summary>A <c>sint64</c>; nothing where it is 0.</summary>
    /// <param name="field">Number of the field, at most 15.</param>
    /// <param name="value">The value.</param>
    public void Signed(int field, long value) => Number(field, (ulong)((value << 1) ^ (value >> 63)));

    /// <summary>Bytes or a text in UTF-8; nothing where there are none.</summary>
    /// <param name="field">Number of the field, at most 15.</param>
    /// <param name="bytes">The bytes.</param>
    public void Bytes(int field, ReadOnlySpan<byte> bytes)
    {
        if (!bytes.IsEmpty)
        {
            Length(field, bytes.Length);
            Raw(bytes);
        }
    }

    /// <summary>The beginning of bytes or of a message that somebody else writes behind.</summary>
    /// <param name="field">Number of the field, at most 15.</param>
    /// <param name="length">Number of bytes that follow.</param>
    public void Length(int field, int length)
    {
        Tag(field, BytesType);
        Varint((ulong)length);
    }

    /// <summary>Fields that are written already.</summary>
    /// <param name="bytes">Their bytes.</param>
    public void Raw(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_target[Position..]);
        Position += bytes.Length;
    }

    /// <summary>Begins a message within this one.</summary>
    /// <param name="field">Number of the field, at most 15.</param>
    /// <returns>What <see cref="Close"/> needs.</returns>
    public int Open(int field)
    {
        Tag(field, BytesType);
        return ++Position;
    }

    /// <summary>Ends a message within this one.</summary>
    /// <param name="start">What <see cref="Open"/> gave.</param>
    public void Close(int start)
    {
        var (length, end) = (Position - start, Position);
        if (length >= 1 << 7)
        {
            // Its length takes more than the byte that was left for it.
            var more = VarintBytes((ulong)length) - 1;
            _target[start..end].CopyTo(_target[(start + more)..]);
            end += more;
        }

        Position = start - 1;
        Varint((ulong)length);
        Position = end;
    }

    /// <summary>Bytes that a number takes.</summary>
    /// <param name="value">The number.</param>
    public static int VarintBytes(ulong value) => (70 - System.Numerics.BitOperations.LeadingZeroCount(value | 1)) / 7;

    private void Tag(int field, int type) => _target[Position++] = (byte)((field << 3) | type);

    private void Varint(ulong value)
    {
        for (; value >= 1 << 7; value >>= 7)
        {
            _target[Position++] = (byte)(value | (1 << 7));
        }

        _target[Position++] = (byte)value;
    }
}
