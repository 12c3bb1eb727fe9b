namespace FeatureService.Client.Transport;

/// <summary>What one process of the service says of itself.</summary>
/// <param name="Address">The process's address.</param>
/// <param name="Status">What it said; null where it did not answer.</param>
/// <param name="Error">Why it did not answer; null where it did.</param>
public sealed record EndpointStatus(string Address, ServiceStatus? Status, string? Error);

/// <summary>What a process of the service does and has loaded.</summary>
public sealed record ServiceStatus
{
    /// <summary>Version of what values mean.</summary>
    public required int EngineVersion { get; init; }

    /// <summary>Time since it was started.</summary>
    public required TimeSpan Uptime { get; init; }

    /// <summary>Whether it is about to stop.</summary>
    public required bool Draining { get; init; }

    /// <summary>Number of threads of each class that compute: as many tasks as can run at full speed.</summary>
    public required int Workers { get; init; }

    /// <summary>How many threads of all classes run a task at this moment.</summary>
    public required int BusyWorkers { get; init; }

    /// <summary>Threads by kind, the one that goes first first.</summary>
    public required IReadOnlyList<WorkerClassStatus> WorkerClasses { get; init; }

    /// <summary>Requests by kind.</summary>
    public required IReadOnlyList<LaneStatus> Lanes { get; init; }

    /// <summary>What is kept of columns that were computed; null of a service that does not say.</summary>
    public CacheStatus? Cache { get; init; }

    /// <summary>The snapshots that are served.</summary>
    public required IReadOnlyList<SnapshotStatus> Snapshots { get; init; }

    /// <summary>The published views.</summary>
    public required IReadOnlyList<PublishedViewStatus> Views { get; init; }

    /// <summary>Why the views directory could not be read last; empty where it could.</summary>
    public required string ViewsError { get; init; }

    /// <summary>Bytes that belong to the process alone, mapped files not counted; 0 where its system does not tell.</summary>
    public required long AnonymousBytes { get; init; }

    /// <summary>Bytes of the managed heap, part of these.</summary>
    public required long ManagedBytes { get; init; }
}

/// <summary>Threads of one kind.</summary>
/// <param name="Name"><c>interactive</c>, for single answers, or <c>background</c>, for streams.</param>
/// <param name="Workers">Number of threads.</param>
/// <param name="Busy">How many of them run a task at this moment.</param>
/// <param name="Policy">How the system's scheduler treats them: <c>idle</c> (SCHED_IDLE), <c>nice</c> (nice 19) or <c>normal</c>.</param>
public sealed record WorkerClassStatus(string Name, int Workers, int Busy, string Policy);

/// <summary>The cache of columns.</summary>
/// <param name="Redis"><c>none</c>, <c>connecting</c>, <c>connected</c>, <c>stopped</c> (it failed, and is tried again by and by) or <c>read-only</c> (it takes no more entries).</param>
/// <param name="Blocks">Blocks in the process's memory.</param>
/// <param name="MemoryBytes">Bytes that they take.</param>
/// <param name="Hits">Blocks that were found since the process was started.</param>
/// <param name="Misses">Blocks that were not.</param>
/// <param name="Damaged">Those among the hits that were damaged or foreign, and were computed again.</param>
public sealed record CacheStatus(string Redis, long Blocks, long MemoryBytes, long Hits, long Misses, long Damaged);

/// <summary>Requests of one kind.</summary>
/// <param name="Name"><c>interactive</c> or <c>backfill</c>.</param>
/// <param name="Requests">Requests in the service.</param>
/// <param name="Waiting">Computations of theirs that no thread has begun.</param>
public sealed record LaneStatus(string Name, int Requests, int Waiting);

/// <summary>One snapshot that is served.</summary>
/// <param name="Name">Name under which it is served.</param>
/// <param name="Id">Id of its content.</param>
/// <param name="PreviousId">Id that was served before and may still be pinned; empty before the first switch.</param>
/// <param name="Error">Why its folder's current snapshot is not the one that is served; empty where it is.</param>
/// <param name="Events">Number of events.</param>
/// <param name="Entities">Number of entities.</param>
/// <param name="LoadedAt">When it was put in place.</param>
public sealed record SnapshotStatus(
    string Name, string Id, string PreviousId, string Error, long Events, long Entities, DateTimeOffset LoadedAt);

/// <summary>One file of the views directory.</summary>
/// <param name="Name"><c>team/view</c>.</param>
/// <param name="File">The file, relative to the views directory.</param>
/// <param name="State"><c>served</c>; <c>last good</c>: the file is broken and the version before is served; or <c>broken</c>: nothing is.</param>
/// <param name="Errors">What is wrong with the file as it is.</param>
/// <param name="Version">Hash of the view that is served; empty where none is, or where it fits no snapshot.</param>
/// <param name="Features">Number of features.</param>
/// <param name="Labels">Number of labels.</param>
/// <param name="ChangedAt">When the file's last change was noticed.</param>
public sealed record PublishedViewStatus(
    string Name, string File, string State, IReadOnlyList<string> Errors, string Version, int Features, int Labels, DateTimeOffset ChangedAt);
