using System.CommandLine;
using FeatureService.Cli.CommandLine;
using FeatureService.Cli.Tracing;
using FeatureService.Client.Transport;

namespace FeatureService.Cli;

/// <summary><c>featurectl trace</c>: which events made a number.</summary>
internal static class TraceCommand
{
    private const int EventsDefault = 20;
    private const int EventsMax = 1_000;

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var column = new TracedColumn();
        var service = new ServerOptions();
        var entity = new Option<string>("--entity") { Description = "Key of the entity.", HelpName = "KEY", Required = true };
        var week = new Option<string>("--week") { Description = "Key of the week: 2024-W10 or 2024-03-04.", HelpName = "WEEK", Required = true };
        var events = new Option<int>("--events")
        {
            Description = $"Events that are listed of those that counted, and of those that did not: 1 to {EventsMax}. Default: {EventsDefault}",
            HelpName = "N",
            DefaultValueFactory = _ => EventsDefault,
        };
        events.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && (!int.TryParse(result.Tokens[0].Value, out var count) || count is < 1 or > EventsMax))
            {
                result.AddError($"--events: expected a number from 1 to {EventsMax}");
            }
        });
        var json = new Option<bool>("--json") { Description = "JSON for programs." };
        var command = new Command("trace", "Show which events made one value, and why others did not count.") { entity, week, events, json };
        column.AddTo(command);
        service.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var (reference, name) = column.Read(parsed);
            await using var session = await service.OpenAsync(parsed, cancellation).ConfigureAwait(false);
            var trace = await column.UseAsync(parsed, async () =>
            {
                var view = await session.Client.ValidateAsync(reference, session.Snapshot, cancellation).ConfigureAwait(false);
                var snapshot = await Rows.SnapshotOfAsync(session.Client, view, cancellation).ConfigureAwait(false);
                return await session.Client.TraceAsync(
                    ViewReference.OfText(view.Definition, reference.FileName),
                    name,
                    EntityList.OfKey(parsed.GetRequiredValue(entity)).KeysOf(snapshot.EntityType)[0],
                    parsed.GetRequiredValue(week),
                    parsed.GetValue(events),
                    new SnapshotReference(snapshot.Name, snapshot.Id),
                    cancellation).ConfigureAwait(false);
            }).ConfigureAwait(false);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
            {
                TraceJson.Print(trace, output);
            }
            else
            {
                TraceText.Print(trace, parsed.GetRequiredValue(entity), parsed.GetRequiredValue(week), output);
            }

            return (int)ExitCode.Done;
        });
        return command;
    }
}
