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
        var data = new byte[checked((int)runs.Sum(r => (long)Values(r).Length))];
        var validity = nullCount > 0 ? new byte[Bitmap.Bytes(rows)] : [];
        var offsets = type == ColumnType.String ? new int[rows + 1] : [];
        var (row, end) = (0, 0);
        foreach (var run in runs)
        {
            var values = Values(run);
            values.CopyTo(data.AsMemory(end));
            if (nullCount > 0)
            {
                CopyValidity(run, validity, row);
            }

            if (type == ColumnType.String)
            {
                var source = MemoryMarshal.Cast<byte, int>(run.Offsets.Span);
                for (var i = 0; i <= run.Length; i++)
                {
                    offsets[row + i] = end + source[i] - source[0];
                }
            }

            row += run.Length;
            end += values.Length;
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

    /// <summary>A run's values; of texts only those of its rows, as it may be part of a longer one.</summary>
    private static ReadOnlyMemory<byte> Values(Column run)
    {
        if (run.Type != ColumnType.String)
        {
            return run.Data;
        }

        var offsets = MemoryMarshal.Cast<byte, int>(run.Offsets.Span);
        return run.Data[offsets[0]..offsets[run.Length]];
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
