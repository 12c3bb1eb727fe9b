using System.Globalization;
using FeatureService.Client.Transport;

namespace FeatureService.Cli.Comparing;

/// <summary>A comparison as a person reads it: a line a column, old and new beside each other where they differ.</summary>
internal static class ComparisonText
{
    private static readonly string[] s_titles = ["column", "what", "rows changed", "null", "mean", "middle", "from", "to", "a value takes"];

    /// <summary>Prints a comparison.</summary>
    public static void Print(ViewComparison comparison, string old, string @new, TextWriter output)
    {
        output.WriteLine($"old  {old} {comparison.OldVersion}");
        output.WriteLine($"new  {@new} {comparison.NewVersion}");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"on   {comparison.Rows:N0} rows of {comparison.Entities:N0} entities, snapshot {comparison.SnapshotId}"));
        if (comparison.OldPopulation != comparison.Rows || comparison.NewPopulation != comparison.Rows)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"population  {comparison.OldPopulation:N0} rows -> {comparison.NewPopulation:N0} rows"));
        }

        output.WriteLine();
        List<string[]> rows = [s_titles, .. comparison.Columns.Select(Cells)];
        var widths = s_titles.Select((_, i) => rows.Max(row => row[i].Length)).ToArray();
        foreach (var row in rows)
        {
            output.WriteLine(string.Join("  ", row.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd());
        }

        output.WriteLine();
        output.WriteLine(comparison.Recomputed.Count == 0
            ? "a rebuild computes no column anew"
            : $"a rebuild computes {comparison.Recomputed.Count} of {comparison.Columns.Count(c => c.New is not null)} columns: {string.Join(", ", comparison.Recomputed)}");
    }

    private static string[] Cells(ColumnDifference column) =>
    [
        column.Name,
        column.OldName.Length == 0 ? column.Change : $"{column.Change}, was {column.OldName}",
        column.Old is null || column.New is null ? "" : Percent(column.Changed),
        Both(column, d => Percent(d.Nulls)),
        Both(column, d => d.Mean is { } mean ? mean.ToString("G4", CultureInfo.InvariantCulture) : ""),
        Both(column, d => d.Quantiles.Count > 2 ? Short(d.Quantiles[2]) : d.Top.Count > 0 ? Short(d.Top[0].Value) : ""),
        Both(column, d => d.Quantiles.Count > 0 ? Short(d.Quantiles[0]) : ""),
        Both(column, d => d.Quantiles.Count > 0 ? Short(d.Quantiles[^1]) : ""),
        Both(column, d => d.Nanoseconds.ToString("F0", CultureInfo.InvariantCulture), always: true) + " ns",
    ];

    /// <summary>One text where both say the same, else old and new.</summary>
    private static string Both(ColumnDifference column, Func<ValueDistribution, string> text, bool always = false)
    {
        var (old, @new) = (column.Old is null ? null : text(column.Old), column.New is null ? null : text(column.New));
        return old is null || @new is null ? old ?? @new ?? ""
            : old == @new || (always && column.Change is "same" or "renamed") ? @new
            : $"{old} -> {@new}";
    }

    private static string Percent(double share) => share is 0 or 1 ? (share == 0 ? "0 %" : "100 %") : (share * 100).ToString("0.##", CultureInfo.InvariantCulture) + " %";

    private static string Short(string text)
    {
        const int LengthMax = 20;
        var line = text.ReplaceLineEndings(" ");
        if (double.TryParse(line, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && line.Length > 8)
        {
            return number.ToString("G6", CultureInfo.InvariantCulture);
        }

        return line.Length <= LengthMax ? line : line[..(LengthMax - 1)] + "…";
    }
}
