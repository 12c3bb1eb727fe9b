using FeatureService.Engine.Snapshots;

namespace FeatureService.Registry;

/// <summary>A snapshot and the name under which it is served. Immutable: a switch replaces it.</summary>
/// <param name="Name">The name.</param>
/// <param name="Directory">The folder that holds it.</param>
/// <param name="Snapshot">The snapshot that requests get which pin none.</param>
/// <param name="LoadedAt">When it was put in place.</param>
public sealed record ServedSnapshot(string Name, string Directory, ISnapshot Snapshot, DateTimeOffset LoadedAt)
{
    /// <summary>The snapshot that was served before, for requests that pin its id; null before the first switch.</summary>
    public ISnapshot? Previous { get; init; }

    /// <summary>Why the folder's current snapshot is not the one that is served; null where it is.</summary>
    public string? Error { get; init; }

    /// <summary>The snapshots that a pin may name.</summary>
    public IEnumerable<ISnapshot> Loaded => Previous is null ? [Snapshot] : [Snapshot, Previous];
}
