using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text.Unicode;
using FeatureService.Core.Columns;

namespace FeatureService.Ingest.Loading;

/// <summary>Distinct texts, numbered in the order in which they come.</summary>
internal sealed class TextTable
{
    private const int BytesMax = 0x7FFFFFC7;

    private byte[] _bytes = new byte[256];
    private int[] _offsets = new int[17];
    private ulong[] _hashes = new ulong[16];
    private int[] _slots = new int[32];

    // The texts of most columns are few and short: those of up to eight bytes are found by these without a hash.
    private const int ShortBytesMax = 8;
    private readonly (ulong Text, int Length, int CodeNext)[] _short = new (ulong, int, int)[256];

    /// <summary>Number of texts.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes in memory.</summary>
    public long Bytes => _bytes.Length + ((_offsets.Length + _slots.Length) * (long)sizeof(int)) + (_hashes.Length * (long)sizeof(ulong));

    /// <summary>One text.</summary>
    public ReadOnlySpan<byte> this[int code] => _bytes.AsSpan(_offsets[code], _offsets[code + 1] - _offsets[code]);

    /// <summary>A text's number, new or known.</summary>
    /// <returns>-1 where the bytes are no UTF-8.</returns>
    /// <exception cref="InputException">The distinct texts are more than 2 GiB.</exception>
    public int GetOrAdd(ReadOnlySpan<byte> text)
    {
        if (text.Length > ShortBytesMax)
        {
            return Find(text);
        }

        ulong word = 0;
        for (var i = text.Length - 1; i >= 0; i--)
        {
            word = (word << 8) | text[i];
        }

        // The top byte of a product by the golden ratio depends on all of the text.
        ref var known = ref _short[(word * 0x9E37_79B9_7F4A_7C15) >> 56];
        if (known.CodeNext == 0 || known.Text != word || known.Length != text.Length)
        {
            var code = Find(text);
            if (code < 0)
            {
                return code;
            }

            known = (word, text.Length, code + 1);
        }

        return known.CodeNext - 1;
    }

    private int Find(ReadOnlySpan<byte> text)
    {
        var hash = XxHash3.HashToUInt64(text);
        var mask = _slots.Length - 1;
        var slot = (int)hash & mask;
        for (; _slots[slot] is var found && found != 0; slot = (slot + 1) & mask)
        {
            if (_hashes[found - 1] == hash && this[found - 1].SequenceEqual(text))
            {
                return found - 1;
            }
        }

        return Utf8.IsValid(text) ? Add(text, hash, slot) : -1;
    }

    /// <summary>For each text, by its number, its place among all in the order of bytes.</summary>
    public int[] Ranks()
    {
        var order = new int[Count];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        Array.Sort(order, (left, right) => this[left].SequenceCompareTo(this[right]));
        var ranks = new int[Count];
        for (var i = 0; i < order.Length; i++)
        {
            ranks[order[i]] = i;
        }

        return ranks;
    }

    /// <summary>Some of the texts as a table.</summary>
    /// <param name="codes">Their numbers in the order wanted.</param>
    public StringTable Select(ReadOnlySpan<int> codes)
    {
        var offsets = new int[codes.Length + 1];
        for (var i = 0; i < codes.Length; i++)
        {
            offsets[i + 1] = checked(offsets[i] + this[codes[i]].Length);
        }

        var bytes = new byte[offsets[^1]];
        for (var i = 0; i < codes.Length; i++)
        {
            this[codes[i]].CopyTo(bytes.AsSpan(offsets[i]));
        }

        return new StringTable(codes.Length, MemoryMarshal.AsBytes<int>(offsets).ToArray(), bytes);
    }

    private int Add(ReadOnlySpan<byte> text, ulong hash, int slot)
    {
        if (Count == _hashes.Length)
        {
            Array.Resize(ref _hashes, Count * 2);
            Array.Resize(ref _offsets, (Count * 2) + 1);
        }

        var start = _offsets[Count];
        if (text.Length > BytesMax - start)
        {
            throw new InputException("the distinct texts of one column are more than 2 GiB: expected a column with fewer");
        }

        if (start + text.Length > _bytes.Length)
        {
            Array.Resize(ref _bytes, (int)Math.Min(BytesMax, Math.Max(_bytes.Length * 2L, (long)start + text.Length)));
        }

        text.CopyTo(_bytes.AsSpan(start));
        _offsets[Count + 1] = start + text.Length;
        _hashes[Count] = hash;
        _slots[slot] = ++Count;
        if (Count * 2 > _slots.Length)
        {
            Rehash();
        }

        return Count - 1;
    }

    private void Rehash()
    {
        _slots = new int[_slots.Length * 2];
        var mask = _slots.Length - 1;
        for (var code = 0; code < Count; code++)
        {
            var slot = (int)_hashes[code] & mask;
            while (_slots[slot] != 0)
            {
                slot = (slot + 1) & mask;
            }

            _slots[slot] = code + 1;
        }
    }
}
