using System.Diagnostics;
using System.Text;

namespace FeatureService.EndToEnd.Tests;

/// <summary>Runs command lines as a person does, in a folder, with <c>featurectl</c> being the one that was built.</summary>
internal sealed class Shell(string folder) : IAsyncDisposable
{
    private readonly List<Process> _background = [];

    /// <summary>The executable beside the tests.</summary>
    public static string Featurectl { get; } = Path.Combine(AppContext.BaseDirectory, "featurectl");

    /// <summary>Runs a command to its end.</summary>
    public async Task<(int Code, string Output, string Error)> RunAsync(string command, CancellationToken cancellation)
    {
        using var process = Start(command);
        var output = process.StandardOutput.ReadToEndAsync(cancellation);
        var error = process.StandardError.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return (process.ExitCode, await output, await error);
    }

    /// <summary>Starts a command and waits for a line on its stderr that holds a text.</summary>
    public async Task StartAsync(string command, string text, CancellationToken cancellation)
    {
        var process = Start(command);
        _background.Add(process);
        var said = new StringBuilder();
        while (await process.StandardError.ReadLineAsync(cancellation) is { } line)
        {
            if (line.Contains(text, StringComparison.Ordinal))
            {
                return;
            }

            said.AppendLine(line);
        }

        Assert.Fail($"{command} ended without '{text}': {said}");
    }

    /// <summary>Ends what still runs.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var process in _background)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }

    private Process Start(string command)
    {
        var start = new ProcessStartInfo("bash")
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add($"set -e\nfeaturectl() {{ '{Featurectl}' \"$@\"; }}\n{command}");
        return Process.Start(start) ?? throw new InvalidOperationException("bash could not be started");
    }
}
