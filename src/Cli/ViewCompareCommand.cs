using System.CommandLine;
using FeatureService.Cli.CommandLine;
using FeatureService.Cli.Comparing;
using FeatureService.Client.FanOut;
using FeatureService.Client.Transport;

namespace FeatureService.Cli;

/// <summary><c>featurectl view compare</c>: what an edit of a view changes, on a sample.</summary>
internal static class ViewCompareCommand
{
    private const string SampleDefault = "500";

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var old = new Argument<string>("OLD") { Description = "The view as it was: a file, or the name of a published view (team/view[@version])." };
        var @new = new Argument<string>("NEW") { Description = "The view as it is to be: a file, or the name of a published view." };
        var service = new ServerOptions();
        var entities = new EntityOptions();
        var weeks = new Option<string>("--weeks")
        {
            Description = "Weeks, both ends included: 2024-W01..2024-W52, every fourth 2024-W01..2024-W52/4, or one alone.",
            HelpName = "FROM..TO[/STEP]",
            Required = true,
        };
        var sample = new Option<string>("--sample") { Description = $"A random sample of the entities, a number or a share such as 5%. Default: {SampleDefault}", HelpName = "N|P%" };
        var seed = new Option<long>("--seed") { Description = "Which of all samples of that size. Default: 0", HelpName = "S" };
        var json = new Option<bool>("--json") { Description = "JSON for programs." };
        var command = new Command("compare", "Show what changes between two views: values, nulls, cost, and what a rebuild computes.") { old, @new, weeks, sample, seed, json };
        entities.AddTo(command);
        service.AddTo(command);
        command.Validators.Add(result =>
        {
            if (entities.Ways.Append(sample).Count(way => result.GetResult(way) is not null) > 1)
            {
                result.AddError("expected at most one of --entities LIST, --entities-file FILE and --sample N|P%");
            }
        });
        command.SetAction(async (parsed, cancellation) =>
        {
            var span = Rows.ParseWeeks(parsed.GetRequiredValue(weeks));
            var drawn = Rows.ParseSample(parsed.GetValue(sample) ?? SampleDefault, parsed.GetValue(seed));
            var named = entities.Read(parsed);
            await using var session = await service.OpenAsync(parsed, cancellation).ConfigureAwait(false);
            var before = await ResolveAsync(session.Client, parsed.GetRequiredValue(old), session.Snapshot, cancellation).ConfigureAwait(false);
            var snapshot = await Rows.SnapshotOfAsync(session.Client, before.Validated, cancellation).ConfigureAwait(false);
            var reference = new SnapshotReference(snapshot.Name, snapshot.Id);
            var after = await ResolveAsync(session.Client, parsed.GetRequiredValue(@new), reference, cancellation).ConfigureAwait(false);
            var keys = named?.KeysOf(snapshot.EntityType)
                ?? await session.Client.SampleAsync(snapshot, drawn, span.First, cancellation).ConfigureAwait(false);
            var comparison = await session.Client.CompareAsync(
                new CompareQuery { Old = before.View, New = after.View, Snapshot = reference, Weeks = span, Entities = keys }, cancellation).ConfigureAwait(false);
            Print(comparison, parsed.GetValue(json), before.Validated.Name, after.Validated.Name, parsed.InvocationConfiguration.Output);
            return (int)ExitCode.Done;
        });
        return command;
    }

    /// <summary>A view by its text, so that a reload between calls cannot change it.</summary>
    private static async Task<(ViewReference View, ValidatedView Validated)> ResolveAsync(
        FeatureServiceClient client, string text, SnapshotReference snapshot, CancellationToken cancellation)
    {
        var reference = File.Exists(text) ? ViewOptions.ReadFile(text) : ViewReference.Named(text);
        var validated = await client.ValidateAsync(reference, snapshot, cancellation).ConfigureAwait(false);
        return (ViewReference.OfText(validated.Definition, text), validated);
    }

    private static void Print(ViewComparison comparison, bool isJson, string old, string @new, TextWriter output)
    {
        if (isJson)
        {
            ComparisonJson.Print(comparison, output);
        }
        else
        {
            ComparisonText.Print(comparison, old, @new, output);
        }
    }
}
