using System.Diagnostics;

namespace FeatureService.Bench.MainJob;

/// <summary>One run of a command beside services.</summary>
/// <param name="WallSeconds">From start to end.</param>
/// <param name="CommandCpuSeconds">CPU of the command.</param>
/// <param name="ServicesCpuSeconds">CPU of the services, meanwhile.</param>
/// <param name="CommandAnonymousBytes">Most anonymous memory of the command.</param>
/// <param name="ServiceAnonymousBytes">Most anonymous memory of any one service.</param>
internal sealed record Measurement(
    double WallSeconds, double CommandCpuSeconds, double ServicesCpuSeconds, long CommandAnonymousBytes, long ServiceAnonymousBytes)
{
    private static readonly TimeSpan SamplePause = TimeSpan.FromMilliseconds(10);

    /// <summary>Runs a command to its end.</summary>
    /// <param name="program">The file to start.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="services">Processes that work for it.</param>
    /// <exception cref="InvalidOperationException">The command failed.</exception>
    public static async Task<Measurement> OfCommandAsync(string program, IEnumerable<string> arguments, params int[] services)
    {
        var servicesBefore = services.Sum(ProcStat.CpuSeconds);
        var childrenBefore = ProcStat.EndedChildrenCpuSeconds();
        var started = Stopwatch.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })
            ?? throw new InvalidOperationException($"{program} could not be started");
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        var ended = process.WaitForExitAsync();
        long commandBytes = 0;
        long serviceBytes = 0;
        while (!ended.IsCompleted)
        {
            commandBytes = Math.Max(commandBytes, ProcStat.AnonymousBytes(process.Id));
            serviceBytes = services.Select(ProcStat.AnonymousBytes).Append(serviceBytes).Max();
            await Task.WhenAny(ended, Task.Delay(SamplePause)).ConfigureAwait(false);
        }

        var wall = Stopwatch.GetElapsedTime(started).TotalSeconds;
        await Task.WhenAll(output, error).ConfigureAwait(false);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"exit code {process.ExitCode}: {await error.ConfigureAwait(false)}");
        }

        return new Measurement(
            wall,
            ProcStat.EndedChildrenCpuSeconds() - childrenBefore,
            services.Sum(ProcStat.CpuSeconds) - servicesBefore,
            commandBytes,
            serviceBytes);
    }

    /// <summary>The median of each figure.</summary>
    public static Measurement MedianOf(IReadOnlyList<Measurement> runs) => new(
        Median(runs, run => run.WallSeconds),
        Median(runs, run => run.CommandCpuSeconds),
        Median(runs, run => run.ServicesCpuSeconds),
        (long)Median(runs, run => run.CommandAnonymousBytes),
        (long)Median(runs, run => run.ServiceAnonymousBytes));

    private static double Median(IReadOnlyList<Measurement> runs, Func<Measurement, double> figure)
    {
        var sorted = runs.Select(figure).Order().ToArray();
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
