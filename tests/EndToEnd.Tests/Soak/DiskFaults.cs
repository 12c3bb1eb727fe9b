using System.Diagnostics;
using System.Globalization;

namespace FeatureService.EndToEnd.Tests.Soak;

/// <summary>A disk that takes no more.</summary>
internal static class DiskFaults
{
    /// <summary>A dataset's bytes, about.</summary>
    private const int DatasetKilobytes = 12 << 10;

    /// <summary>A file system of a size that the dataset reaches, made larger for the second run. Where none may be mounted, as <see cref="LimitAsync"/>.</summary>
    public static async Task FillAsync(SoakRun run)
    {
        Directory.CreateDirectory(run.Path);
        var kilobytes = run.Random.Next(64, DatasetKilobytes);
        if (!await TryMountAsync("size=" + Size(kilobytes), run.Path))
        {
            await LimitAsync(run);
            return;
        }

        try
        {
            using (var build = run.Start())
            {
                var full = await build.WaitAsync();
                Assert.True(full.ExitCode == 1, $"{kilobytes} KiB: {full}");
                Assert.Contains("No space left on device", full.Errors, StringComparison.Ordinal);
                Assert.DoesNotContain("   at ", full.Errors, StringComparison.Ordinal);
            }

            Assert.True(await TryMountAsync("remount,size=" + Size(16 * DatasetKilobytes), run.Path));
            using (var resumed = run.Start("--resume"))
            {
                await SoakRun.EndsWellAsync(resumed);
            }

            await run.CheckAsync();
            TaxiWorld.Copy(run.Path, run.Folder["copy"]);
        }
        finally
        {
            await RunAsync("umount", "-l", run.Path);
        }

        Directory.Delete(run.Path);
        Directory.Move(run.Folder["copy"], run.Path);
    }

    /// <summary>No file may be larger than some parts are.</summary>
    public static async Task LimitAsync(SoakRun run)
    {
        using (var build = FeatureCtl.StartLimited(run.Random.Next(4, 100), run.World.Build(run.Path, run.Fleet.Addresses)))
        {
            var limited = await build.WaitAsync();
            Assert.True(limited.ExitCode == 1, limited.ToString());
            Assert.Contains("larger than the disk or a limit allows", limited.Errors, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", limited.Errors, StringComparison.Ordinal);
        }

        using var resumed = run.Start("--resume");
        await SoakRun.EndsWellAsync(resumed);
    }

    private static string Size(int kilobytes) => kilobytes.ToString(CultureInfo.InvariantCulture) + "k";

    private static async Task<bool> TryMountAsync(string options, string path) => await RunAsync("mount", "-t", "tmpfs", "-o", options, "tmpfs", path) == 0;

    private static async Task<int> RunAsync(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            await process.WaitForExitAsync();
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return -1;
        }
    }
}
