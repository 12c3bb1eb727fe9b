using FeatureService.Cli.CommandLine;

namespace FeatureService.Cli;

/// <summary>The entry point of <c>featurectl</c>.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        using var signals = new StopSignals();
        return await CommandRunner.RunAsync(args, Console.Out, Console.Error, signals.Token).ConfigureAwait(false);
    }
}
