using System.Runtime.InteropServices;

namespace FeatureService.Core.Columns;

/// <summary>
/// The PLAIN encoding of columns in a payload: validity bitmap, little-endian values, and for strings int32 offsets and UTF-8, each
/// part at a multiple of 64 bytes, the bytes between parts zero. Equal columns give equal bytes.
/// </summary>
public static class PlainCodec
{
    /// <summary>Every part starts at a multiple of so many bytes.</summary>
    public const int Alignment = 64;

    /// <summary>The next multiple of <see cref="Alignment"/>.</summary>
    /// <param name="length">Not negative.</param>
    public static long Align(long length) => (length + Alignment - 1) & -Alignment;

    /// <summary>Bytes that a run of rows takes in a payload, padding behind every part included.</summary>
    /// <param name="column">The column.</param>
    /// <param name="firstRow">First row of the run.</param>
    /// <param name="rows">Number of rows.</param>
    public static long Size(Column column, int firstRow, int rows)
    {
        ChunkParts.CheckRun(column, firstRow, rows);
        var validity = ChunkParts.CountNulls(column, firstRow, rows) > 0 ? Align(Bitmap.Bytes(rows)) : 0;
        return column.Type == ColumnType.String
            ? validity + Align((rows + 1L) * sizeof(int)) + Align(PlainStrings.Utf8Length(column, firstRow, rows))
            : validity + Align((long)rows * column.Type.Width());
    }

    /// <summary>Writes a run of rows into a payload.</summary>
    /// <param name="column">The column.</param>
    /// <param name="firstRow">First row of the run.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="payload">The payload; what is written is zeroed first where it is padding.</param>
    /// <param name="position">Where to write, a multiple of <see cref="Alignment"/>; moved behind the chunk, to such a multiple again.</param>
    /// <returns>Where the parts lie.</returns>
    /// <exception cref="ArgumentException">The payload is too small: see <see cref="Size"/>.</exception>
    public static ChunkLayout Encode(Column column, int firstRow, int rows, Span<byte> payload, ref int position)
    {
        ChunkParts.CheckRun(column, firstRow, rows);
        var nullCount = ChunkParts.CountNulls(column, firstRow, rows);
        ByteRun? validity = null;
        if (nullCount > 0)
        {
            validity = ChunkParts.Take(payload, Bitmap.Bytes(rows), ref position, out var bits);
            Bitmap.Copy(column.Validity.Span, firstRow, rows, bits);
        }

        ByteRun? offsets = null;
        ByteRun values;
        if (column.Type == ColumnType.String)
        {
            var utf8Length = PlainStrings.Utf8Length(column, firstRow, rows);
            offsets = ChunkParts.Take(payload, (rows + 1L) * sizeof(int), ref position, out var offsetBytes);
            values = ChunkParts.Take(payload, utf8Length, ref position, out var utf8);
            PlainStrings.Write(column, firstRow, rows, MemoryMarshal.Cast<byte, int>(offsetBytes), utf8);
        }
        else
        {
            var width = column.Type.Width();
            values = ChunkParts.Take(payload, (long)rows * width, ref position, out var bytes);
            column.Data.Span.Slice(firstRow * width, rows * width).CopyTo(bytes);
        }

        return new ChunkLayout { Rows = rows, NullCount = nullCount, Validity = validity, Values = values, Offsets = offsets };
    }

    /// <summary>A chunk's rows as a column over the payload's own bytes; nothing is copied.</summary>
    /// <param name="type">Type of the values.</param>
    /// <param name="layout">Where the parts lie, as the message says; checked here.</param>
    /// <param name="payload">The payload; the column is good as long as it is.</param>
    /// <exception cref="InvalidDataException">The layout is none of this type and payload: which part, and what was expected.</exception>
    public static Column Decode(ColumnType type, ChunkLayout layout, ReadOnlyMemory<byte> payload)
    {
        ChunkParts.Check(type, layout);
        var rows = (int)layout.Rows;
        var validity = ChunkParts.ReadValidity(layout, rows, payload);
        if (type == ColumnType.String)
        {
            var offsets = ChunkParts.Read("offsets", layout.Offsets, (rows + 1L) * sizeof(int), payload);
            var utf8 = ChunkParts.Read("values", layout.Values, layout.Values.Length, payload);
            PlainStrings.Check(MemoryMarshal.Cast<byte, int>(offsets.Span), utf8.Length);
            return new Column
            {
                Type = type,
                Length = rows,
                NullCount = (int)layout.NullCount,
                Validity = validity,
                Data = utf8,
                Offsets = offsets,
            };
        }

        if (layout.Offsets is not null)
        {
            throw new InvalidDataException($"column chunk: offsets given for {type.Name()}, which has none");
        }

        var data = ChunkParts.Read("values", layout.Values, (long)rows * type.Width(), payload);
        if (type == ColumnType.Bool && data.Span.IndexOfAnyExceptInRange((byte)0, (byte)1) >= 0)
        {
            throw new InvalidDataException("column chunk: a bool is neither 0 nor 1");
        }

        return new Column { Type = type, Length = rows, NullCount = (int)layout.NullCount, Validity = validity, Data = data };
    }
}
