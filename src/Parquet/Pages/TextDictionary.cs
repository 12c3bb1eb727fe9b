using System.IO.Hashing;

namespace FeatureService.Parquet.Pages;

/// <summary>Texts, each once, with a number in the order in which they came.</summary>
internal sealed class TextDictionary
{
    private readonly PageBuffer _utf8 = new();
    private readonly List<int> _starts = [];
    private int[] _slots = new int[256];

    /// <summary>Number of texts.</summary>
    public int Count => _starts.Count;

    /// <summary>Bytes of all texts.</summary>
    public int Utf8Length => _utf8.Length;

    /// <summary>Forgets all texts.</summary>
    public void Clear()
    {
        _utf8.Clear();
        _starts.Clear();
        Array.Clear(_slots);
    }

    /// <summary>A text's number; one that is new gets the next.</summary>
    public int Add(ReadOnlySpan<byte> text)
    {
        var slot = Slot(text);
        if (_slots[slot] > 0)
        {
            return _slots[slot] - 1;
        }

        _starts.Add(_utf8.Length);
        _utf8.Append(text);
        _slots[slot] = Count;
        if (Count * 2 > _slots.Length)
        {
            Grow();
        }

        return Count - 1;
    }

    /// <summary>One text.</summary>
    public ReadOnlySpan<byte> this[int index] => _utf8.Span[_starts[index]..(index + 1 < Count ? _starts[index + 1] : _utf8.Length)];

    /// <summary>Writes all texts as Parquet does: the length, then the bytes.</summary>
    public void CopyTo(PageBuffer output)
    {
        for (var i = 0; i < Count; i++)
        {
            output.AppendInt32(this[i].Length);
            output.Append(this[i]);
        }
    }

    /// <summary>The slot that has a text's number plus 1, or 0 where it would be.</summary>
    private int Slot(ReadOnlySpan<byte> text)
    {
        var mask = _slots.Length - 1;
        var slot = (int)XxHash3.HashToUInt64(text) & mask;
        while (_slots[slot] > 0 && !this[_slots[slot] - 1].SequenceEqual(text))
        {
            slot = (slot + 1) & mask;
        }

        return slot;
    }

    private void Grow()
    {
        _slots = new int[_slots.Length * 2];
        for (var i = 0; i < Count; i++)
        {
            _slots[Slot(this[i])] = i + 1;
        }
    }
}
