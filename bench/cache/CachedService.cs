using System.Diagnostics;
using FeatureService.Bench.MainJob;
using FeatureService.Cli.CommandLine;
using FeatureService.Cli.Demo;
using FeatureService.Client.FanOut;
using FeatureService.Client.Transport;

namespace FeatureService.Bench.Cache;

/// <summary>What a backfill took.</summary>
/// <param name="Seconds">Until all had arrived.</param>
/// <param name="Cpu">CPU seconds of the service.</param>
/// <param name="Found">Part of the blocks asked for that the cache had; NaN where it was not asked.</param>
internal sealed record Taken(double Seconds, double Cpu, double Found);

/// <summary>A service over a snapshot with a Redis and no memory of its own, and a client that reads what it sends and keeps nothing.</summary>
internal sealed class CachedService : IAsyncDisposable
{
    private readonly LocalService _process;
    private readonly RedisServer _redis;
    private readonly WeekSpan _weeks;

    private CachedService(LocalService process, RedisServer redis, WeekSpan weeks)
    {
        (_process, _redis, _weeks) = (process, redis, weeks);
        Client = new FeatureServiceClient(process.Url);
    }

    public FeatureServiceClient Client { get; }

    public RedisServer Redis => _redis;

    public string Url => _process.Url;

    /// <summary>Builds a snapshot and serves it.</summary>
    /// <param name="folder">Where all lies.</param>
    /// <param name="catalog">The catalog's path.</param>
    /// <param name="views">Folder of the views; null for none.</param>
    /// <param name="first">Monday of the first week of all backfills.</param>
    /// <param name="last">That of the last week.</param>
    /// <param name="build">More options of the snapshot build.</param>
    public static async Task<CachedService> StartAsync(string folder, string catalog, string? views, DateOnly first, DateOnly last, params string[] build)
    {
        var snapshot = Path.Combine(folder, "snapshot");
        await CommandRunner.RunAsync(["snapshot", "build", "--catalog", catalog, "--out", snapshot, .. build], TextWriter.Null, Console.Error, default);
        var redis = await RedisServer.StartAsync();
        views ??= Directory.CreateDirectory(Path.Combine(folder, "views")).FullName;
        var process = LocalService.Start(
            (Path.Combine(AppContext.BaseDirectory, "featurectl"), []), snapshot, views, Path.Combine(folder, "log"),
            "--redis", redis.Address, "--cache-memory", "0", "--worker-policy", "normal");
        await process.WaitUntilReadyAsync(TimeProvider.System, default);
        return new CachedService(process, redis, new WeekSpan($"{first:yyyy-MM-dd}", $"{last:yyyy-MM-dd}"));
    }

    /// <summary>Runs a backfill of all users and weeks.</summary>
    public async Task<Taken> RunAsync(string view, CachePolicy policy)
    {
        var (before, cpu, started) = (await StatusAsync(), ProcStat.CpuSeconds(_process.Id), Stopwatch.GetTimestamp());
        await foreach (var _ in Client.BackfillAsync(Query(view, policy)))
        {
        }

        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        await _redis.SettledAsync();
        var (after, taken) = (await StatusAsync(), ProcStat.CpuSeconds(_process.Id) - cpu);
        var (hits, misses) = ((double)(after.Hits - before.Hits), (double)(after.Misses - before.Misses));
        return new Taken(seconds, taken, hits / (hits + misses));
    }

    /// <summary>What the service would do with the columns of a view, and why.</summary>
    public async Task<IReadOnlyList<CacheUse>> ChoiceAsync(string view) => (await Client.ExplainAsync(Query(view, CachePolicy.Auto))).Plan.Cache;

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _process.DisposeAsync();
        _redis.Dispose();
    }

    private async Task<CacheStatus> StatusAsync() => (await Client.GetStatusAsync())[0].Status!.Cache!;

    private BackfillQuery Query(string view, CachePolicy policy) => new() { View = ViewReference.OfText(view), Weeks = _weeks, Cache = policy };
}
