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
}
