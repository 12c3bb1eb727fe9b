using System.Numerics;

namespace FeatureService.Engine.Execution;

/// <summary>The rows of a block that a population keeps, ascending.</summary>
internal sealed unsafe class RowsKept
{
    private readonly int[] _rows;

    private RowsKept(int[] rows) => _rows = rows;

    /// <summary>Number of rows.</summary>
    public int Count => _rows.Length;

    /// <summary>A row as it was counted before, by its number among those kept.</summary>
    public int this[int index] => _rows[index];

    /// <summary>The rows where a bool column is true; null where it is true everywhere.</summary>
    public static RowsKept? Of(ColumnBuffer population)
    {
        var rows = new List<int>(population.RowCount);
        for (var row = 0; row < population.RowCount; row++)
        {
            if (population.Data[row] != 0)
            {
                rows.Add(row);
            }
        }

        return rows.Count == population.RowCount ? null : new RowsKept([.. rows]);
    }

    /// <summary>The number among those kept of a row as it was counted before; the row must be kept.</summary>
    public int IndexOf(int row) => Array.BinarySearch(_rows, row);

    /// <summary>Moves the rows that are kept to the front of a column, and the others out of it.</summary>
    public void Compact(ColumnBuffer column)
    {
        var valid = column.Validity;
        var validCount = 0;
        // A target is never behind its source; neighbours, most weeks of an entity, move together.
        for (var to = 0; to < _rows.Length;)
        {
            var from = _rows[to];
            var length = 1;
            while (to + length < _rows.Length && _rows[to + length] == from + length)
            {
                length++;
            }

            var bytes = (long)length * column.Width;
            Buffer.MemoryCopy(column.Data + ((long)from * column.Width), column.Data + ((long)to * column.Width), bytes, bytes);
            validCount += Move(valid, from, to, length);
            to += length;
        }

        column.Keep(_rows.Length, validCount);
    }

    /// <summary>Moves bits towards the front, up to 64 at a time; the bits that are set among them.</summary>
    private static int Move(ulong* bits, int from, int to, int length)
    {
        var count = 0;
        for (var done = 0; done < length;)
        {
            var (word, shift) = ((to + done) >> 6, (to + done) & 63);
            var step = Math.Min(64 - shift, length - done);
            var value = Expressions.BitWords.Read((byte*)bits, from + done, step);
            var mask = (step == 64 ? ulong.MaxValue : (1UL << step) - 1) << shift;
            bits[word] = (bits[word] & ~mask) | (value << shift);
            count += BitOperations.PopCount(value);
            done += step;
        }

        return count;
    }
}
