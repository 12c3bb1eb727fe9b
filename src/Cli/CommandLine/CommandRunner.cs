using System.CommandLine;
using System.CommandLine.Parsing;

namespace FeatureService.Cli.CommandLine;

/// <summary>Parses arguments, runs the verb, and turns whatever ends it into an exit code and lines on stderr.</summary>
internal static class CommandRunner
{
    /// <summary>Runs one command line.</summary>
    /// <param name="args">The arguments, without the program's name.</param>
    /// <param name="output">Where results go.</param>
    /// <param name="error">Where everything else goes.</param>
    /// <param name="cancellation">Ends the command in order.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> args, TextWriter output, TextWriter error, CancellationToken cancellation, TimeProvider? time = null)
    {
        var parsed = FeaturectlCommand.Create(time).Parse(args);
        if (parsed.Errors.Count > 0)
        {
            return PrintParseErrors(parsed, error);
        }

        // Signals are ours (StopSignals): the library's own handling would end a draining server after two seconds.
        var configuration = new InvocationConfiguration
        {
            Output = output,
            Error = error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        try
        {
            return await parsed.InvokeAsync(configuration, cancellation).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // The one place where exceptions become exit codes; what is not known is printed whole.
            var (code, message) = ExitCodes.Of(exception, cancellation);
            PrintLines(error, message);
            return (int)code;
        }
    }

    private static int PrintParseErrors(ParseResult parsed, TextWriter error)
    {
        foreach (var message in parsed.Errors.Select(e => e.Message).Distinct())
        {
            PrintLines(error, message);
        }

        error.WriteLine($"see: {NameOf(parsed.CommandResult)} --help");
        return (int)ExitCode.BadInput;
    }

    private static string NameOf(CommandResult command) =>
        command.Parent is CommandResult parent ? $"{NameOf(parent)} {command.Command.Name}" : "featurectl";

    private static void PrintLines(TextWriter error, string message)
    {
        foreach (var line in message.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            error.WriteLine($"featurectl: {line.TrimEnd()}");
        }
    }
}
