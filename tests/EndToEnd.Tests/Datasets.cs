using System.Text.Json;

namespace FeatureService.EndToEnd.Tests;

/// <summary>Reads what a dataset build leaves behind.</summary>
internal static class Datasets
{
    /// <summary>The content hash that a dataset's manifest records.</summary>
    public static string ContentHash(string path)
    {
        var manifest = Directory.Exists(path) ? Path.Combine(path, "_manifest.json") : path + ".manifest.json";
        Assert.True(File.Exists(manifest), $"{manifest} is missing");
        using var document = JsonDocument.Parse(File.ReadAllText(manifest));
        var root = document.RootElement;
        return (root.TryGetProperty("content_hash", out var snake) ? snake : root.GetProperty("contentHash")).GetString()!;
    }

    /// <summary>Finished part files.</summary>
    public static int Parts(string folder) => Directory.Exists(folder) ? Directory.GetFiles(folder, "part-*.parquet").Length : 0;

    /// <summary>Waits until a build has finished so many parts.</summary>
    public static async Task AfterPartsAsync(RunningCommand build, string path, int parts)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        while (Parts(path) < parts && await tick.WaitForNextTickAsync(limit.Token))
        {
            // All of them may have come since the last look, and the build's end.
            Assert.True(!build.HasExited || Parts(path) >= parts, build.Errors);
        }
    }
}
