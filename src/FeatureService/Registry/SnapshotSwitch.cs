using FeatureService.Engine.Snapshots;

namespace FeatureService.Registry;

/// <summary>Notices that a folder names another current snapshot, and opens it beside the one that is served.</summary>
/// <param name="opener">Opens snapshots.</param>
/// <param name="time">The clock.</param>
internal sealed class SnapshotSwitch(ISnapshotOpener opener, TimeProvider time)
{
    /// <summary>Opening may read much: what failed is not tried at every look.</summary>
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, (string Id, long At)> _failed = [];

    /// <summary>Looks at one folder.</summary>
    /// <param name="served">What is served of it.</param>
    /// <returns>What is to be served from now on; the same object where nothing has changed.</returns>
    public ServedSnapshot Next(ServedSnapshot served)
    {
        try
        {
            var id = opener.CurrentId(served.Directory);
            if (id == served.Snapshot.Id)
            {
                _failed.Remove(served.Name);
                return served.Error is null ? served : served with { Error = null };
            }

            if (_failed.TryGetValue(served.Name, out var failed) && failed.Id == id && time.GetElapsedTime(failed.At) < RetryAfter)
            {
                return served;
            }

            _failed[served.Name] = (id, time.GetTimestamp());
            var snapshot = served.Previous?.Id == id ? served.Previous : opener.Open(served.Directory, id);
            _failed.Remove(served.Name);
            return served with { Snapshot = snapshot, Previous = served.Snapshot, LoadedAt = time.GetUtcNow(), Error = null };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or SnapshotDamagedException)
        {
            return served.Error == exception.Message ? served : served with { Error = exception.Message };
        }
    }
}
