using System.CommandLine;
using System.Globalization;
using FeatureService.Cli.CommandLine;
using FeatureService.Engine.Definitions;
using FeatureService.Ingest;

namespace FeatureService.Cli;

/// <summary><c>featurectl snapshot</c>: snapshots of a catalog's events.</summary>
internal static class SnapshotCommand
{
    /// <summary>The verb.</summary>
    public static Command Create() => new("snapshot", "Build and inspect snapshots of event logs.") { CreateBuild(), SnapshotInspectCommand.Create() };

    private static Command CreateBuild()
    {
        var catalog = new Option<string>("--catalog") { Description = "The catalog's file.", Required = true };
        var output = new Option<string>("--out") { Description = "The snapshot's folder; made where it is missing.", Required = true };
        var partitions = new Option<int?>("--partitions") { Description = "Number of partitions, a power of two up to 4096; default as many as the events need." };
        var slices = new Option<int?>("--slices") { Description = "Slices in each partition, a power of two up to 65536; default as many as the entities need." };
        var maxBadRows = new Option<long>("--max-bad-rows") { Description = "Rows with unreadable values to leave out before the build fails; default 0." };
        var allowFuture = new Option<bool>("--allow-future") { Description = "Take events more than a day after now, which else fail the build." };
        var memory = BuildMemory.Option();
        var command = new Command("build", "Build a snapshot from the files and queries that a catalog names.")
        {
            catalog, output, memory, partitions, slices, maxBadRows, allowFuture,
        };
        command.SetAction(async (arguments, cancellation) =>
        {
            var budget = BuildMemory.Of(arguments.GetValue(memory));
            var options = new SnapshotBuildOptions
            {
                OutputFolder = arguments.GetValue(output)!,
                MemoryBytes = budget.EventBytes,
                Partitions = arguments.GetValue(partitions),
                SlicesPerPartition = arguments.GetValue(slices),
                MaxBadRows = arguments.GetValue(maxBadRows),
                AllowFuture = arguments.GetValue(allowFuture),
            };
            var configuration = arguments.InvocationConfiguration;
            var report = await ProgressDisplay.RunAsync(
                "building",
                configuration.Error,
                progress => Task.Run(() => Build(arguments.GetValue(catalog)!, options, budget, new BuildProgressWords(progress), cancellation), cancellation))
                .ConfigureAwait(false);
            await Print(report, options.OutputFolder, configuration.Output).ConfigureAwait(false);
            return (int)ExitCode.Done;
        });
        return command;
    }

    private static BuildReport Build(
        string path, SnapshotBuildOptions options, BuildMemory budget, IProgress<BuildProgress> progress, CancellationToken cancellation)
    {
        try
        {
            var (catalog, diagnostics) = CatalogReader.Read(ReadText(path), path);
            return catalog is null
                ? throw CliException.BadInput(string.Join('\n', diagnostics))
                : SnapshotBuilder.Build(catalog, options, progress, cancellation);
        }
        catch (InputException error)
        {
            throw CliException.BadInput(string.Join('\n', error.Messages));
        }
        catch (MemoryException error)
        {
            throw budget.TooSmall(error);
        }
        catch (ArgumentOutOfRangeException error) when (error.ParamName is "partitions" or "slicesPerPartition")
        {
            var option = error.ParamName == "partitions" ? "--partitions" : "--slices";
            throw CliException.BadInput(string.Create(CultureInfo.InvariantCulture, $"{option} {error.ActualValue}: {error.Message.Split(" (")[0]}"));
        }
    }

    private static string ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw CliException.BadInput($"cannot read the catalog {path}: {error.Message}");
        }
    }

    private static async Task Print(BuildReport report, string folder, TextWriter output)
    {
        var seconds = Math.Max(report.Elapsed.TotalSeconds, 0.001);
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"snapshot    {report.SnapshotId}")).ConfigureAwait(false);
        await output.WriteLineAsync($"folder      {folder}").ConfigureAwait(false);
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"events      {report.EventCount} of {report.EntityCount} entities in {report.Partitions} x {report.SlicesPerPartition} slices")).ConfigureAwait(false);
        foreach (var source in report.Sources)
        {
            await output.WriteLineAsync($"  {source.Source}: {Words(source)}").ConfigureAwait(false);
            foreach (var row in source.BadRows)
            {
                await output.WriteLineAsync($"    {row}").ConfigureAwait(false);
            }
        }

        if (report.SpilledBytes > 0)
        {
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"spilled     {report.SpilledBytes / 1e6:F0} MB of events to temporary files that are gone")).ConfigureAwait(false);
        }

        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"time        {seconds:F1} s, {report.EventCount / seconds / 1e6:F2} M events/s")).ConfigureAwait(false);
    }

    private static string Words(SourceReport source) => source.Always
        ? string.Create(CultureInfo.InvariantCulture, $"{source.EventCount} facts; left out {source.WithoutEntity} without entity, {source.BadCount} bad")
        : string.Create(
            CultureInfo.InvariantCulture,
            $"{source.EventCount} events; left out {source.WithoutEntity} without entity, {source.WithoutTime} without time, {source.BadCount} bad");

    /// <summary>Says a build's progress in words; reading counts as the first half, writing as the second.</summary>
    private sealed class BuildProgressWords(IProgress<ProgressUpdate> progress) : IProgress<BuildProgress>
    {
        public void Report(BuildProgress value) => progress.Report(value.Stage switch
        {
            BuildStage.Resolving => new ProgressUpdate(0, "reading schemas"),
            BuildStage.Reading => new ProgressUpdate(0.25, string.Create(CultureInfo.InvariantCulture, $"{value.Source}: {value.Done} rows read")),
            BuildStage.Sorting => new ProgressUpdate(0.5, string.Create(CultureInfo.InvariantCulture, $"{value.Source}: sorting {value.Total} rows")),
            _ => new ProgressUpdate(
                0.5 + (0.5 * value.Done / Math.Max(1, value.Total ?? 1)),
                string.Create(CultureInfo.InvariantCulture, $"{value.Source}: {value.Done} of {value.Total} partitions written")),
        });
    }
}
