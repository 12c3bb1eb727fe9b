using System.Buffers.Binary;
using System.Numerics;

namespace FeatureService.Parquet.Pages;

/// <summary>The Snappy format's blocks: literals, and copies of what came before.</summary>
internal sealed class SnappyEncoder
{
    private const int BlockBytes = 1 << 16;
    private const int HashBits = 14;
    private const int CopyMin = 4;
    private const int CopyMax = 64;

    /// <summary>Bytes without a copy after which the next place is looked for further off, doubling with each so many.</summary>
    private const int SkipBits = 5;

    private readonly ushort[] _places = new ushort[1 << HashBits];

    /// <summary>The most bytes that an encoding takes.</summary>
    /// <param name="length">Number of bytes.</param>
    public static int LengthMax(int length) => checked(32 + length + (length / 6));

    /// <summary>Encodes bytes.</summary>
    /// <param name="input">The bytes.</param>
    /// <param name="output">At least <see cref="LengthMax"/>.</param>
    /// <returns>How many bytes were written.</returns>
    public int Encode(ReadOnlySpan<byte> input, Span<byte> output)
    {
        var at = 0;
        var length = (uint)input.Length;
        for (; length >= 0x80; length >>= 7)
        {
            output[at++] = (byte)(length | 0x80);
        }

        output[at++] = (byte)length;
        for (; !input.IsEmpty; input = input[Math.Min(BlockBytes, input.Length)..])
        {
            at += EncodeBlock(input[..Math.Min(BlockBytes, input.Length)], output[at..]);
        }

        return at;
    }

    private int EncodeBlock(ReadOnlySpan<byte> block, Span<byte> output)
    {
        Array.Clear(_places);
        var (written, literal) = (0, 0);
        for (var place = 1; place + sizeof(ulong) <= block.Length;)
        {
            var bytes = BinaryPrimitives.ReadUInt32LittleEndian(block[place..]);
            var hash = bytes * 0x1E35A7BD >> (32 - HashBits);
            int candidate = _places[hash];
            _places[hash] = (ushort)place;
            if (candidate >= place || BinaryPrimitives.ReadUInt32LittleEndian(block[candidate..]) != bytes)
            {
                place += 1 + ((place - literal) >> SkipBits);
                continue;
            }

            written += Literal(block[literal..place], output[written..]);
            var length = CopyMin + block[(place + CopyMin)..].CommonPrefixLength(block[(candidate + CopyMin)..]);
            written += Copy(place - candidate, length, output[written..]);
            place += length;
            literal = place;
        }

        return written + Literal(block[literal..], output[written..]);
    }

    private static int Literal(ReadOnlySpan<byte> bytes, Span<byte> output)
    {
        if (bytes.IsEmpty)
        {
            return 0;
        }

        var number = bytes.Length - 1;
        var header = 1;
        if (number < 60)
        {
            output[0] = (byte)(number << 2);
        }
        else
        {
            // 60 and 61 say that the length follows in one or two bytes; a block has no longer ones.
            var more = (BitOperations.Log2((uint)number) / 8) + 1;
            output[0] = (byte)((59 + more) << 2);
            output[1] = (byte)number;
            output[2] = (byte)(number >> 8);
            header += more;
        }

        bytes.CopyTo(output[header..]);
        return header + bytes.Length;
    }

    private static int Copy(int offset, int length, Span<byte> output)
    {
        var written = 0;
        for (; length > 0; written += 3)
        {
            var part = Math.Min(CopyMax, length);
            output[written] = (byte)(((part - 1) << 2) | 2);
            BinaryPrimitives.WriteUInt16LittleEndian(output[(written + 1)..], (ushort)offset);
            length -= part;
        }

        return written;
    }
}
