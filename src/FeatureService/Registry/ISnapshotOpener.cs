using FeatureService.Engine.Snapshots;

namespace FeatureService.Registry;

/// <summary>Opens snapshots; tests give snapshots that lie in memory.</summary>
public interface ISnapshotOpener
{
    /// <summary>The id of a folder's current snapshot. Cheap: asked every two seconds.</summary>
    /// <param name="directory">The folder that <c>snapshot build</c> wrote.</param>
    /// <exception cref="SnapshotNotFoundException">The folder holds no snapshot that can be read.</exception>
    /// <exception cref="SnapshotDamagedException">What names the current snapshot is damaged.</exception>
    string CurrentId(string directory);

    /// <summary>Opens a snapshot of a folder.</summary>
    /// <param name="directory">The folder that <c>snapshot build</c> wrote.</param>
    /// <param name="id">Which; as <see cref="CurrentId"/> told it, now or earlier, or as a request says it, which may be anything.</param>
    /// <returns>The snapshot. It is disposed with the service where it is disposable; one that was replaced is left to the collector, as requests may still read it.</returns>
    /// <exception cref="SnapshotNotFoundException">The folder holds no such snapshot that can be read.</exception>
    /// <exception cref="SnapshotDamagedException">The snapshot is damaged.</exception>
    ISnapshot Open(string directory, string id);
}
