using FeatureService.Engine.Snapshots;

namespace FeatureService.Registry;

/// <summary>The snapshots that the service holds.</summary>
/// <param name="served">The snapshots, in the order given; names differ.</param>
public sealed class SnapshotRegistry(IReadOnlyList<ServedSnapshot> served) : IDisposable
{
    /// <summary>The name of a snapshot that was given none; also what a request without a name means where there are several.</summary>
    public const string DefaultName = "default";

    private volatile IReadOnlyList<ServedSnapshot> _served = served;

    /// <summary>The snapshots, in the order given. A request reads this once.</summary>
    public IReadOnlyList<ServedSnapshot> Served => _served;

    /// <summary>The snapshot that a request means.</summary>
    /// <param name="name">A name; empty for the only or default one.</param>
    /// <param name="id">An id that the request pins; empty for the current one.</param>
    /// <exception cref="RequestException">There is no such name, or the id is not loaded.</exception>
    public ISnapshot Resolve(string name, string id)
    {
        var served = Served;
        if (name.Length == 0 && id.Length > 0)
        {
            return served.SelectMany(s => s.Loaded).FirstOrDefault(s => s.Id == id) ?? throw Gone(id);
        }

        var found = name.Length > 0 ? ByName(served, name) : Default(served);
        return id.Length == 0 ? found.Snapshot : found.Loaded.FirstOrDefault(s => s.Id == id) ?? throw Gone(id);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var snapshot in Served.SelectMany(s => s.Loaded).OfType<IDisposable>())
        {
            snapshot.Dispose();
        }
    }

    /// <summary>A failure that tells that an id is not loaded.</summary>
    /// <param name="id">The id.</param>
    public static RequestException Gone(string id) => new(
        FailureKind.FailedPrecondition, $"snapshot id '{id}' is not loaded here: a service keeps the current snapshot and the one before it")
    {
        Reason = "SNAPSHOT_GONE",
    };

    /// <summary>Puts another state of one name in place. Only one thread at a time calls this; requests that have their snapshot go on with it.</summary>
    internal void Replace(ServedSnapshot next) => _served = [.. Served.Select(s => s.Name == next.Name ? next : s)];

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
