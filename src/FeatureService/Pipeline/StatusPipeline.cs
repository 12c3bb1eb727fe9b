using FeatureService.Caching;
using FeatureService.Contracts.V1;
using FeatureService.Engine;
using FeatureService.Engine.Snapshots;
using FeatureService.Pipeline.Replies;
using FeatureService.Registry;
using FeatureService.Scheduling;

namespace FeatureService.Pipeline;

/// <summary>Tells what the service does. Not admitted as requests are: it answers when the service is full or drains.</summary>
/// <param name="admission">Knows which requests are in.</param>
/// <param name="snapshots">The snapshots.</param>
/// <param name="views">The published views.</param>
/// <param name="bound">Bound views and plans.</param>
/// <param name="workers">What computes.</param>
/// <param name="cache">What is kept.</param>
/// <param name="uptime">When the service was started.</param>
public sealed class StatusPipeline(
    Admission admission, SnapshotRegistry snapshots, ViewRegistry views, BoundViews bound, WorkerPool workers, BlockCache cache, Uptime uptime)
{
    /// <summary>The pool, the snapshots, the views and the memory, each read by itself.</summary>
    public GetStatusResponse Get()
    {
        var served = snapshots.Served;
        var files = views.Current;
        var response = new GetStatusResponse
        {
            EngineVersion = EngineVersion.Semantics,
            UptimeMicros = uptime.Elapsed.Ticks / TimeSpan.TicksPerMicrosecond,
            Draining = admission.Draining.IsCancellationRequested,
            Pool = new PoolStatus { Workers = workers.Workers },
            ViewsError = files.Error ?? "",
            Memory = new MemoryStatus { AnonymousBytes = (ulong)ProcessMemory.AnonymousBytes(), ManagedBytes = (ulong)GC.GetTotalMemory(forceFullCollection: false) },
        };
        response.Pool.Lanes.AddRange(WorkLanes.All.Select(lane => new LaneStatus
        {
            Name = lane.Label(),
            Requests = admission.CountOf(lane),
            Waiting = workers.Queue.WaitingCount(lane),
        }));
        response.Pool.Classes.AddRange(WorkerClasses.All.Select(c => new WorkerClassStatus
        {
            Name = c.Label(),
            Workers = workers.Workers,
            Busy = workers.Queue.BusyCount(c),
            Policy = workers.PolicyOf(c).Label(),
        }));
        response.Cache = Of(cache);
        response.Pool.Busy = response.Pool.Classes.Sum(c => c.Busy);
        response.Snapshots.AddRange(served.Select(Of));
        ISnapshot[] against = [.. served.Select(s => s.Snapshot)];
        response.Views.AddRange(files.Files.Select(f => PublishedViews.Of(f, against, bound)));
        return response;
    }

    private static CacheStatus Of(BlockCache cache)
    {
        var (state, (hits, misses, damaged)) = (cache.State, cache.Metrics.Totals);
        return new CacheStatus
        {
            Redis = state.Redis,
            Blocks = state.Blocks,
            MemoryBytes = (ulong)state.Bytes,
            Hits = (ulong)hits,
            Misses = (ulong)misses,
            Damaged = (ulong)damaged,
        };
    }

    private static SnapshotStatus Of(ServedSnapshot served) => new()
    {
        Name = served.Name,
        Id = served.Snapshot.Id,
        PreviousId = served.Previous?.Id ?? "",
        Error = served.Error ?? "",
        Events = (ulong)served.Snapshot.EventCount,
        Entities = (ulong)EntityCount(served.Snapshot),
        LoadedAtMicros = PublishedViews.MicrosOf(served.LoadedAt),
    };

    private static long EntityCount(ISnapshot snapshot)
    {
        var count = 0L;
        for (var partition = 0; partition < snapshot.Placement.Partitions; partition++)
        {
            for (var slice = 0; slice < snapshot.Placement.SlicesPerPartition; slice++)
            {
                count += snapshot.EntityCount(new Core.Keys.SliceId(partition, slice));
            }
        }

        return count;
    }
}
