using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace FeatureService.Bench.MainJob.Report;

/// <summary>What the figures were taken on.</summary>
internal static class Machine
{
    /// <summary>Processor, its count, memory and system.</summary>
    public static string Description()
    {
        var model = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim();
        var gigabytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{model ?? "unknown processor"}, {Environment.ProcessorCount} CPUs, {gigabytes:F0} GB; {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}");
    }

    /// <summary>The first line that a command prints; null where it cannot be started or fails.</summary>
    /// <param name="program">The file to start.</param>
    /// <param name="environment">A variable to set, and its value.</param>
    /// <param name="arguments">Its arguments.</param>
    public static string? FirstLineOf(string program, (string Name, string Value) environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[environment.Name] = environment.Value;
        try
        {
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEndAsync();
            var line = process.StandardOutput.ReadToEnd().Split('\n')[0].Trim();
            process.WaitForExit();
            error.GetAwaiter().GetResult();
            return process.ExitCode == 0 ? line : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
