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
        var weeks = new Option<string>("--weeks")
        {
            Description = "Weeks, both ends included: 2019-01-07..2023-12-25, every fourth 2019-01-07..2023-12-25/4, or one alone.",
            HelpName = "FROM..TO[/STEP]",
            Required = true,
        };
        var entities = new EntityOptions(" Default: all of the snapshot.");
        var sample = new Option<string>("--sample")
        {
            Description = "A random sample of the snapshot's entities: a number of them, or a share such as 5%. The same seed gives the same sample.",
            HelpName = "N|P%",
        };
        var seed = new Option<long>("--seed") { Description = "With --sample: which of all samples of that size. Default: 0", HelpName = "S" };
        var noPopulation = new Option<bool>("--no-population") { Description = "Every row of the grid, whatever the view's population says." };
        var command = new Command("build", "Compute every feature for every entity and week, as Parquet or CSV.") { weeks };
        entities.AddTo(command);
        command.Options.Add(sample);
        command.Options.Add(seed);
        command.Options.Add(noPopulation);
        command.Validators.Add(result =>
        {
            if (entities.Ways.Append(sample).Count(way => result.GetResult(way) is not null) > 1)
            {
                result.AddError("expected at most one of --entities LIST, --entities-file FILE and --sample N|P%");
            }

            if (result.GetResult(seed) is not null && result.GetResult(sample) is null)
            {
                result.AddError("--seed S goes with --sample N|P%");
            }
        });
        view.AddTo(command);
        service.AddToBuild(command);
        output.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var span = Rows.ParseWeeks(parsed.GetRequiredValue(weeks));
            var query = new BackfillQuery
            {
                View = view.Read(parsed),
                Weeks = span,
                Columns = view.ReadColumns(parsed),
                Sample = SampleOf(parsed),
                IgnorePopulation = parsed.GetValue(noPopulation),
            };
            var options = output.Read(parsed, query);
            var named = entities.Read(parsed);
            await using var session = await service.OpenAsync(parsed, cancellation).ConfigureAwait(false);
            return await view.UseAsync(parsed, async () =>
            {
                if (named is not null)
                {
                    options = options with { Query = await NameEntitiesAsync(session.Client, query, named, cancellation).ConfigureAwait(false) };
                }

                await BuildAsync(session.Client, options, parsed.InvocationConfiguration, cancellation).ConfigureAwait(false);
                return (int)ExitCode.Done;
            }).ConfigureAwait(false);
        });
        return command;

        EntitySample? SampleOf(ParseResult parsed) =>
            parsed.GetValue(sample) is { } size ? Rows.ParseSample(size, parsed.GetValue(seed)) : null;
    }

    private static async Task<BackfillQuery> NameEntitiesAsync(
        FeatureServiceClient client, BackfillQuery query, EntityList entities, CancellationToken cancellation)
    {
        var view = await client.ValidateAsync(query.View, query.Snapshot, cancellation).ConfigureAwait(false);
        var snapshot = await Rows.SnapshotOfAsync(client, view, cancellation).ConfigureAwait(false);
        return query with { Entities = entities.KeysOf(snapshot.EntityType) };
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
