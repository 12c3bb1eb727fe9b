using System.CommandLine;
using FeatureService.Cli.CommandLine;
using FeatureService.Client.Datasets;
using FeatureService.Client.Transport;

namespace FeatureService.Cli;

/// <summary><c>featurectl dataset</c>: training datasets.</summary>
internal static class DatasetCommand
{
    private const string Kept = "what is finished is kept: --resume goes on from it";

    /// <summary>The verb.</summary>
    public static Command Create() => new("dataset", "Build training datasets.") { CreateBuild() };

    private static Command CreateBuild()
    {
        var view = new ViewOptions();
        var service = new ServerOptions();
        var output = new OutputOptions();
        var rows = new RowOptions();
        var command = new Command("build", "Compute every feature for every entity and week, or for listed rows, as Parquet, Arrow or CSV.");
        rows.AddTo(command);
        view.AddTo(command);
        service.AddToBuild(command);
        output.AddTo(command);
        var json = new Option<bool>("--json") { Description = "What was built as JSON for programs." };
        command.Options.Add(json);
        command.SetAction(async (parsed, cancellation) =>
        {
            var query = rows.Read(parsed, view, cancellation);
            var options = output.Read(parsed, query);
            var named = rows.ReadEntities(parsed);
            await using var session = await service.OpenAsync(parsed, cancellation).ConfigureAwait(false);
            return await view.UseAsync(parsed, async () =>
            {
                query = await RowOptions.NameEntitiesAsync(session.Client, query with { Snapshot = session.Snapshot }, named, cancellation).ConfigureAwait(false);
                var console = parsed.InvocationConfiguration;
                var report = await BuildAsync(session.Client, options with { Query = query }, console.Error, cancellation).ConfigureAwait(false);
                if (parsed.GetValue(json))
                {
                    BuildJson.Print(report, console.Output);
                }
                else
                {
                    BuildSummary.Print(report, console.Output);
                }

                return (int)ExitCode.Done;
            }).ConfigureAwait(false);
        });
        return command;
    }

    private static async Task<DatasetReport> BuildAsync(
        FeatureServiceClient client, DatasetBuildOptions options, TextWriter error, CancellationToken cancellation)
    {
        var hasParts = false;
        try
        {
            return await ProgressDisplay.RunAsync(
                "building",
                error,
                progress => new DatasetBuilder(client).BuildAsync(
                    options, new BuildProgress(progress, done => hasParts |= done.ShardsDone > 0), cancellation)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (hasParts && cancellation.IsCancellationRequested)
        {
            throw new CliException(ExitCode.Partial, $"stopped\n{Kept}");
        }
        catch (IOException exception) when (hasParts)
        {
            // A disk that is full, most often.
            throw new CliException(ExitCode.Failed, $"{exception.Message}\n{Kept}");
        }
    }

    private sealed class BuildProgress(IProgress<ProgressUpdate> display, Action<DatasetProgress> noted) : IProgress<DatasetProgress>
    {
        public void Report(DatasetProgress value)
        {
            noted(value);
            display.Report(new ProgressUpdate(value.Fraction, BuildSummary.Line(value)));
        }
    }
}
