using FeatureService.Contracts.V1;
using Column = FeatureService.Core.Columns.Column;
using Type = FeatureService.Core.Columns.ColumnType;

namespace FeatureService.Pipeline.Comparing;

/// <summary>How the values of a column are spread.</summary>
internal static class Distributions
{
    private const int TopMax = 5;

    /// <summary>The distribution of a column.</summary>
    /// <param name="column">The values.</param>
    /// <param name="nanoseconds">What computing one of them took.</param>
    public static Distribution Of(Column column, double nanoseconds)
    {
        var rows = Enumerable.Range(0, column.Length).Where(column.IsValid).ToArray();
        var told = new Distribution
        {
            Type = Replies.ColumnChunks.TypeOf(column.Type),
            Nulls = column.Length == 0 ? 0 : (double)(column.Length - rows.Length) / column.Length,
            Nanoseconds = nanoseconds,
        };
        if (column.Type == Type.String)
        {
            AddTexts(told, column, rows);
            return told;
        }

        var order = rows.Select(row => CellReader.OrderOf(column, row)).ToArray();
        Array.Sort(order, rows);
        told.Distinct = order.Length == 0 ? 0 : 1 + order.Zip(order.Skip(1)).LongCount(pair => pair.First != pair.Second);
        if (rows.Length > 0)
        {
            told.Quantiles.AddRange(new[] { 0.0, 0.25, 0.5, 0.75, 1.0 }
                .Select(q => CellReader.Text(column, rows[(int)Math.Round(q * (rows.Length - 1))])));
        }

        if (column.Type is Type.Bool or Type.Int64 or Type.Float32 or Type.Float64)
        {
            AddMean(told, column, rows);
        }

        if (column.Type == Type.Bool)
        {
            AddTop(told, rows.GroupBy(row => CellReader.Text(column, row)));
        }

        return told;
    }

    private static void AddTexts(Distribution told, Column column, int[] rows)
    {
        var groups = rows.GroupBy(row => CellReader.Text(column, row)).ToList();
        told.Distinct = groups.Count;
        AddTop(told, groups);
    }

    private static void AddTop(Distribution told, IEnumerable<IGrouping<string, int>> groups) => told.Top.AddRange(groups
        .Select(group => new ValueCount { Value = group.Key, Count = group.LongCount() })
        .OrderByDescending(count => count.Count)
        .ThenBy(count => count.Value, StringComparer.Ordinal)
        .Take(TopMax));

    private static void AddMean(Distribution told, Column column, int[] rows)
    {
        var (sum, count) = (0.0, 0);
        foreach (var row in rows)
        {
            var value = CellReader.Number(column, row);
            if (double.IsFinite(value))
            {
                sum += value;
                count++;
            }
        }

        if (count > 0)
        {
            told.Mean = sum / count;
        }
    }
}
