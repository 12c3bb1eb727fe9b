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
        CheckRun(column, firstRow, rows);
        var validity = CountNulls(column, firstRow, rows) > 0 ? Align(Bitmap.Bytes(rows)) : 0;
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
        CheckRun(column, firstRow, rows);
        var nullCount = CountNulls(column, firstRow, rows);
        ByteRun? validity = null;
        if (nullCount > 0)
        {
            validity = Take(payload, Bitmap.Bytes(rows), ref position, out var bits);
            Bitmap.Copy(column.Validity.Span, firstRow, rows, bits);
        }

        ByteRun? offsets = null;
        ByteRun values;
        if (column.Type == ColumnType.String)
        {
            var utf8Length = PlainStrings.Utf8Length(column, firstRow, rows);
            offsets = Take(payload, (rows + 1L) * sizeof(int), ref position, out var offsetBytes);
            values = Take(payload, utf8Length, ref position, out var utf8);
            PlainStrings.Write(column, firstRow, rows, MemoryMarshal.Cast<byte, int>(offsetBytes), utf8);
        }
        else
        {
            var width = column.Type.Width();
            values = Take(payload, (long)rows * width, ref position, out var bytes);
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
        if (type is < ColumnType.Bool or > ColumnType.Timestamp)
        {
            throw new InvalidDataException($"column chunk: type {(byte)type} is not known");
        }

        if (layout.Rows is < 0 or > int.MaxValue - 1 || layout.NullCount < 0 || layout.NullCount > layout.Rows)
        {
            throw new InvalidDataException($"column chunk: {layout.NullCount} nulls in {layout.Rows} rows");
        }

        var rows = (int)layout.Rows;
        var validity = DecodeValidity(layout, rows, payload);
        if (type == ColumnType.String)
        {
            var offsets = Part("offsets", layout.Offsets, (rows + 1L) * sizeof(int), payload);
            var utf8 = Part("values", layout.Values, layout.Values.Length, payload);
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

        var data = Part("values", layout.Values, (long)rows * type.Width(), payload);
        if (type == ColumnType.Bool && data.Span.IndexOfAnyExceptInRange((byte)0, (byte)1) >= 0)
        {
            throw new InvalidDataException("column chunk: a bool is neither 0 nor 1");
        }

        return new Column { Type = type, Length = rows, NullCount = (int)layout.NullCount, Validity = validity, Data = data };
    }

    private static ReadOnlyMemory<byte> DecodeValidity(ChunkLayout layout, int rows, ReadOnlyMemory<byte> payload)
    {
        if (layout.NullCount == 0)
        {
            return layout.Validity is null
                ? default
                : throw new InvalidDataException("column chunk: validity given without nulls");
        }

        var validity = Part("validity", layout.Validity, Bitmap.Bytes(rows), payload);
        var nullCount = rows - Bitmap.CountOnes(validity.Span, 0, rows);
        return nullCount == layout.NullCount
            ? validity
            : throw new InvalidDataException($"column chunk: {layout.NullCount} nulls announced, {nullCount} in the validity");
    }

    private static ReadOnlyMemory<byte> Part(string name, ByteRun? run, long length, ReadOnlyMemory<byte> payload)
    {
        if (run is not { } given)
        {
            throw new InvalidDataException($"column chunk: {name} missing, expected {length} bytes");
        }

        if (given.Length != length)
        {
            throw new InvalidDataException($"column chunk: {name} has {given.Length} bytes, expected {length}");
        }

        if (given.Offset < 0 || given.Offset % Alignment != 0)
        {
            throw new InvalidDataException($"column chunk: {name} at {given.Offset}, expected a multiple of {Alignment}");
        }

        return length >= 0 && given.Offset <= payload.Length && length <= payload.Length - given.Offset
            ? payload.Slice((int)given.Offset, (int)length)
            : throw new InvalidDataException(
                $"column chunk: {name} at {given.Offset} of {length} bytes, but the payload has {payload.Length}");
    }

    private static ByteRun Take(Span<byte> payload, long length, ref int position, out Span<byte> part)
    {
        var end = Align(position + length);
        if (position % Alignment != 0 || end > payload.Length)
        {
            throw new ArgumentException($"payload of {payload.Length} bytes: no room for {length} at {position}", nameof(payload));
        }

        part = payload.Slice(position, (int)length);
        payload[(position + (int)length)..(int)end].Clear();
        var run = new ByteRun(position, length);
        position = (int)end;
        return run;
    }

    private static int CountNulls(Column column, int firstRow, int rows) =>
        column.NullCount == 0 ? 0 : rows - Bitmap.CountOnes(column.Validity.Span, firstRow, rows);

    private static void CheckRun(Column column, int firstRow, int rows)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstRow);
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, column.Length - firstRow);
    }
}
