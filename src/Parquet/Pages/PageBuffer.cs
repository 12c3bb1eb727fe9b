using System.Buffers.Binary;

namespace FeatureService.Parquet.Pages;

/// <summary>Bytes of a page while they are put together; memory is kept from page to page.</summary>
internal sealed class PageBuffer
{
    private byte[] _bytes = new byte[4096];

    /// <summary>Number of bytes.</summary>
    public int Length { get; private set; }

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    /// <summary>Starts anew.</summary>
    public void Clear() => Length = 0;

    /// <summary>Room for bytes behind the last; <see cref="Advance"/> says how many were written.</summary>
    /// <param name="count">How many at most.</param>
    public Span<byte> Room(int count)
    {
        if (_bytes.Length - Length < count)
        {
            Array.Resize(ref _bytes, checked((int)Math.Max(Length + (long)count, Math.Min(2L * _bytes.Length, Array.MaxLength))));
        }

        return _bytes.AsSpan(Length, count);
    }

    /// <summary>Counts bytes that were written into <see cref="Room"/>.</summary>
    public void Advance(int count) => Length += count;

    /// <summary>Appends bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        Length += bytes.Length;
    }

    /// <summary>Appends one byte.</summary>
    public void Append(byte value)
    {
        Room(1)[0] = value;
        Length++;
    }

    /// <summary>Appends four bytes, little-endian.</summary>
    public void AppendInt32(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(Room(sizeof(int)), value);
        Length += sizeof(int);
    }

    /// <summary>Appends an unsigned integer by sevens of bits.</summary>
    public void AppendVarint(uint value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            Append((byte)(value | 0x80));
        }

        Append((byte)value);
    }

    /// <summary>Writes four bytes over earlier ones.</summary>
    public void Overwrite(int at, int value) => BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(at), value);
}
