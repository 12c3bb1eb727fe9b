using System.Globalization;
using FeatureService.Client.Datasets;

namespace FeatureService.Cli.CommandLine;

/// <summary>What a build says of itself.</summary>
internal static class BuildSummary
{
    /// <summary>How far it is, in one line.</summary>
    public static string Line(DatasetProgress progress) => string.Create(
        CultureInfo.InvariantCulture,
        $"{progress.ShardsDone} of {progress.ShardCount} shards, {progress.RowsDone:N0} rows, {Rate(progress.RowsDone, progress.Elapsed)}");

    /// <summary>What was built.</summary>
    /// <param name="report">The finished dataset.</param>
    /// <param name="output">Where to.</param>
    public static void Print(DatasetReport report, TextWriter output)
    {
        var manifest = report.Manifest;
        var bytes = manifest.Files.Sum(f => f.Bytes);
        var statuses = string.Join(", ", manifest.RowsByStatus.Select(s => Text($"{s.Value:N0} {s.Key}")));
        output.WriteLine(Text($"{report.Path}: {manifest.Rows:N0} rows ({statuses}), {manifest.Columns.Count} columns, {bytes / 1e6:N1} MB"));
        if (report.PartsResumed > 0)
        {
            output.WriteLine(Text($"{report.PartsResumed} of {manifest.Shards} parts were already finished"));
        }

        if (manifest.Reuse is { } reuse)
        {
            output.WriteLine(Text($"{reuse.Taken.Count} of {reuse.Taken.Count + reuse.Computed.Count} columns are those of {reuse.Previous}, byte for byte"));
            foreach (var column in reuse.Computed)
            {
                output.WriteLine($"  computed: {column.Name}: {column.Reason}");
            }
        }

        if (manifest.Spine?.Distances is { } distances)
        {
            output.WriteLine(
                $"{manifest.Spine.TimeColumn} lies behind its week's cutoff by {Span(distances.MinMicros)} at least, "
                + $"{Span(distances.MedianMicros)} at the median, {Span(distances.MaxMicros)} at most");
        }

        output.WriteLine(Text($"snapshot {manifest.Snapshot}, view {manifest.View} {manifest.ViewVersion}"));
        output.WriteLine(Text($"content hash {manifest.ContentHash}"));
        output.WriteLine(Text($"{report.Elapsed.TotalSeconds:F1} s, {Rate(manifest.Rows, report.Elapsed)}"));
    }

    private static string Span(long micros) => TimeSpan.FromMicroseconds(micros).ToString(@"d'd 'hh\:mm\:ss", CultureInfo.InvariantCulture);

    private static string Rate(long rows, TimeSpan elapsed)
    {
        var rate = elapsed > TimeSpan.Zero ? rows / elapsed.TotalSeconds : 0;
        return rate >= 1e6 ? Text($"{rate / 1e6:F2} M vectors/s") : Text($"{rate:N0} vectors/s");
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
