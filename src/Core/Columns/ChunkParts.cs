namespace FeatureService.Core.Columns;

/// <summary>The parts of column chunks in a payload: room for them where they are written, checks where they are read.</summary>
internal static class ChunkParts
{
    /// <summary>Takes room for a part; what lies between it and the next is zeroed.</summary>
    /// <exception cref="ArgumentException">The payload is too small, or the position is none for a part.</exception>
    public static ByteRun Take(Span<byte> payload, long length, ref int position, out Span<byte> part)
    {
        var end = PlainCodec.Align(position + length);
        if (position % PlainCodec.Alignment != 0 || end > payload.Length)
        {
            throw new ArgumentException($"payload of {payload.Length} bytes: no room for {length} at {position}", nameof(payload));
        }

        part = payload.Slice(position, (int)length);
        payload[(position + (int)length)..(int)end].Clear();
        var run = new ByteRun(position, length);
        position = (int)end;
        return run;
    }

    /// <summary>The bytes of a part.</summary>
    /// <exception cref="InvalidDataException">It is missing, has another length, or lies outside the payload.</exception>
    public static ReadOnlyMemory<byte> Read(string name, ByteRun? run, long length, ReadOnlyMemory<byte> payload)
    {
        if (run is not { } given)
        {
            throw new InvalidDataException($"column chunk: {name} missing, expected {length} bytes");
        }

        if (given.Length != length)
        {
            throw new InvalidDataException($"column chunk: {name} has {given.Length} bytes, expected {length}");
        }

        if (given.Offset < 0 || given.Offset % PlainCodec.Alignment != 0)
        {
            throw new InvalidDataException($"column chunk: {name} at {given.Offset}, expected a multiple of {PlainCodec.Alignment}");
        }

        return length >= 0 && given.Offset <= payload.Length && length <= payload.Length - given.Offset
            ? payload.Slice((int)given.Offset, (int)length)
            : throw new InvalidDataException(
                $"column chunk: {name} at {given.Offset} of {length} bytes, but the payload has {payload.Length}");
    }

    /// <summary>Refuses types and counts that no chunk has.</summary>
    /// <exception cref="InvalidDataException">They are none.</exception>
    public static void Check(ColumnType type, ChunkLayout layout)
    {
        if (type is < ColumnType.Bool or > ColumnType.Timestamp)
        {
            throw new InvalidDataException($"column chunk: type {(byte)type} is not known");
        }

        if (layout.Rows is < 0 or > int.MaxValue - 1 || layout.NullCount < 0 || layout.NullCount > layout.Rows)
        {
            throw new InvalidDataException($"column chunk: {layout.NullCount} nulls in {layout.Rows} rows");
        }
    }

    /// <summary>The validity; empty where no row is null.</summary>
    /// <exception cref="InvalidDataException">It does not have the nulls that are announced.</exception>
    public static ReadOnlyMemory<byte> ReadValidity(ChunkLayout layout, int rows, ReadOnlyMemory<byte> payload)
    {
        if (layout.NullCount == 0)
        {
            return layout.Validity is null
                ? default
                : throw new InvalidDataException("column chunk: validity given without nulls");
        }

        var validity = Read("validity", layout.Validity, Bitmap.Bytes(rows), payload);
        var nullCount = rows - Bitmap.CountOnes(validity.Span, 0, rows);
        return nullCount == layout.NullCount
            ? validity
            : throw new InvalidDataException($"column chunk: {layout.NullCount} nulls announced, {nullCount} in the validity");
    }

    /// <summary>How many rows of a run are null.</summary>
    public static int CountNulls(Column column, int firstRow, int rows) =>
        column.NullCount == 0 ? 0 : rows - Bitmap.CountOnes(column.Validity.Span, firstRow, rows);

    /// <summary>Refuses rows that a column does not have.</summary>
    public static void CheckRun(Column column, int firstRow, int rows)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstRow);
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, column.Length - firstRow);
    }
}
