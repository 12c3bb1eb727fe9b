using FeatureService.Core.Columns;
using FeatureService.Core.Keys;

namespace FeatureService.Engine.Execution;

/// <summary>The entity of a row.</summary>
/// <param name="Key">Its key.</param>
/// <param name="End">The first row behind it that may be another's.</param>
internal readonly record struct KeyRun(EntityKey Key, int End);

/// <summary>The key column of a block; rows of one entity that lie together are filled at once.</summary>
/// <param name="memory">The block's memory.</param>
internal sealed unsafe class KeyBuffers(BlockMemory memory)
{
    /// <summary>The keys of the rows of a block.</summary>
    /// <param name="rowCount">Number of rows.</param>
    /// <param name="type">Type of the keys.</param>
    /// <param name="keys">The entity of a row, as rows were counted before any was left out.</param>
    /// <param name="kept">The rows that are left; null where all are.</param>
    public Column Fill(int rowCount, EntityKeyType type, Func<int, KeyRun> keys, RowsKept? kept) =>
        type == EntityKeyType.String ? Texts(rowCount, keys, kept) : Numbers(rowCount, keys, kept);

    private Column Numbers(int rowCount, Func<int, KeyRun> keys, RowsKept? kept)
    {
        var bytes = (long)rowCount * sizeof(long);
        var data = memory.Take(bytes);
        for (var row = 0; row < rowCount;)
        {
            var run = keys(kept is null ? row : kept[row]);
            var end = End(run, row, rowCount, kept);
            new Span<long>((long*)data.Start + row, end - row).Fill(run.Key.Number);
            row = end;
        }

        return new Column { Type = ColumnType.Int64, Length = rowCount, Data = data.Memory[..(int)bytes] };
    }

    private Column Texts(int rowCount, Func<int, KeyRun> keys, RowsKept? kept)
    {
        var offsets = memory.Take((rowCount + 1L) * sizeof(int));
        var at = 0;
        *(int*)offsets.Start = 0;
        for (var row = 0; row < rowCount;)
        {
            var run = keys(kept is null ? row : kept[row]);
            for (var end = End(run, row, rowCount, kept); row < end; row++)
            {
                at = checked(at + run.Key.Utf8.Length);
                ((int*)offsets.Start)[row + 1] = at;
            }
        }

        var data = memory.Take(at);
        for (var row = 0; row < rowCount;)
        {
            var run = keys(kept is null ? row : kept[row]);
            for (var end = End(run, row, rowCount, kept); row < end; row++)
            {
                run.Key.Utf8.CopyTo(new Span<byte>(data.Start + ((int*)offsets.Start)[row], run.Key.Utf8.Length));
            }
        }

        return new Column
        {
            Type = ColumnType.String,
            Length = rowCount,
            Data = data.Memory[..at],
            Offsets = offsets.Memory[..((rowCount + 1) * sizeof(int))],
        };
    }

    /// <summary>The end of the rows, among those that are left, that a run holds.</summary>
    private static int End(KeyRun run, int row, int rowCount, RowsKept? kept)
    {
        if (kept is null)
        {
            return Math.Min(run.End, rowCount);
        }

        while (row < rowCount && kept[row] < run.End)
        {
            row++;
        }

        return row;
    }
}
