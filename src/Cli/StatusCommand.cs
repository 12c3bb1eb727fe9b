using System.CommandLine;
using FeatureService.Cli.CommandLine;
using FeatureService.Client.Transport;

namespace FeatureService.Cli;

/// <summary><c>featurectl status</c>: what services do and have loaded.</summary>
internal static class StatusCommand
{
    /// <summary>Between two looks of <c>--watch</c>; services look for changes as often.</summary>
    private static readonly TimeSpan WatchPeriod = TimeSpan.FromSeconds(2);

    /// <summary>A service that does not answer within this is as good as gone.</summary>
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(5);

    /// <summary>The verb.</summary>
    /// <param name="time">The clock of <c>--watch</c>, and of how long an answer may take.</param>
    public static Command Create(TimeProvider time)
    {
        var server = new Option<string[]>("--server")
        {
            Description = $"{ServerOptions.AddressText} Default: {ServerOptions.DefaultServer}",
            HelpName = "URL",
        };
        var watch = new Option<bool>("--watch") { Description = "Look again every two seconds, until stopped." };
        var json = new Option<bool>("--json") { Description = "JSON for programs: an array with one object for each server; with --watch one line for each look." };
        var command = new Command("status", "Show workers, queue, cache, snapshots, views and memory of services.") { server, watch, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = Connect(parsed.GetValue(server), time);
            var console = parsed.InvocationConfiguration;
            var form = new StatusForm(parsed.GetValue(json), parsed.GetValue(watch));
            if (!form.IsWatch)
            {
                return (int)Show(await client.GetStatusAsync(cancellation).ConfigureAwait(false), form, console);
            }

            await WatchAsync(client, form, console, time, cancellation).ConfigureAwait(false);
            return (int)ExitCode.Done;
        });
        return command;
    }

    private static FeatureServiceClient Connect(string[]? servers, TimeProvider time)
    {
        try
        {
            return new FeatureServiceClient(new FeatureServiceClientOptions
            {
                Endpoints = servers is { Length: > 0 } ? servers : [ServerOptions.DefaultServer],
                UnaryDeadline = AnswerMax,
                Time = time,
            });
        }
        catch (ArgumentException exception)
        {
            throw CliException.BadInput($"--server: {exception.Message}");
        }
    }

    /// <summary>Looks until it is told to stop, which is how a watch ends well.</summary>
    private static async Task WatchAsync(
        FeatureServiceClient client, StatusForm form, InvocationConfiguration console, TimeProvider time, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(WatchPeriod, time);
        try
        {
            do
            {
                var statuses = await client.GetStatusAsync(cancellation).ConfigureAwait(false);
                if (!form.IsJson && ReferenceEquals(console.Output, Console.Out) && !Console.IsOutputRedirected)
                {
                    Console.Clear();
                }

                Show(statuses, form, console);
            }
            while (await timer.WaitForNextTickAsync(cancellation).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Told to stop.
        }
    }

    private static ExitCode Show(IReadOnlyList<EndpointStatus> statuses, StatusForm form, InvocationConfiguration console)
    {
        form.Print(statuses, console.Output);
        foreach (var error in statuses.Select(s => s.Error).OfType<string>())
        {
            console.Error.WriteLine($"featurectl: {error}");
        }

        return statuses.All(s => s.Status is not null) ? ExitCode.Done : ExitCode.Failed;
    }
}
