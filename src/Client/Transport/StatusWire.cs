using FeatureService.Contracts.V1;

namespace FeatureService.Client.Transport;

/// <summary>From the messages about a service's status to the client's records.</summary>
internal static class StatusWire
{
    /// <summary>A process's status.</summary>
    public static ServiceStatus Status(GetStatusResponse response) => new()
    {
        EngineVersion = response.EngineVersion,
        Uptime = TimeSpan.FromMicroseconds(response.UptimeMicros),
        Draining = response.Draining,
        Workers = response.Pool?.Workers ?? 0,
        BusyWorkers = response.Pool?.Busy ?? 0,
        WorkerClasses = response.Pool is null ? [] : [.. response.Pool.Classes.Select(c => new WorkerClassStatus(c.Name, c.Workers, c.Busy, c.Policy))],
        Lanes = response.Pool is null ? [] : [.. response.Pool.Lanes.Select(l => new LaneStatus(l.Name, l.Requests, l.Waiting))],
        Cache = response.Cache is { } cache
            ? new CacheStatus(cache.Redis, cache.Blocks, (long)cache.MemoryBytes, (long)cache.Hits, (long)cache.Misses, (long)cache.Damaged)
            : null,
        Snapshots = [.. response.Snapshots.Select(Snapshot)],
        Views = [.. response.Views.Select(View)],
        ViewsError = response.ViewsError,
        AnonymousBytes = (long)(response.Memory?.AnonymousBytes ?? 0),
        ManagedBytes = (long)(response.Memory?.ManagedBytes ?? 0),
    };

    private static SnapshotStatus Snapshot(Contracts.V1.SnapshotStatus snapshot) => new(
        snapshot.Name,
        snapshot.Id,
        snapshot.PreviousId,
        snapshot.Error,
        (long)snapshot.Events,
        (long)snapshot.Entities,
        Instant(snapshot.LoadedAtMicros));

    private static PublishedViewStatus View(PublishedView view) => new(
        view.Name, view.File, State(view.State), [.. view.Errors], view.ViewVersion, view.Features, view.Labels, Instant(view.ChangedAtMicros));

    private static string State(PublishedViewState state) => state switch
    {
        PublishedViewState.Served => "served",
        PublishedViewState.LastGood => "last good",
        PublishedViewState.Broken => "broken",
        _ => "unknown",
    };

    private static DateTimeOffset Instant(long micros) => DateTimeOffset.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond);
}
