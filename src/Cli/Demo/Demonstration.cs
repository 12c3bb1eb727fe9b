using FeatureService.Cli.CommandLine;
using FeatureService.Client.Datasets;
using FeatureService.Client.Transport;
using FeatureService.Engine.Definitions;
using FeatureService.Ingest;
using FeatureService.Samples.Taxi;
using FeatureService.Sinks.Parquet;
using static System.FormattableString;

namespace FeatureService.Cli.Demo;

/// <summary>The whole way once: events in files, a snapshot, two service processes, a dataset through both, a summary.</summary>
/// <param name="folder">Where everything goes.</param>
/// <param name="users">How many users the app has.</param>
/// <param name="output">Where the summary goes.</param>
/// <param name="error">Where progress goes.</param>
internal sealed class Demonstration(DemoFolder folder, int users, TextWriter output, TextWriter error)
{
    private readonly TaxiOptions _taxi = new() { Users = users };

    /// <summary>Runs it; whatever it started has ended when it returns.</summary>
    /// <param name="cancellation">Ends it in order.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        folder.Prepare();
        var events = await GenerateAsync(cancellation).ConfigureAwait(false);
        var snapshot = await BuildSnapshotAsync(cancellation).ConfigureAwait(false);
        var dataset = await BuildDatasetAsync(cancellation).ConfigureAwait(false);
        await new DemoSummary(folder, _taxi, events, snapshot, dataset).WriteAsync(output).ConfigureAwait(false);
        return (int)ExitCode.Done;
    }

    private Task<TaxiReport> GenerateAsync(CancellationToken cancellation) => ProgressDisplay.RunAsync(
        "events", error, progress => Task.Run(
            () => TaxiSample.Write(folder.Path, _taxi, new Relay<int>(done => progress.Report(OfUsers(done))), cancellation), cancellation));

    private ProgressUpdate OfUsers(int done) => new((double)done / users, Invariant($"{done:N0} of {users:N0} users"));

    private Task<BuildReport> BuildSnapshotAsync(CancellationToken cancellation)
    {
        var catalog = CatalogReader.Read(File.ReadAllText(folder.Catalog), folder.Catalog).Catalog
            ?? throw new InvalidOperationException($"{folder.Catalog} is not the sample's catalog");
        var options = new SnapshotBuildOptions { OutputFolder = folder.Snapshot, MemoryBytes = BuildMemory.Of(null).EventBytes };
        return ProgressDisplay.RunAsync("snapshot", error, progress => Task.Run(
            () => SnapshotBuilder.Build(catalog, options, new Relay<BuildProgress>(done => progress.Report(OfStage(done))), cancellation),
            cancellation));
    }

    private async Task<DatasetReport> BuildDatasetAsync(CancellationToken cancellation)
    {
        var program = ThisProgram.Command;
        var one = LocalService.Start(program, folder.Snapshot, folder.Views, folder.Log(1));
        await using (one.ConfigureAwait(false))
        {
            var two = LocalService.Start(program, folder.Snapshot, folder.Views, folder.Log(2));
            await using (two.ConfigureAwait(false))
            {
                await Task.WhenAll(
                    one.WaitUntilReadyAsync(TimeProvider.System, cancellation),
                    two.WaitUntilReadyAsync(TimeProvider.System, cancellation)).ConfigureAwait(false);
                return await BuildDatasetAsync([one.Url, two.Url], cancellation).ConfigureAwait(false);
            }
        }
    }

    private async Task<DatasetReport> BuildDatasetAsync(IReadOnlyList<string> endpoints, CancellationToken cancellation)
    {
        using var client = new FeatureServiceClient(new FeatureServiceClientOptions { Endpoints = endpoints });
        var options = new DatasetBuildOptions
        {
            Query = new BackfillQuery
            {
                View = ViewReference.Named(TaxiSample.View),
                Weeks = new WeekSpan(Invariant($"{_taxi.FirstWeek:yyyy-MM-dd}"), Invariant($"{_taxi.LastWeek:yyyy-MM-dd}")),
                Labels = true,
            },
            Path = folder.Dataset,
            Format = new ParquetFormat(),
            Existing = ExistingOutput.Overwrite,
        };
        return await ProgressDisplay.RunAsync("dataset", error, progress => new DatasetBuilder(client).BuildAsync(
            options, new Relay<DatasetProgress>(done => progress.Report(OfRows(done))), cancellation)).ConfigureAwait(false);
    }

    private static ProgressUpdate OfStage(BuildProgress done) => new(
        done.Total is > 0 and { } total ? (double)done.Done / total : 0, $"{done.Stage} {done.Source}".ToLowerInvariant().TrimEnd());

    private static ProgressUpdate OfRows(DatasetProgress done) => new(
        (double)done.RowsDone / Math.Max(1, done.RowCount),
        Invariant($"{done.RowsDone:N0} of {done.RowCount:N0} vectors through 2 services"));

    /// <summary>Progress that is passed on at once, on the thread that reports it.</summary>
    private sealed class Relay<T>(Action<T> report) : IProgress<T>
    {
        public void Report(T value) => report(value);
    }
}
