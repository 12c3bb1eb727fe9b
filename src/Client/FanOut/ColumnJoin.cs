using System.Runtime.InteropServices;
using FeatureService.Core.Columns;

namespace FeatureService.Client.FanOut;

/// <summary>Puts runs of a column together into one.</summary>
internal static class ColumnJoin
{
    /// <summary>One column of all rows of the runs.</summary>
    /// <param name="type">Type of the values.</param>
    /// <param name="runs">The runs in row order.</param>
    public static Column Join(ColumnType type, IReadOnlyList<Column> runs)
    {
        if (runs.Count == 1)
        {
            return runs[0];
        }

        var rows = runs.Sum(r => r.Length);
        var nullCount = runs.Sum(r => r.NullCount);
        var data = new byte[runs.Sum(r => r.Data.Length)];
        var validity = nullCount > 0 ? new byte[Bitmap.Bytes(rows)] : [];
        var offsets = type == ColumnType.String ? new int[rows + 1] : [];
        var (row, end) = (0, 0);
        foreach (var run in runs)
        {
            run.Data.CopyTo(data.AsMemory(end));
            if (nullCount > 0)
            {
                CopyValidity(run, validity, row);
            }

            if (type == ColumnType.String)
            {
                var source = MemoryMarshal.Cast<byte, int>(run.Offsets.Span);
                for (var i = 0; i <= run.Length; i++)
                {
                    offsets[row + i] = end + source[i];
                }
            }

            row += run.Length;
            end += run.Data.Length;
        }

        return new Column
        {
            Type = type,
            Length = rows,
            NullCount = nullCount,
            Validity = validity,
            Data = data,
            Offsets = MemoryMarshal.AsBytes<int>(offsets).ToArray(),
        };
    }

    private static void CopyValidity(Column run, Span<byte> validity, int firstRow)
    {
        for (var i = 0; i < run.Length; i++)
        {
            if (run.IsValid(i))
            {
                Bitmap.Set(validity, firstRow + i);
            }
        }
    }
}
