using FeatureService.Engine.Snapshots;

namespace FeatureService.Registry;

/// <summary>Opens snapshots; tests give snapshots that lie in memory.</summary>
public interface ISnapshotOpener
{
    /// <summary>Opens and verifies the current snapshot of a folder.</summary>
    /// <param name="directory">The folder that <c>snapshot build</c> wrote.</param>
    /// <returns>The snapshot; disposed with the service where it is disposable.</returns>
    /// <exception cref="IOException">The folder is missing or cannot be read.</exception>
    /// <exception cref="InvalidDataException">The snapshot is damaged.</exception>
    ISnapshot Open(string directory);
}
