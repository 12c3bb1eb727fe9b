using System.Runtime.InteropServices;

namespace FeatureService.Core.Columns.Encodings;

/// <summary>Texts of a run of rows as codes into a dictionary of those that occur. Buffers are kept from run to run.</summary>
internal sealed class TextCodes
{
    /// <summary>Dictionaries of more texts are not searched for those that occur.</summary>
    private const int DictionaryMax = 1 << 20;

    private int[] _codes = [];
    private int[] _codeOf = [];
    private int[] _starts = [];
    private int[] _lengths = [];
    private ReadOnlyMemory<byte> _utf8;
    private int _rows;

    /// <summary>Number of texts in the dictionary.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of the dictionary's texts.</summary>
    public long Utf8Length { get; private set; }

    /// <summary>A code for each row; any where the row is null.</summary>
    public ReadOnlySpan<int> Codes => _codes.AsSpan(0, _rows);

    /// <summary>Reads a run of rows; false where its texts are too many for a dictionary to be worth it.</summary>
    public bool TryRead(Column column, int firstRow, int rows)
    {
        (Count, Utf8Length, _rows) = (0, 0, rows);
        Grow(ref _codes, rows);
        return column.Dictionary is { } dictionary
            ? TryReadCoded(column, firstRow, dictionary)
            : TryReadPlain(column, firstRow);
    }

    /// <summary>Writes the dictionary.</summary>
    public void WriteDictionary(Span<int> offsets, Span<byte> utf8)
    {
        var end = 0;
        var texts = _utf8.Span;
        for (var i = 0; i < Count; i++)
        {
            offsets[i] = end;
            texts.Slice(_starts[i], _lengths[i]).CopyTo(utf8[end..]);
            end += _lengths[i];
        }

        offsets[Count] = end;
    }

    private bool TryReadCoded(Column column, int firstRow, StringTable dictionary)
    {
        var codes = column.Values<int>().Slice(firstRow, _rows);
        if (dictionary.Count is 0 or > DictionaryMax)
        {
            return false;
        }

        Grow(ref _codeOf, dictionary.Count);
        _utf8 = dictionary.Utf8;
        var offsets = dictionary.Offsets;
        for (var row = 0; row < codes.Length; row++)
        {
            if (!column.IsValid(firstRow + row))
            {
                _codes[row] = Math.Max(Count - 1, 0);
                continue;
            }

            // 0 stands for a text that has not occurred.
            var code = _codeOf[codes[row]];
            if (code == 0)
            {
                var text = codes[row];
                code = _codeOf[text] = Add(offsets[text], offsets[text + 1]);
            }

            _codes[row] = code - 1;
        }

        foreach (var code in codes)
        {
            _codeOf[code] = 0;
        }

        return Count > 0;
    }

    /// <summary>Texts that follow each other are compared: keys stand together, and other texts come coded.</summary>
    private bool TryReadPlain(Column column, int firstRow)
    {
        _utf8 = column.Data;
        var utf8 = column.Data.Span;
        var offsets = MemoryMarshal.Cast<byte, int>(column.Offsets.Span).Slice(firstRow, _rows + 1);
        for (var row = 0; row < _rows; row++)
        {
            if (column.IsValid(firstRow + row) && (Count == 0 || !utf8[offsets[row]..offsets[row + 1]].SequenceEqual(utf8.Slice(_starts[Count - 1], _lengths[Count - 1]))))
            {
                if (Add(offsets[row], offsets[row + 1]) * 8 > row + 64)
                {
                    return false;
                }
            }

            _codes[row] = Math.Max(Count - 1, 0);
        }

        return Count > 0;
    }

    /// <summary>Adds a text; the number of texts with it.</summary>
    private int Add(int start, int end)
    {
        Grow(ref _starts, Count + 1);
        Grow(ref _lengths, Count + 1);
        _starts[Count] = start;
        _lengths[Count] = end - start;
        Utf8Length += end - start;
        return ++Count;
    }

    private static void Grow(ref int[] array, int length)
    {
        if (array.Length < length)
        {
            Array.Resize(ref array, Math.Max(length, array.Length * 2));
        }
    }
}
