using System.Runtime.InteropServices;

namespace FeatureService.Core.Columns;

/// <summary>Texts as offsets and UTF-8: the part of <see cref="PlainCodec"/> that strings need.</summary>
internal static class PlainStrings
{
    /// <summary>Bytes of the texts of a run of rows; nulls have none.</summary>
    public static long Utf8Length(Column column, int firstRow, int rows)
    {
        if (column.Dictionary is not { } dictionary)
        {
            var offsets = MemoryMarshal.Cast<byte, int>(column.Offsets.Span);
            return offsets[firstRow + rows] - offsets[firstRow];
        }

        var starts = dictionary.Offsets;
        var codes = column.Values<int>().Slice(firstRow, rows);
        var length = 0L;
        for (var i = 0; i < codes.Length; i++)
        {
            if (column.IsValid(firstRow + i))
            {
                length += starts[codes[i] + 1] - starts[codes[i]];
            }
        }

        return length;
    }

    /// <summary>Writes a run of rows: <paramref name="rows"/> + 1 offsets from 0 on, and the texts.</summary>
    public static void Write(Column column, int firstRow, int rows, Span<int> offsets, Span<byte> utf8)
    {
        if (column.Dictionary is not null)
        {
            WriteCoded(column, firstRow, rows, offsets, utf8);
            return;
        }

        var source = MemoryMarshal.Cast<byte, int>(column.Offsets.Span).Slice(firstRow, rows + 1);
        var start = source[0];
        for (var i = 0; i < source.Length; i++)
        {
            offsets[i] = source[i] - start;
        }

        column.Data.Span.Slice(start, source[rows] - start).CopyTo(utf8);
    }

    /// <summary>Refuses offsets that do not ascend from 0 to the number of bytes.</summary>
    /// <exception cref="InvalidDataException">They do not.</exception>
    public static void Check(ReadOnlySpan<int> offsets, int utf8Length)
    {
        // Descending pairs are gathered without a branch, so that the loop stays one pass of subtractions.
        var descends = offsets[0];
        for (var i = 1; i < offsets.Length; i++)
        {
            descends |= offsets[i - 1] > offsets[i] ? -1 : 0;
        }

        if (descends != 0 || offsets[^1] != utf8Length)
        {
            throw new InvalidDataException($"column chunk: offsets do not ascend from 0 to the {utf8Length} bytes of the texts");
        }
    }

    private static void WriteCoded(Column column, int firstRow, int rows, Span<int> offsets, Span<byte> utf8)
    {
        var dictionary = column.Dictionary!;
        var starts = dictionary.Offsets;
        var texts = dictionary.Utf8.Span;
        var codes = column.Values<int>().Slice(firstRow, rows);
        var end = 0;
        offsets[0] = 0;
        for (var i = 0; i < codes.Length; i++)
        {
            if (column.IsValid(firstRow + i))
            {
                var text = texts[starts[codes[i]]..starts[codes[i] + 1]];
                text.CopyTo(utf8[end..]);
                end += text.Length;
            }

            offsets[i + 1] = end;
        }
    }
}
