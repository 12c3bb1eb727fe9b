using System.CommandLine;
using FeatureService.Hosting;

namespace FeatureService.Bench.MainJob.Telemetry;

/// <summary>
/// One service as a process, told to say nothing of itself, which <c>featurectl serve</c> cannot be, or all: metrics for Prometheus,
/// metrics and traces over OTLP, and a log line for every request.
/// </summary>
internal static class ServiceCommand
{
    /// <summary>The verb, which takes the arguments of <c>featurectl serve</c>.</summary>
    public static Command Create()
    {
        var snapshot = new Option<string>("--snapshot") { Required = true };
        var views = new Option<string>("--views") { Required = true };
        var listen = new Option<string>("--listen") { Required = true };
        var metrics = new Option<string?>("--metrics");
        var otlp = new Option<string?>("--otlp-endpoint");
        var command = new Command("serve", "Runs a service; one that exports nothing logs nothing either.") { snapshot, views, listen, metrics, otlp };
        command.Hidden = true;
        command.SetAction((parsed, stop) => RunAsync(
            new ServiceOptions
            {
                Snapshots = [new SnapshotFolder("default", parsed.GetRequiredValue(snapshot))],
                Views = parsed.GetRequiredValue(views),
                Listen = parsed.GetRequiredValue(listen),
                Metrics = parsed.GetValue(metrics),
                OtlpEndpoint = parsed.GetValue(otlp),
            },
            stop));
        return command;
    }

    private static async Task RunAsync(ServiceOptions options, CancellationToken stop)
    {
        if (options.Metrics is not null)
        {
            await ServiceProcess.RunAsync(options, Console.Error, stop).ConfigureAwait(false);
            return;
        }

        await using var host = await FeatureServiceHost.StartAsync(options, stop).ConfigureAwait(false);
        await Task.Delay(Timeout.Infinite, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
