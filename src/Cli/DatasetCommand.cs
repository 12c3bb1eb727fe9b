using System.CommandLine;
using FeatureService.Cli.CommandLine;
using FeatureService.Client.Datasets;
using FeatureService.Client.Transport;

namespace FeatureService.Cli;

/// <summary><c>featurectl dataset</c>: training datasets.</summary>
internal static class DatasetCommand
{
    /// <summary>The verb.</summary>
    public static Command Create() => new("dataset", "Build training datasets.") { CreateBuild() };

    private static Command CreateBuild()
    {
        var view = new ViewOptions();
        var service = new ServerOptions();
        var output = new OutputOptions();
        var rows = new RowOptions();
        var command = new Command("build", "Compute every feature for every entity and week, or for listed rows, as Parquet or CSV.");
        rows.AddTo(command);
        view.AddTo(command);
        service.AddToBuild(command);
        output.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var query = rows.Read(parsed, view, cancellation);
            var options = output.Read(parsed, query);
            var named = rows.ReadEntities(parsed);
            await using var session = await service.OpenAsync(parsed, cancellation).ConfigureAwait(false);
            return await view.UseAsync(parsed, async () =>
            {
                query = await RowOptions.NameEntitiesAsync(session.Client, query, named, cancellation).ConfigureAwait(false);
                await BuildAsync(session.Client, options with { Query = query }, parsed.InvocationConfiguration, cancellation).ConfigureAwait(false);
                return (int)ExitCode.Done;
            }).ConfigureAwait(false);
        });
        return command;
    }

    private static async Task BuildAsync(
        FeatureServiceClient client, DatasetBuildOptions options, InvocationConfiguration console, CancellationToken cancellation)
    {
        var hasParts = false;
        try
        {
            var report = await ProgressDisplay.RunAsync(
                "building",
                console.Error,
                progress => new DatasetBuilder(client).BuildAsync(
                    options, new BuildProgress(progress, done => hasParts |= done.ShardsDone > 0), cancellation)).ConfigureAwait(false);
            BuildSummary.Print(report, console.Output);
        }
        catch (OperationCanceledException) when (hasParts && cancellation.IsCancellationRequested)
        {
            throw new CliException(ExitCode.Partial, "stopped\nwhat is finished is kept: --resume goes on from it");
        }
    }

    private sealed class BuildProgress(IProgress<ProgressUpdate> display, Action<DatasetProgress> noted) : IProgress<DatasetProgress>
    {
        public void Report(DatasetProgress value)
        {
            noted(value);
            var fraction = value.RowCount == 0 ? 1 : (double)value.RowsDone / value.RowCount;
            display.Report(new ProgressUpdate(Math.Min(fraction, 1), BuildSummary.Line(value)));
        }
    }
}
