namespace FeatureService.Cli.CommandLine;

/// <summary>Ends a command with an exit code and one clear message; each line of the message is printed to stderr.</summary>
/// <param name="code">The exit code.</param>
/// <param name="message">What is wrong, where, and what was expected.</param>
internal sealed class CliException(ExitCode code, string message) : Exception(message)
{
    /// <summary>The exit code.</summary>
    public ExitCode Code { get; } = code;

    /// <summary>An error of the command's arguments or input.</summary>
    /// <param name="message">What is wrong, where, and what was expected.</param>
    public static CliException BadInput(string message) => new(ExitCode.BadInput, message);

    /// <summary>An error that is not the input's.</summary>
    /// <param name="message">What happened, and where.</param>
    public static CliException Failed(string message) => new(ExitCode.Failed, message);
}
