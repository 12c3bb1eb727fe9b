using System.Buffers.Binary;
using FeatureService.Contracts.V1;

namespace FeatureService.Tests.Support;

/// <summary>One row's value of a chunk in any encoding, read by hand as the contract says.</summary>
internal static class ReceivedValue
{
    public static object Of(ColumnChunk chunk, ReadOnlySpan<byte> payload, int row)
    {
        if (chunk.Type == ColumnType.String)
        {
            var isPlain = chunk.Encoding == Encoding.Plain;
            var offsets = Part(payload, chunk.Offsets);
            var index = isPlain ? row : (int)Number(chunk, payload, row);
            var utf8 = Part(payload, isPlain ? chunk.Values : chunk.Dictionary);
            var start = BinaryPrimitives.ReadInt32LittleEndian(offsets[(index * 4)..]);
            return System.Text.Encoding.UTF8.GetString(utf8[start..BinaryPrimitives.ReadInt32LittleEndian(offsets[((index + 1) * 4)..])]);
        }

        return chunk.Encoding == Encoding.Narrow ? OfNumber(chunk.Type, Number(chunk, payload, row)) : OfBits(chunk.Type, Number(chunk, payload, row));
    }

    /// <summary>The row's number, or the bits of its value.</summary>
    private static long Number(ColumnChunk chunk, ReadOnlySpan<byte> payload, int row)
    {
        var values = Part(payload, chunk.Values);
        var width = chunk.Type switch
        {
            _ when chunk.Encoding == Encoding.Narrow => values.Length / (int)chunk.Rows,
            ColumnType.Bool => 1,
            ColumnType.Int64 or ColumnType.Timestamp or ColumnType.Float64 => 8,
            _ => 4,
        };
        switch (chunk.Encoding)
        {
            case Encoding.Repeated:
                return Unsigned(values, row % (values.Length / width), width);
            case Encoding.Runs:
                var ends = Part(payload, chunk.RunEnds);
                var run = 0;
                while (BinaryPrimitives.ReadInt32LittleEndian(ends[(run * 4)..]) <= row)
                {
                    run++;
                }

                return Unsigned(values, run, width);
            case Encoding.Narrow:
                return chunk.Base + Unsigned(values, row, width);
            case Encoding.Sparse:
                var present = Part(payload, chunk.Present);
                var before = 0;
                for (var i = 0; i < row; i++)
                {
                    before += Bit(present, i);
                }

                return Bit(present, row) == 1 ? Unsigned(values, before, width) : 0;
            default:
                return Unsigned(values, row, width);
        }
    }

    private static object OfNumber(ColumnType type, long number) => type switch
    {
        ColumnType.Float64 => (double)number,
        ColumnType.Float32 => (float)number,
        _ => OfBits(type, number),
    };

    private static object OfBits(ColumnType type, long bits) => type switch
    {
        ColumnType.Bool => bits == 1,
        ColumnType.Int64 or ColumnType.Timestamp => bits,
        ColumnType.Float64 => BitConverter.Int64BitsToDouble(bits),
        ColumnType.Float32 => BitConverter.Int32BitsToSingle((int)bits),
        _ => (int)bits,
    };

    private static long Unsigned(ReadOnlySpan<byte> values, int index, int width)
    {
        var number = 0UL;
        for (var i = 0; i < width; i++)
        {
            number |= (ulong)values[(index * width) + i] << (8 * i);
        }

        return (long)number;
    }

    private static int Bit(ReadOnlySpan<byte> bitmap, int row) => bitmap[row / 8] >> (row % 8) & 1;

    private static ReadOnlySpan<byte> Part(ReadOnlySpan<byte> payload, ByteRange range)
    {
        Assert.Equal(0u, range.Offset % 64);
        return payload.Slice((int)range.Offset, (int)range.Length);
    }
}
