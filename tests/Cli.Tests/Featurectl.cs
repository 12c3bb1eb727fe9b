using FeatureService.Cli.CommandLine;

namespace FeatureService.Cli.Tests;

/// <summary>What a command printed, and how it ended.</summary>
public sealed record CommandResult(int Code, string Output, string Error)
{
    public IReadOnlyList<string> ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public IReadOnlyList<string> OutputLines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>Runs command lines inside the test's process.</summary>
public static class Featurectl
{
    public static async Task<CommandResult> RunAsync(params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var synchronizedError = TextWriter.Synchronized(error);
        var code = await CommandRunner.RunAsync(args, output, synchronizedError, TestContext.Current.CancellationToken);
        return new CommandResult(code, output.ToString(), error.ToString());
    }

    /// <summary>
    /// A status, asked for again while a service that is there has not answered within the seconds that it is given: a machine may stand
    /// for as long.
    /// </summary>
    public static async Task<CommandResult> AnsweredAsync(params string[] status)
    {
        CommandResult result;
        do
        {
            result = await RunAsync(status);
        }
        while (result.Error.Contains("did not answer in time", StringComparison.Ordinal) || result.Error.Contains("nor to a probe", StringComparison.Ordinal));
        return result;
    }
}
