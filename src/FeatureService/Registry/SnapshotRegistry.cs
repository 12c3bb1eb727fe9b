using FeatureService.Engine.Snapshots;

namespace FeatureService.Registry;

/// <summary>The snapshots that the service holds.</summary>
/// <param name="served">The snapshots, in the order given; names differ.</param>
/// <param name="opener">Opens earlier snapshots that a folder still has, for requests that pin them; null for none.</param>
public sealed class SnapshotRegistry(IReadOnlyList<ServedSnapshot> served, ISnapshotOpener? opener = null) : IDisposable
{
    /// <summary>The name of a snapshot that was given none; also what a request without a name means where there are several.</summary>
    public const string DefaultName = "default";

    /// <summary>Earlier snapshots that stay open beside the current one and the one before.</summary>
    private const int PinnedMax = 4;

    private readonly BoundedCache<(string Directory, string Id), ISnapshot> _pinned = new(PinnedMax);
    private volatile IReadOnlyList<ServedSnapshot> _served = served;

    /// <summary>The snapshots, in the order given. A request reads this once.</summary>
    public IReadOnlyList<ServedSnapshot> Served => _served;

    /// <summary>All snapshots that are open.</summary>
    public IEnumerable<ISnapshot> Open => [.. Served.SelectMany(s => s.Loaded), .. _pinned.Values];

    /// <summary>The snapshot that a request means.</summary>
    /// <param name="name">A name; empty for the only or default one.</param>
    /// <param name="id">An id that the request pins; empty for the current one.</param>
    /// <exception cref="RequestException">There is no such name, or no folder has the id.</exception>
    /// <exception cref="SnapshotDamagedException">The folder has the id, and what it has is damaged.</exception>
    public ISnapshot Resolve(string name, string id) => Find(name, id).Snapshot;

    /// <summary>The snapshot that a request means, and the name of its folder.</summary>
    /// <inheritdoc cref="Resolve"/>
    public (string Name, ISnapshot Snapshot) Find(string name, string id)
    {
        var served = Served;
        if (id.Length == 0)
        {
            var current = name.Length > 0 ? ByName(served, name) : Default(served);
            return (current.Name, current.Snapshot);
        }

        IReadOnlyList<ServedSnapshot> asked = name.Length > 0 ? [ByName(served, name)] : served;
        foreach (var one in asked)
        {
            if (one.Loaded.FirstOrDefault(s => s.Id == id) is { } loaded)
            {
                return (one.Name, loaded);
            }
        }

        foreach (var one in asked)
        {
            if (OpenEarlier(one, id) is { } earlier)
            {
                return (one.Name, earlier);
            }
        }

        throw Gone(id);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var snapshot in Open.OfType<IDisposable>())
        {
            snapshot.Dispose();
        }
    }

    /// <summary>A failure that tells that an id is not here.</summary>
    /// <param name="id">The id.</param>
    public static RequestException Gone(string id) => new(
        FailureKind.FailedPrecondition, $"snapshot id '{id}' is not here: it is neither served nor in a folder of which a snapshot is")
    {
        Reason = "SNAPSHOT_GONE",
    };

    /// <summary>Puts another state of one name in place. Only one thread at a time calls this; requests that have their snapshot go on with it.</summary>
    internal void Replace(ServedSnapshot next) => _served = [.. Served.Select(s => s.Name == next.Name ? next : s)];

    private ISnapshot? OpenEarlier(ServedSnapshot served, string id)
    {
        try
        {
            return opener is null ? null : _pinned.GetOrAdd((served.Directory, id), key => opener.Open(key.Directory, key.Id));
        }
        catch (SnapshotNotFoundException)
        {
            return null;
        }
    }

    private static ServedSnapshot ByName(IReadOnlyList<ServedSnapshot> served, string name) =>
        served.FirstOrDefault(s => s.Name == name)
        ?? throw new RequestException(FailureKind.NotFound, $"there is no snapshot '{name}'{NearestName.Hint(name, served.Select(s => s.Name))}");

    private static ServedSnapshot Default(IReadOnlyList<ServedSnapshot> served) =>
        served.Count == 1
            ? served[0]
            : served.FirstOrDefault(s => s.Name == DefaultName)
            ?? throw RequestException.Invalid(
                "snapshot.name", $"expected a name, as several snapshots are served: {string.Join(", ", served.Select(s => s.Name))}");
}
