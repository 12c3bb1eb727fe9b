using FeatureService.Engine.Snapshots;

namespace FeatureService.Registry;

/// <summary>Opens snapshots that <c>snapshot build</c> wrote; their files are verified and mapped.</summary>
public sealed class MappedSnapshotOpener : ISnapshotOpener
{
    /// <inheritdoc/>
    public ISnapshot Open(string directory) => MappedSnapshot.Open(directory);
}
