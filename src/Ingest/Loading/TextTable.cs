using System.Buffers;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text.Unicode;
using FeatureService.Core.Columns;

namespace FeatureService.Ingest.Loading;

/// <summary>Distinct texts, numbered in the order in which they come.</summary>
internal sealed class TextTable : IDisposable
{
    private const int BytesMax = 0x7FFFFFC7;

    private readonly bool _isPooled;
    private byte[] _bytes;
    private int[] _offsets;
    private ulong[] _hashes;
    private int[] _slots;
    private int _slotCount = 32;

    // The texts of most columns are few and short: those of up to eight bytes are found by these without a hash.
    private const int ShortBytesMax = 8;
    private readonly (ulong Text, int Length, int CodeNext)[] _short = new (ulong, int, int)[256];

    /// <summary>A table without texts.</summary>
    /// <param name="isPooled">
    /// Whether its memory comes from a pool, to which <see cref="Dispose"/> gives it back: for tables of blocks, of which there are many.
    /// </param>
    public TextTable(bool isPooled = false)
    {
        _isPooled = isPooled;
        _bytes = New<byte>(256);
        _offsets = New<int>(17);
        _hashes = New<ulong>(16);
        _slots = New<int>(_slotCount);
        _slots.AsSpan(0, _slotCount).Clear();
        _offsets[0] = 0;
    }

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

    /// <inheritdoc/>
    public void Dispose()
    {
        Return(_bytes);
        Return(_offsets);
        Return(_hashes);
        Return(_slots);
        (_bytes, _offsets, _hashes, _slots) = ([], [], [], []);
    }

    private int Find(ReadOnlySpan<byte> text)
    {
        var hash = XxHash3.HashToUInt64(text);
        var mask = _slotCount - 1;
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
            Grow(ref _hashes, Count, Count * 2L);
        }

        if (Count + 2 > _offsets.Length)
        {
            Grow(ref _offsets, Count + 1, (Count * 2L) + 1);
        }

        var start = _offsets[Count];
        if (text.Length > BytesMax - start)
        {
            throw new InputException("the distinct texts of one column are more than 2 GiB: expected a column with fewer");
        }

        if (start + text.Length > _bytes.Length)
        {
            Grow(ref _bytes, start, Math.Max(_bytes.Length * 2L, (long)start + text.Length));
        }

        text.CopyTo(_bytes.AsSpan(start));
        _offsets[Count + 1] = start + text.Length;
        _hashes[Count] = hash;
        _slots[slot] = ++Count;
        if (Count * 2 > _slotCount)
        {
            Rehash();
        }

        return Count - 1;
    }

    private T[] New<T>(int size) => _isPooled ? ArrayPool<T>.Shared.Rent(size) : new T[size];

    private void Return<T>(T[] array)
    {
        if (_isPooled)
        {
            ArrayPool<T>.Shared.Return(array);
        }
    }

    private void Grow<T>(ref T[] array, int used, long size)
    {
        var larger = New<T>((int)Math.Min(BytesMax, size));
        array.AsSpan(0, used).CopyTo(larger);
        Return(array);
        array = larger;
    }

    private void Rehash()
    {
        Return(_slots);
        _slotCount *= 2;
        _slots = New<int>(_slotCount);
        _slots.AsSpan(0, _slotCount).Clear();
        var mask = _slotCount - 1;
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
