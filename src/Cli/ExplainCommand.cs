using System.CommandLine;
using FeatureService.Cli.CommandLine;
using FeatureService.Cli.Explaining;
using FeatureService.Client.FanOut;

namespace FeatureService.Cli;

/// <summary><c>featurectl explain</c>: what a build would do and cost.</summary>
internal static class ExplainCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var view = new ViewOptions();
        var service = new ServerOptions();
        var grid = new GridOptions();
        var json = new Option<bool>("--json") { Description = "JSON for programs." };
        var command = new Command("explain", "Show the plan of a dataset and what it costs, before it is built.");
        grid.AddTo(command);
        command.Options.Add(json);
        view.AddTo(command);
        service.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var query = grid.Read(parsed, view);
            var named = grid.ReadEntities(parsed);
            await using var session = await service.OpenAsync(parsed, cancellation).ConfigureAwait(false);
            var explained = await view.UseAsync(parsed, async () =>
            {
                query = await GridOptions.NameEntitiesAsync(session.Client, query with { Snapshot = session.Snapshot }, named, cancellation).ConfigureAwait(false);
                return await session.Client.ExplainAsync(query, cancellation).ConfigureAwait(false);
            }).ConfigureAwait(false);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
            {
                ExplainJson.Print(explained, output);
            }
            else
            {
                ExplainText.Print(explained, output);
            }

            return (int)ExitCode.Done;
        });
        return command;
    }
}
