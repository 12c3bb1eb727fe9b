using System.Runtime.InteropServices;

namespace FeatureService.Core.Columns.Encodings;

/// <summary>Refuses encoded chunks whose parts do not fit each other, so that decoding them reads nothing outside.</summary>
internal static class EncodedChecks
{
    /// <summary>Checks a chunk.</summary>
    /// <exception cref="InvalidDataException">It is wrong: what, and what was expected.</exception>
    public static void Check(EncodedColumn column)
    {
        var rows = column.Length;
        if (rows == 0)
        {
            throw new InvalidDataException("column chunk: no rows, expected PLAIN");
        }

        if (column.Encoding == ColumnEncoding.Narrow)
        {
            CheckNarrow(column);
        }
        else
        {
            CheckCount(column, rows);
        }

        if (column.Type == ColumnType.Bool && column.Values.Span.ContainsAnyExceptInRange((byte)0, (byte)1))
        {
            throw new InvalidDataException("column chunk: a bool is neither 0 nor 1");
        }

        if (column.Dictionary is { } dictionary && HasCodeOutside(column, dictionary.Count))
        {
            throw new InvalidDataException($"column chunk: a code is none of the dictionary's {dictionary.Count} texts");
        }
    }

    private static void CheckNarrow(EncodedColumn column)
    {
        var isWidth = column.Values.Length % column.Length == 0 && column.Width is sizeof(byte) or sizeof(ushort) or sizeof(uint);
        if (!isWidth || column.Type == ColumnType.Bool)
        {
            throw new InvalidDataException(
                $"column chunk: {column.Values.Length} bytes of narrow {column.Type.Name()} for {column.Length} rows, expected 1, 2 or 4 a row");
        }

        if (column.Type == ColumnType.String && column.Base != 0)
        {
            throw new InvalidDataException($"column chunk: codes of texts above {column.Base}, expected 0");
        }
    }

    private static void CheckCount(EncodedColumn column, int rows)
    {
        var width = column.Width;
        var count = column.Values.Length / width;
        switch (column.Encoding)
        {
            case ColumnEncoding.Repeated when count > 0:
                break;
            case ColumnEncoding.Runs when column.RunEnds.Length == count * sizeof(int):
                RunValues.Check(MemoryMarshal.Cast<byte, int>(column.RunEnds.Span), rows);
                break;
            case ColumnEncoding.Sparse when column.Type != ColumnType.Bool && count == Bitmap.CountOnes(column.Present.Span, 0, rows):
                break;
            case ColumnEncoding.Repeated or ColumnEncoding.Runs or ColumnEncoding.Sparse:
                throw new InvalidDataException($"column chunk: {count} values do not fit the other parts of encoding {column.Encoding}");
            default:
                throw new InvalidDataException($"column chunk: encoding {(byte)column.Encoding} is not known");
        }

        if (column.Values.Length % width != 0)
        {
            throw new InvalidDataException($"column chunk: values has {column.Values.Length} bytes, expected a multiple of {width}");
        }
    }

    private static bool HasCodeOutside(EncodedColumn column, int count)
    {
        var values = column.Values.Span;
        return column.Width switch
        {
            sizeof(byte) => count <= byte.MaxValue && values.ContainsAnyExceptInRange((byte)0, (byte)(count - 1)),
            sizeof(ushort) => count <= ushort.MaxValue
                && MemoryMarshal.Cast<byte, ushort>(values).ContainsAnyExceptInRange((ushort)0, (ushort)(count - 1)),
            _ => MemoryMarshal.Cast<byte, int>(values).ContainsAnyExceptInRange(0, count - 1),
        };
    }
}
