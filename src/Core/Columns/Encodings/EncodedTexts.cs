using System.Runtime.InteropServices;

namespace FeatureService.Core.Columns.Encodings;

/// <summary>Texts from codes and a dictionary.</summary>
internal static class EncodedTexts
{
    /// <summary>The rows as plain strings; nulls have no bytes.</summary>
    /// <exception cref="InvalidDataException">They take more than 2 GiB.</exception>
    public static Column Decode(EncodedColumn column, StringTable dictionary, DecodeBuffer buffer)
    {
        var rows = column.Length;
        // The codes are read before the offset behind them is written over them.
        var offsetBytes = buffer.Offsets((rows + 1) * sizeof(int));
        var offsets = MemoryMarshal.Cast<byte, int>(offsetBytes.Span);
        column.DecodeValues(offsetBytes.Span[sizeof(int)..]);
        var starts = dictionary.Offsets;
        var validity = column.NullCount == 0 ? default : column.Validity.Span;
        var length = 0L;
        for (var row = 0; row < rows; row++)
        {
            var code = offsets[row + 1];
            length += validity.IsEmpty || Bitmap.Get(validity, row) ? starts[code + 1] - starts[code] : 0;
        }

        if (length > int.MaxValue)
        {
            throw new InvalidDataException($"column chunk: its texts take {length} bytes");
        }

        var data = buffer.Data((int)length);
        var utf8 = data.Span;
        var texts = dictionary.Utf8.Span;
        var end = 0;
        offsets[0] = 0;
        if (validity.IsEmpty)
        {
            WriteRuns(dictionary, offsets, utf8);
        }

        for (var row = 0; row < rows && !validity.IsEmpty; row++)
        {
            if (Bitmap.Get(validity, row))
            {
                var (start, stop) = (starts[offsets[row + 1]], starts[offsets[row + 1] + 1]);
                texts[start..stop].CopyTo(utf8[end..]);
                end += stop - start;
            }

            offsets[row + 1] = end;
        }

        return new Column
        {
            Type = ColumnType.String,
            Length = rows,
            NullCount = column.NullCount,
            Validity = column.Validity,
            Data = data,
            Offsets = offsetBytes,
        };
    }

    /// <summary>Writes texts run by run of equal ones: keys and statuses stand together.</summary>
    /// <param name="dictionary">The texts.</param>
    /// <param name="offsets">0, then codes, which become offsets.</param>
    /// <param name="utf8">Where the texts go.</param>
    private static void WriteRuns(StringTable dictionary, Span<int> offsets, Span<byte> utf8)
    {
        var end = 0;
        for (var row = 1; row < offsets.Length;)
        {
            var code = offsets[row];
            var rest = offsets[row..].IndexOfAnyExcept(code);
            var count = rest < 0 ? offsets.Length - row : rest;
            var text = dictionary[code];
            RunValues.Repeat(text, utf8.Slice(end, count * text.Length));
            for (var i = 0; i < count; i++)
            {
                offsets[row + i] = end += text.Length;
            }

            row += count;
        }
    }
}
