namespace FeatureService.Cli.CommandLine;

/// <summary>Which exit code and message an exception ends a command with.</summary>
internal static class ExitCodes
{
    /// <summary>The exit code and the message of an exception.</summary>
    /// <param name="exception">What ended the command.</param>
    /// <param name="cancellation">The token that a signal cancels.</param>
    public static (ExitCode Code, string Message) Of(Exception exception, CancellationToken cancellation) => exception switch
    {
        CliException known => (known.Code, known.Message),
        OperationCanceledException when cancellation.IsCancellationRequested => (ExitCode.Failed, "stopped"),
        IOException or UnauthorizedAccessException => (ExitCode.Failed, exception.Message),
        _ => (ExitCode.Failed, $"unexpected error: {exception}"),
    };
}
