using System.Text.Encodings.Web;
using System.Text.Json;
using FeatureService.Client.Datasets;

namespace FeatureService.Cli.CommandLine;

/// <summary>What was built, as JSON.</summary>
internal static class BuildJson
{
    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Prints a finished build.</summary>
    public static void Print(DatasetReport report, TextWriter output)
    {
        var manifest = report.Manifest;
        output.WriteLine(JsonSerializer.Serialize(
            new
            {
                report.Path,
                manifest.Rows,
                manifest.RowsByStatus,
                columns = manifest.Columns.Count,
                bytes = manifest.Files.Sum(file => file.Bytes),
                manifest.Snapshot,
                manifest.View,
                manifest.ViewVersion,
                manifest.ContentHash,
                manifest.Shards,
                shardsResumed = report.PartsResumed,
                seconds = Math.Round(report.Elapsed.TotalSeconds, 3),
                report.FanOut.Retries,
                report.FanOut.Doubled,
                services = report.FanOut.Pods.Select(pod => new { pod.Address, pod.Done, pod.Rows, pod.Failures }),
            },
            s_options));
    }
}
