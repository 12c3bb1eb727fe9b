using System.Globalization;
using FeatureService.Client.Datasets;
using FeatureService.Client.FanOut;

namespace FeatureService.Cli.CommandLine;

/// <summary>What a build says of itself.</summary>
internal static class BuildSummary
{
    /// <summary>Services that are named one by one; of more it is told what the least and the most of them did.</summary>
    private const int ServicesNamedMax = 3;

    /// <summary>How far it is, in one line.</summary>
    public static string Line(DatasetProgress progress)
    {
        var parts = new List<string>
        {
            Text($"{progress.ShardsDone} of {progress.ShardCount} shards"), Text($"{progress.RowsDone:N0} rows"), Rate(progress.RowsPerSecond),
        };
        if (progress.TimeLeft is { } left)
        {
            parts.Add($"{Left(left)} left");
        }

        if (progress.FanOut.CachedValues > 0)
        {
            parts.Add(Text($"{progress.FanOut.CachedValues:N0} values from caches"));
        }

        if (progress.FanOut.Retries > 0)
        {
            parts.Add(Text($"{progress.FanOut.Retries} retries"));
        }

        if (progress.FanOut.Doubled > 0)
        {
            parts.Add(Text($"{progress.FanOut.Doubled} doubled"));
        }

        return string.Join(", ", parts) + Services(progress.FanOut.Pods);
    }

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

        if (report.PartsContinued > 0)
        {
            output.WriteLine(Text($"{report.PartsContinued} of {manifest.Shards} parts were finished in part"));
        }

        if (report.PartsDamaged > 0)
        {
            output.WriteLine(Text($"{report.PartsDamaged} of {manifest.Shards} parts were missing or damaged and were done again"));
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
        output.WriteLine(Text($"{report.Elapsed.TotalSeconds:F1} s, {Rate(report.Elapsed > TimeSpan.Zero ? manifest.Rows / report.Elapsed.TotalSeconds : 0)}"));
        PrintServices(report.FanOut, output);
    }

    /// <summary>Who did it, where that is more than one, or something had to be done again.</summary>
    private static void PrintServices(FanOutProgress fanOut, TextWriter output)
    {
        if (fanOut.Pods.Count < 2 && fanOut.Retries == 0 && fanOut.CachedValues == 0)
        {
            return;
        }

        foreach (var pod in fanOut.Pods)
        {
            output.WriteLine(Text($"  {pod.Address}: {pod.Rows:N0} rows, {pod.CachedValues:N0} values from its cache, {pod.Failures} calls failed"));
        }
    }

    private static string Services(IReadOnlyList<PodProgress> pods) => pods.Count switch
    {
        < 2 => "",
        <= ServicesNamedMax => $"; {string.Join(", ", pods.Select(pod => Text($"{Name(pod.Address)} {pod.Done}")))}",
        _ => Text($"; {pods.Count} services, {pods.Min(pod => pod.Done)} to {pods.Max(pod => pod.Done)} each"),
    };

    private static string Name(string address) => address.Replace("http://", "", StringComparison.Ordinal);

    private static string Left(TimeSpan left) => left switch
    {
        { TotalHours: >= 1 } => Text($"{(int)left.TotalHours} h {left.Minutes} min"),
        { TotalMinutes: >= 1 } => Text($"{left.Minutes} min {left.Seconds} s"),
        _ => Text($"{Math.Ceiling(left.TotalSeconds):N0} s"),
    };

    private static string Span(long micros) => TimeSpan.FromMicroseconds(micros).ToString(@"d'd 'hh\:mm\:ss", CultureInfo.InvariantCulture);

    private static string Rate(double perSecond) =>
        perSecond >= 1e6 ? Text($"{perSecond / 1e6:F2} M vectors/s") : Text($"{perSecond:N0} vectors/s");

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
