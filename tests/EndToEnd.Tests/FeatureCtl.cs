using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace FeatureService.EndToEnd.Tests;

/// <summary>Runs the command line as a process of its own, as a user does.</summary>
internal static class FeatureCtl
{
    /// <summary>Runs a command to its end.</summary>
    public static async Task<CommandResult> RunAsync(params string[] arguments)
    {
        using var command = Start(arguments);
        return await command.WaitAsync();
    }

    /// <summary>Runs a command to its end and expects exit code 0.</summary>
    public static async Task<CommandResult> SucceedAsync(params string[] arguments)
    {
        var result = await RunAsync(arguments);
        Assert.True(result.ExitCode == 0, result.ToString());
        return result;
    }

    /// <summary>Starts a command; the caller waits for it or kills it.</summary>
    public static RunningCommand Start(params string[] arguments) => new(arguments);

    /// <summary>Starts a command none of whose files can grow beyond a limit, as on a disk that is full.</summary>
    /// <param name="fileKilobytesMax">The limit.</param>
    /// <param name="arguments">The command.</param>
    public static RunningCommand StartLimited(int fileKilobytesMax, params string[] arguments) => new(arguments, fileKilobytesMax);
}

/// <summary>What a finished command left.</summary>
internal sealed record CommandResult(string Command, int ExitCode, string Output, string Errors)
{
    public override string ToString() => $"{Command}\nexit code {ExitCode}\n--- stdout\n{Output}\n--- stderr\n{Errors}";
}

/// <summary>A command that runs.</summary>
internal sealed class RunningCommand : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private readonly string _command;

    public RunningCommand(string[] arguments, int? fileKilobytesMax = null)
    {
        _command = "featurectl " + string.Join(' ', arguments);
        var start = new ProcessStartInfo(fileKilobytesMax is null ? "dotnet" : "/bin/sh")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        if (fileKilobytesMax is { } limit)
        {
            // The signal of the limit would end the process; a disk that is full sends none. Blocks of ulimit have 512 bytes, and the
            // runtime's own files are larger.
            start.ArgumentList.Add("-c");
            start.ArgumentList.Add(string.Create(CultureInfo.InvariantCulture, $"trap '' XFSZ; ulimit -f {limit * 2}; exec dotnet \"$@\""));
            start.ArgumentList.Add("sh");
            start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
            start.Environment["DOTNET_EnableDiagnostics"] = "0";
        }

        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "featurectl.dll"));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Collect(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Collect(_errors, line.Data);
        _process.Start();
        _process.StandardInput.Close();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>All of standard error so far.</summary>
    public string Errors
    {
        get
        {
            lock (_errors)
            {
                return _errors.ToString();
            }
        }
    }

    public async Task<CommandResult> WaitAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(6));
        await _process.WaitForExitAsync(limit.Token);
        lock (_output)
        {
            return new CommandResult(_command, _process.ExitCode, _output.ToString(), Errors);
        }
    }

    /// <summary>SIGTERM.</summary>
    public void Terminate() => Signal(NativeSignals.Terminate);

    /// <summary>Holds it: its connections stay, and it does nothing.</summary>
    public void Hold() => Signal(NativeSignals.Stop);

    /// <summary>Lets it go on.</summary>
    public void GoOn() => Signal(NativeSignals.Continue);

    /// <summary>SIGKILL.</summary>
    public void Kill() => _process.Kill();

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    /// <summary>Sends a signal; one that has ended by itself, as a test came late, needs none.</summary>
    private void Signal(int signal) =>
        Assert.True(_process.HasExited || NativeSignals.Kill(Id, signal) == 0 || _process.HasExited, $"signal {signal} to {_command}");

    private static void Collect(StringBuilder text, string? line)
    {
        if (line is not null)
        {
            lock (text)
            {
                text.AppendLine(line);
            }
        }
    }
}
