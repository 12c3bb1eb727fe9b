using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;
using FeatureService.Core.Keys;
using FeatureService.Engine.Execution;
using FeatureService.Engine.Planning;

namespace FeatureService.Engine.Tests.Oracle;

/// <summary>One row of an engine's answer, its values as bits.</summary>
/// <param name="Key">The entity.</param>
/// <param name="Week">Number of the week.</param>
/// <param name="Status">The row's status.</param>
/// <param name="Values">One for each column, as <see cref="Bits.Of"/> writes it.</param>
internal sealed record AnswerRow(EntityKey Key, int Week, string Status, string[] Values);

/// <summary>Runs a plan and reads its blocks, checking their form on the way.</summary>
internal static class Answer
{
    /// <summary>The rows of all weeks of all entities of every slice.</summary>
    public static List<AnswerRow> OfGrid(Plan plan, WeekRange weeks) =>
        [.. Slices(plan).SelectMany(slice => Rows(plan, RowsRun.OfSlice(plan, slice, weeks)))];

    /// <summary>The rows of all weeks of some entities of a slice.</summary>
    public static List<AnswerRow> OfKeys(Plan plan, SliceId slice, WeekRange weeks, IReadOnlyList<EntityKey> keys) =>
        Rows(plan, RowsRun.OfSlice(plan, slice, weeks, KeysOf(keys)));

    /// <summary>The rows of a list.</summary>
    public static List<AnswerRow> OfList(Plan plan, IReadOnlyList<EntityKey> keys, IReadOnlyList<int> weeks) =>
        Rows(plan, RowsRun.OfList(plan, keys, weeks));

    /// <summary>The rows of a run.</summary>
    public static List<AnswerRow> OfRun(Plan plan, RowsRun run) => Rows(plan, run);

    /// <summary>Every slice of a plan's snapshot.</summary>
    public static IEnumerable<SliceId> Slices(Plan plan)
    {
        var placement = plan.Snapshot.Placement;
        return from partition in Enumerable.Range(0, placement.Partitions)
               from slice in Enumerable.Range(0, placement.SlicesPerPartition)
               select new SliceId(partition, slice);
    }

    private static EntityKeys KeysOf(IReadOnlyList<EntityKey> keys) => keys.Count > 0 && keys[0].Type == EntityKeyType.String
        ? new EntityKeys(StringTable.Of(keys.Select(key => key.ToString())))
        : new EntityKeys(keys.Select(key => key.Number).ToArray());

    private static List<AnswerRow> Rows(Plan plan, RowsRun run)
    {
        using var owned = run;
        // Later tasks first: what a task gives must not depend on the tasks before it.
        for (var task = run.TaskCount - 1; task >= 0; task--)
        {
            run.RunTask(task, CancellationToken.None);
        }

        var rows = new List<AnswerRow>();
        foreach (var block in run.Complete())
        {
            using (block)
            {
                rows.AddRange(Rows(plan, block));
            }
        }

        Assert.True(plan.Population is null ? run.RowCount == rows.Count : run.RowCount >= rows.Count);
        return rows;
    }

    private static IEnumerable<AnswerRow> Rows(Plan plan, FeatureBlock block)
    {
        Assert.Equal(plan.Columns.Count, block.Columns.Count);
        var keys = Bits.Column(block.Keys, block.RowCount);
        var weeks = Bits.Column(block.Weeks, block.RowCount);
        var statuses = Bits.Column(block.RowStatuses, block.RowCount);
        var values = block.Columns.Select(column => Bits.Column(column, block.RowCount)).ToArray();
        MarkErrors(plan, block, values);
        var calendar = plan.Snapshot.Catalog.Calendar;
        for (var row = 0; row < block.RowCount; row++)
        {
            yield return new AnswerRow(
                keys[row] is string text ? EntityKey.Of(text) : EntityKey.Of((long)keys[row]!),
                calendar.WeekOfDay((int)weeks[row]!),
                (string)statuses[row]!,
                [.. values.Select(column => Bits.Of(column[row]))]);
        }
    }

    private static void MarkErrors(Plan plan, FeatureBlock block, object?[][] values)
    {
        Assert.Equal(Math.Min(block.ErrorCount, CellError.CountMax), block.Errors.Count);
        Assert.Equal(block.Errors.Select(error => error.Row).Order(), block.Errors.Select(error => error.Row));
        foreach (var error in block.Errors)
        {
            if (error.Column == plan.Population?.Name)
            {
                continue;
            }

            var column = plan.Columns.Select(c => c.Name).ToList().IndexOf(error.Column);
            Assert.Null(values[column][error.Row]);
            Assert.Contains(error.Column, error.Message, StringComparison.Ordinal);
            Assert.Contains("* 1.0", error.Message, StringComparison.Ordinal);
            values[column][error.Row] = Bits.OverflowMark;
        }
    }
}
