using System.Text.Encodings.Web;
using System.Text.Json;
using FeatureService.Client.Transport;
using FeatureService.Core.Columns;

namespace FeatureService.Cli.Comparing;

/// <summary>A comparison as JSON.</summary>
internal static class ComparisonJson
{
    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Prints a comparison.</summary>
    public static void Print(ViewComparison comparison, TextWriter output) => output.WriteLine(JsonSerializer.Serialize(
        new
        {
            comparison.SnapshotId,
            comparison.OldVersion,
            comparison.NewVersion,
            comparison.Entities,
            comparison.Rows,
            comparison.OldPopulation,
            comparison.NewPopulation,
            Columns = comparison.Columns.Select(column => new
            {
                column.Name,
                column.Change,
                column.OldName,
                column.Changed,
                Old = Distribution(column.Old),
                New = Distribution(column.New),
            }),
            comparison.Recomputed,
        },
        s_options));

    private static object? Distribution(ValueDistribution? values) => values is null ? null : new
    {
        Type = values.Type.Name(),
        values.Nulls,
        values.Distinct,
        values.Mean,
        values.Quantiles,
        Top = values.Top.Select(top => new { top.Value, top.Rows }),
        values.Nanoseconds,
    };
}
