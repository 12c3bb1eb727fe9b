using System.Runtime.InteropServices;
using FeatureService.Core.Columns;

namespace FeatureService.Engine.Execution;

/// <summary>String columns as offsets and UTF-8.</summary>
internal static class PlainStrings
{
    /// <summary>A column of texts.</summary>
    /// <param name="rowCount">Number of rows.</param>
    /// <param name="text">UTF-8 of a row; null where the row is null.</param>
    public static Column Of(int rowCount, Func<int, byte[]?> text)
    {
        var offsets = new int[rowCount + 1];
        var valid = new byte[Bitmap.Bytes(rowCount)];
        var utf8 = new List<byte[]>(rowCount);
        var nulls = 0;
        for (var row = 0; row < rowCount; row++)
        {
            if (text(row) is { } bytes)
            {
                Bitmap.Set(valid, row);
                utf8.Add(bytes);
                offsets[row + 1] = checked(offsets[row] + bytes.Length);
            }
            else
            {
                nulls++;
                offsets[row + 1] = offsets[row];
            }
        }

        var data = new byte[offsets[^1]];
        var at = 0;
        foreach (var bytes in utf8)
        {
            bytes.CopyTo(data, at);
            at += bytes.Length;
        }

        return new Column
        {
            Type = ColumnType.String,
            Length = rowCount,
            NullCount = nulls,
            Validity = nulls == 0 ? default : valid,
            Data = data,
            Offsets = MemoryMarshal.AsBytes<int>(offsets).ToArray(),
        };
    }
}
