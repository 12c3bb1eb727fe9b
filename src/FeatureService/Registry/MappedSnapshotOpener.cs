using FeatureService.Engine.Snapshots;

namespace FeatureService.Registry;

/// <summary>Opens snapshots that <c>snapshot build</c> wrote.</summary>
public sealed class MappedSnapshotOpener : ISnapshotOpener
{
    /// <inheritdoc/>
    public ISnapshot Open(string directory)
    {
        try
        {
            return MappedSnapshot.Open(directory);
        }
        catch (SnapshotDamagedException error)
        {
            throw new InvalidDataException(error.Message, error);
        }
    }
}
