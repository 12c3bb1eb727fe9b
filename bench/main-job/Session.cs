using FeatureService.Bench.MainJob.Peers;
using FeatureService.Bench.MainJob.Report;
using FeatureService.Cli.Demo;

namespace FeatureService.Bench.MainJob;

/// <summary>One run of the bench: everybody does the same work, round by round in turn.</summary>
/// <param name="work">The work.</param>
/// <param name="runs">Rounds.</param>
/// <param name="withPeers">Lets the peers take part.</param>
/// <param name="buildMemory">A second snapshot build takes part, with this <c>--memory</c>; null for none.</param>
internal sealed class Session(Work work, int runs, bool withPeers, string? buildMemory)
{
    private readonly List<double> _fillRates = [];

    /// <summary>Generates the work, runs all, compares.</summary>
    public async Task<SessionResult> RunAsync()
    {
        var result = new SessionResult(work, work.Generate(), runs);
        await Measurement.OfCommandAsync(Ours.Featurectl, Ours.BuildArguments(work, work.Snapshot)).ConfigureAwait(false);
        await using (var one = LocalService.Start((Ours.Featurectl, []), work.Snapshot, work.Views, Path.Combine(work.Folder, "service-1.log")))
        await using (var two = LocalService.Start((Ours.Featurectl, []), work.Snapshot, work.Views, Path.Combine(work.Folder, "service-2.log")))
        {
            await one.WaitUntilReadyAsync(TimeProvider.System, CancellationToken.None).ConfigureAwait(false);
            await two.WaitUntilReadyAsync(TimeProvider.System, CancellationToken.None).ConfigureAwait(false);
            result.OverTcp = Ours.OverTcp(work, DatasetForm.Zstd, one, two);
            result.Arrow = Ours.OverTcp(work, DatasetForm.Arrow, one, two);
            result.OwnTypes = Ours.OverTcp(work, DatasetForm.OwnTypes, one, two);
            result.Reuse = Ours.OverTcp(work, DatasetForm.Reusing(Ours.DatasetIn(work.OutputOf(result.OverTcp.Key))), one, two);
            result.Local = Ours.Local(work, DatasetForm.Zstd);
            result.Build = Ours.Build(work);
            result.BuildInMemory = buildMemory is null ? null : Ours.Build(work, buildMemory);
            if (withPeers)
            {
                await InvitePeersAsync(result).ConfigureAwait(false);
            }

            await RunAllAsync(result).ConfigureAwait(false);
        }

        result.FillRate = _fillRates.Order().ElementAt(_fillRates.Count / 2);
        Compare(result);
        return result;
    }

    private async Task InvitePeersAsync(SessionResult result)
    {
        result.Tables = await Measurement.OfCommandAsync(
            Environment.ProcessPath!, ["duckdb", "--folder", work.Folder, "--users", $"{work.Taxi.Users}", "--weeks", $"{work.Taxi.Weeks}"]).ConfigureAwait(false);
        foreach (var formulation in DuckDbPeer.Formulations)
        {
            var contestant = Peer.DuckDb(work, formulation, fromParquet: false);
            await contestant.RunAsync(work).ConfigureAwait(false);
            result.Formulations.Add(contestant);
        }

        result.DuckDb = result.Formulations.MinBy(contestant => Figure.Of(contestant).Median);
        result.DuckDbFromParquet = Peer.DuckDb(work, DuckDbPeer.Formulations[result.Formulations.IndexOf(result.DuckDb!)], fromParquet: true);
        result.Pool = Peer.Pool(work, out var python);
        result.Polars = Peer.Polars(work, out var polars);
        result.Versions.Add(python ?? "the process-pool loop is left out: Python with numpy and pandas is not installed (BENCH_PYTHON names another)");
        result.Versions.Add(polars ?? "Polars is left out: Node with nodejs-polars is not installed");
        if (result.Pool is not null)
        {
            EventArrays.Write(work);
        }
    }

    private async Task RunAllAsync(SessionResult result)
    {
        for (var run = 0; run < runs; run++)
        {
            _fillRates.Add(FillRate.GigabytesPerSecond());
            foreach (var contestant in result.All)
            {
                // The best formulation's first run is its run of the first round.
                if (contestant.Runs.Count <= run)
                {
                    await contestant.RunAsync(work).ConfigureAwait(false);
                }
            }

            result.FirstVectorSeconds.Add(await FirstVector.SecondsAsync(work).ConfigureAwait(false));
        }
    }

    private void Compare(SessionResult result)
    {
        var ours = result.OverTcp!.ReadOutput(work);
        var tied = withPeers ? DuckDbPeer.UsersWithTies(work) : new HashSet<int>();
        foreach (var contestant in result.All.Concat(result.Formulations).Distinct())
        {
            if (contestant != result.OverTcp && contestant != result.Build && contestant != result.BuildInMemory)
            {
                result.Comparisons[contestant] = Comparison.Of(work, ours, contestant.ReadOutput(work), contestant.IsPeer ? tied : new HashSet<int>());
            }
        }
    }
}
