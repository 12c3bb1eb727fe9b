using FeatureService.Engine.Snapshots;

namespace FeatureService.Registry;

/// <summary>Opens snapshots that <c>snapshot build</c> wrote; their files are mapped.</summary>
public sealed class MappedSnapshotOpener : ISnapshotOpener
{
    /// <inheritdoc/>
    public string CurrentId(string directory) => ManifestFiles.ReadCurrent(directory);

    /// <inheritdoc/>
    public ISnapshot Open(string directory, string id) => MappedSnapshot.Open(directory, id);
}
