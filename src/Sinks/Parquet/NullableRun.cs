using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using FeatureService.Core.Columns;

namespace FeatureService.Sinks.Parquet;

/// <summary>Parquet's form of nulls: a level for each row, and the values without gaps. Buffers are kept from run to run.</summary>
internal sealed class NullableRun
{
    private short[] _levels = [];
    private short[] _ones = [];
    private byte[] _values = [];

    /// <summary>One level for each row: 1 where it has a value.</summary>
    /// <param name="run">The rows.</param>
    public ReadOnlySpan<short> Levels(Column run)
    {
        if (run.NullCount == 0)
        {
            if (_ones.Length < run.Length)
            {
                _ones = new short[run.Length];
                _ones.AsSpan().Fill(1);
            }

            return _ones.AsSpan(0, run.Length);
        }

        if (_levels.Length < run.Length)
        {
            _levels = new short[run.Length];
        }

        var validity = run.Validity.Span;
        var levels = _levels.AsSpan(0, run.Length);
        for (var i = 0; i < levels.Length; i++)
        {
            levels[i] = (short)(validity[i >> 3] >> (i & 7) & 1);
        }

        return levels;
    }

    /// <summary>The values that are not null, one after the other.</summary>
    /// <typeparam name="T">Type of the values.</typeparam>
    /// <param name="run">The rows, some of them null.</param>
    /// <param name="values">Their values.</param>
    public ReadOnlySpan<T> Compact<T>(Column run, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        var target = Target<T>(run.Length);
        var validity = run.Validity.Span;
        var count = 0;
        for (var first = 0; first < run.Length; first += 64)
        {
            var length = Math.Min(64, run.Length - first);
            var word = Word(validity[(first >> 3)..], length);
            if (word == ulong.MaxValue)
            {
                values.Slice(first, 64).CopyTo(target[count..]);
                count += 64;
                continue;
            }

            for (; word != 0; word &= word - 1)
            {
                target[count++] = values[first + BitOperations.TrailingZeroCount(word)];
            }
        }

        return target[..count];
    }

    private static ulong Word(ReadOnlySpan<byte> bytes, int length)
    {
        if (length == 64)
        {
            return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        }

        var word = 0ul;
        for (var i = 0; i < Bitmap.Bytes(length); i++)
        {
            word |= (ulong)bytes[i] << (i * 8);
        }

        return word & ((1ul << length) - 1);
    }

    private unsafe Span<T> Target<T>(int length)
        where T : unmanaged
    {
        if (_values.Length < length * sizeof(T))
        {
            _values = new byte[length * sizeof(T)];
        }

        return MemoryMarshal.Cast<byte, T>(_values.AsSpan());
    }
}
