using FeatureService.Cli.Demo;

namespace FeatureService.Bench.MainJob.Telemetry;

/// <summary>The main job through two services that tell nothing and through two that tell all, round by round in turn.</summary>
/// <param name="work">The work.</param>
/// <param name="runs">Rounds; one more comes first, in which processes get warm, and does not count.</param>
internal sealed class TelemetrySession(Work work, int runs)
{
    /// <summary>This program's own verb, so that both kinds are one program with one configuration.</summary>
    private static readonly (string File, string[] Arguments) Program = (Environment.ProcessPath!, []);

    private readonly List<LocalService> _services = [];

    /// <summary>Runs all rounds.</summary>
    public async Task<TelemetryResult> RunAsync()
    {
        work.Generate();
        await Measurement.OfCommandAsync(Ours.Featurectl, Ours.BuildArguments(work, work.Snapshot)).ConfigureAwait(false);
        await using var collectors = await Collectors.StartAsync().ConfigureAwait(false);
        try
        {
            var silent = Ours.OverTcp(work, DatasetForm.Zstd, Start([]), Start([])) with { Name = "services that tell nothing", Key = "silent" };
            var telling = Ours.OverTcp(work, DatasetForm.Zstd, StartTelling(collectors), StartTelling(collectors)) with { Name = "services that tell all", Key = "telling" };
            foreach (var service in _services)
            {
                await service.WaitUntilReadyAsync(TimeProvider.System, CancellationToken.None).ConfigureAwait(false);
            }

            await RunInTurnAsync(silent, telling).ConfigureAwait(false);
            return new TelemetryResult(work, silent.Runs, telling.Runs, collectors.ExportedBytes, collectors.ScrapedBytes);
        }
        finally
        {
            foreach (var service in _services)
            {
                await service.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task RunInTurnAsync(Contestant silent, Contestant telling)
    {
        for (var run = 0; run <= runs; run++)
        {
            // Who goes first changes: what else the machine does would else meet always the same one.
            foreach (var contestant in run % 2 == 0 ? new[] { silent, telling } : [telling, silent])
            {
                await contestant.RunAsync(work).ConfigureAwait(false);
                if (run == 0)
                {
                    contestant.Runs.Clear();
                }
            }
        }
    }

    private LocalService StartTelling(Collectors collectors)
    {
        var metrics = $"http://127.0.0.1:{LocalService.FreePort()}";
        var service = Start(["--metrics", metrics, "--otlp-endpoint", collectors.OtlpEndpoint]);
        collectors.Scrape(metrics);
        return service;
    }

    private LocalService Start(string[] more)
    {
        var log = Path.Combine(work.Folder, FormattableString.Invariant($"service-{_services.Count + 1}.log"));
        _services.Add(LocalService.Start(Program, work.Snapshot, work.Views, log, more));
        return _services[^1];
    }
}
