using FeatureService.Engine.Snapshots;

namespace FeatureService.Registry;

/// <summary>Opens snapshots; tests give snapshots that lie in memory.</summary>
public interface ISnapshotOpener
{
    /// <summary>Opens and verifies the current snapshot of a folder.</summary>
    /// <param name="directory">The folder that <c>snapshot build</c> wrote.</param>
    /// <returns>The snapshot; disposed with the service where it is disposable.</returns>
    /// <exception cref="SnapshotNotFoundException">The folder holds no snapshot that can be read.</exception>
    /// <exception cref="SnapshotDamagedException">The snapshot is damaged.</exception>
    ISnapshot Open(string directory);
}
