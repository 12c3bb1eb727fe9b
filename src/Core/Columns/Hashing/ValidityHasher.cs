using System.Buffers.Binary;
using System.IO.Hashing;

namespace FeatureService.Core.Columns.Hashing;

/// <summary>Hashes a column's validity as one stream of bits, wherever its runs are cut.</summary>
internal sealed class ValidityHasher
{
    private readonly XxHash128 _hash = new();
    private readonly byte[] _buffer = new byte[4096];
    private int _buffered;
    private ulong _word;
    private int _bits;

    /// <summary>Adds the bits of a run.</summary>
    public void Add(Column run)
    {
        var rows = run.Length;
        if (run.NullCount == 0)
        {
            for (; rows >= 64; rows -= 64)
            {
                Append(ulong.MaxValue, 64);
            }

            Append(ulong.MaxValue, rows);
            return;
        }

        var bitmap = run.Validity.Span;
        for (; rows >= 64; rows -= 64)
        {
            Append(BinaryPrimitives.ReadUInt64LittleEndian(bitmap), 64);
            bitmap = bitmap[sizeof(ulong)..];
        }

        var last = 0ul;
        for (var i = 0; i < Bitmap.Bytes(rows); i++)
        {
            last |= (ulong)bitmap[i] << (i * 8);
        }

        Append(last, rows);
    }

    /// <summary>Gives the hash of all bits so far, and starts anew.</summary>
    /// <param name="hash">Where its 16 bytes go.</param>
    public void Finish(Span<byte> hash)
    {
        Span<byte> rest = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(rest, _word);
        _hash.Append(_buffer.AsSpan(0, _buffered));
        _hash.Append(rest);
        _hash.GetHashAndReset(hash);
        (_buffered, _word, _bits) = (0, 0, 0);
    }

    private void Append(ulong bits, int count)
    {
        if (count == 0)
        {
            return;
        }

        if (count < 64)
        {
            bits &= (1ul << count) - 1;
        }

        _word |= bits << _bits;
        if (_bits + count < 64)
        {
            _bits += count;
            return;
        }

        Flush(_word);
        var used = 64 - _bits;
        _word = used == 64 ? 0 : bits >> used;
        _bits = _bits + count - 64;
    }

    private void Flush(ulong word)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_buffer.AsSpan(_buffered), word);
        _buffered += sizeof(ulong);
        if (_buffered == _buffer.Length)
        {
            _hash.Append(_buffer);
            _buffered = 0;
        }
    }
}
