using System.Diagnostics;

namespace FeatureService.Bench.MainJob.Report;

/// <summary>Brings an output to the disk: ours does so itself, a peer's is made to, and the time counts for it.</summary>
internal static class OutputSync
{
    /// <summary>Syncs every file of a folder.</summary>
    /// <param name="folder">The output.</param>
    /// <returns>Seconds.</returns>
    public static double Seconds(string folder)
    {
        var started = Stopwatch.GetTimestamp();
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
            file.Flush(flushToDisk: true);
        }

        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
