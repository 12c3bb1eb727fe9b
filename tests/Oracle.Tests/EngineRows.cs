using System.Text;
using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;
using FeatureService.Core.Keys;
using FeatureService.Engine.Execution;
using FeatureService.Engine.Planning;

namespace FeatureService.Oracle.Tests;

/// <summary>What the engine says of all entities of a snapshot whose keys are integers.</summary>
internal static class EngineRows
{
    /// <summary>The rows of a grid in ascending order of entity, then day.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="weeks">The weeks.</param>
    /// <returns>Null, bool, long (of a timestamp microseconds UTC), double, float, int (days since 1970 of a date) or string a column.</returns>
    public static List<(long Key, DateOnly Day, object?[] Values)> Of(Plan plan, WeekRange weeks)
    {
        var rows = new List<(long Key, DateOnly Day, object?[] Values)>();
        for (var partition = 0; partition < plan.Snapshot.Placement.Partitions; partition++)
        {
            for (var slice = 0; slice < plan.Snapshot.Placement.SlicesPerPartition; slice++)
            {
                using var run = RowsRun.OfSlice(plan, new SliceId(partition, slice), weeks);
                rows.AddRange(Rows(run));
            }
        }

        return [.. rows.OrderBy(row => row.Key).ThenBy(row => row.Day)];
    }

    /// <summary>The rows of some entities, in their order, then that of days.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="weeks">The weeks.</param>
    /// <param name="keys">The entities.</param>
    public static List<(long Key, DateOnly Day, object?[] Values)> Of(Plan plan, WeekRange weeks, IReadOnlyList<long> keys)
    {
        var rows = keys.SelectMany(key => Enumerable.Range(0, weeks.Count).Select(i => (Key: EntityKey.Of(key), Week: weeks[i]))).ToList();
        using var run = RowsRun.OfList(plan, [.. rows.Select(row => row.Key)], [.. rows.Select(row => row.Week)]);
        return [.. Rows(run)];
    }

    private static List<(long Key, DateOnly Day, object?[] Values)> Rows(RowsRun run)
    {
        for (var task = 0; task < run.TaskCount; task++)
        {
            run.RunTask(task, CancellationToken.None);
        }

        var rows = new List<(long Key, DateOnly Day, object?[] Values)>();
        foreach (var block in run.Complete())
        {
            using (block)
            {
                rows.AddRange(Rows(block));
            }
        }

        return rows;
    }

    private static IEnumerable<(long Key, DateOnly Day, object?[] Values)> Rows(FeatureBlock block)
    {
        Assert.True(block.ErrorCount == 0, string.Join(Environment.NewLine, block.Errors.Select(error => error.Message)));
        for (var row = 0; row < block.RowCount; row++)
        {
            yield return (
                block.Keys.Values<long>()[row],
                WeekCalendar.Date(block.Weeks.Values<int>()[row]),
                [.. block.Columns.Select(column => Value(column, row))]);
        }
    }

    private static object? Value(Column column, int row) => !column.IsValid(row) ? null : column.Type switch
    {
        ColumnType.Bool => column.Values<byte>()[row] == 1,
        ColumnType.Int64 or ColumnType.Timestamp => column.Values<long>()[row],
        ColumnType.Float64 => column.Values<double>()[row],
        ColumnType.Float32 => column.Values<float>()[row],
        ColumnType.Date => column.Values<int>()[row],
        _ => Encoding.UTF8.GetString(column.Utf8(row)),
    };
}
