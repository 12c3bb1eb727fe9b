using System.Globalization;
using System.Text.RegularExpressions;

namespace FeatureService.EndToEnd.Tests.Soak;

/// <summary>Random bytes where a disk has kept others: a wrong value is never the answer.</summary>
internal static partial class DamageFaults
{
    /// <summary>
    /// A service has opened a snapshot when bytes of one of its segments change. The build ends with the file's name and the place, or, where
    /// the build reads nothing there, with the right dataset; with the snapshot as it was it is resumed.
    /// </summary>
    public static async Task SnapshotAsync(SoakRun run)
    {
        var copy = TaxiWorld.Copy(run.World.Snapshot, run.Folder["snapshot"]);
        using var service = await ServiceProcess.StartAsync(copy, run.World.Views);
        var segments = Directory.GetFiles(copy, "*.arrow", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToArray();
        var segment = segments[run.Random.Next(segments.Length)];
        var (first, end) = Overwrite(segment, run.Random);

        using (var build = FeatureCtl.Start(run.World.Build(run.Path, service)))
        {
            var result = await build.WaitAsync();
            if (result.ExitCode == 0)
            {
                return;
            }

            Assert.True(result.ExitCode == 1, result.ToString());
            Assert.Contains(Path.GetFileName(segment), result.Errors, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", result.Errors, StringComparison.Ordinal);
            var told = long.Parse(Offset().Match(result.Errors).Groups[1].Value, CultureInfo.InvariantCulture);
            // The block that is told holds a byte that has changed.
            Assert.True(told < end && first < told + BlockBytes, $"bytes {first} to {end} were overwritten: {result.Errors}");
        }

        using var resumed = run.Start("--resume");
        await SoakRun.EndsWellAsync(resumed);
    }

    /// <summary>The client is killed, and bytes of some of the parts that it has finished change.</summary>
    public static Task PartsAsync(SoakRun run) => WhenKilledAsync(run, async () =>
    {
        var parts = Directory.GetFiles(run.Path, "part-*.parquet").Order(StringComparer.Ordinal).ToArray();
        foreach (var part in run.Random.GetItems(parts, Math.Min(3, parts.Length)))
        {
            Overwrite(part, run.Random);
        }

        using var resumed = run.Start("--resume");
        await SoakRun.EndsWellAsync(resumed);
    });

    /// <summary>The client is killed, and bytes of its record change: where that is what the build is, it says so and has to start anew.</summary>
    public static Task ProgressAsync(SoakRun run) => WhenKilledAsync(run, async () =>
    {
        Overwrite(Path.Combine(run.Path, "_progress.jsonl"), run.Random);
        using (var resumed = run.Start("--resume"))
        {
            var result = await resumed.WaitAsync();
            if (result.ExitCode == 0)
            {
                return;
            }

            Assert.True(result.ExitCode == 2, result.ToString());
            Assert.Contains("_progress.jsonl:1 is damaged", result.Errors, StringComparison.Ordinal);
        }

        using var anew = run.Start("--overwrite");
        await SoakRun.EndsWellAsync(anew);
    });

    private const int BlockBytes = 64 << 10;

    [GeneratedRegex("at offset ([0-9]+)")]
    private static partial Regex Offset();

    private static async Task WhenKilledAsync(SoakRun run, Func<Task> damage)
    {
        using (var build = run.Start())
        {
            await run.MomentAsync(build, 1);
            build.Kill();
            await build.WaitAsync();
        }

        await damage();
    }

    /// <summary>Overwrites up to a hundred bytes of a file at a random place, each by another.</summary>
    /// <returns>The first of them, and the place behind the last.</returns>
    private static (long First, long End) Overwrite(string path, Random random)
    {
        using var file = File.Open(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        var first = random.NextInt64(file.Length);
        var bytes = new byte[Math.Min(random.Next(1, 100), file.Length - first)];
        file.Position = first;
        file.ReadExactly(bytes);
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= (byte)random.Next(1, 256);
        }

        file.Position = first;
        file.Write(bytes);
        return (first, first + bytes.Length);
    }
}
