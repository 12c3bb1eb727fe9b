using FeatureService.Engine.Snapshots;

namespace FeatureService.Registry;

/// <summary>A snapshot and the name under which it is served.</summary>
/// <param name="Name">The name.</param>
/// <param name="Snapshot">The snapshot.</param>
public sealed record ServedSnapshot(string Name, ISnapshot Snapshot);

/// <summary>The snapshots that the service holds.</summary>
/// <param name="served">The snapshots, in the order given; names differ.</param>
public sealed class SnapshotRegistry(IReadOnlyList<ServedSnapshot> served) : IDisposable
{
    /// <summary>The name of a snapshot that was given none; also what a request without a name means where there are several.</summary>
    public const string DefaultName = "default";

    /// <summary>The snapshots, in the order given.</summary>
    public IReadOnlyList<ServedSnapshot> Served { get; } = served;

    /// <summary>The snapshot that a request means.</summary>
    /// <param name="name">A name; empty for the only or default one.</param>
    /// <param name="id">An id that the request pins; empty for the current one.</param>
    /// <exception cref="RequestException">There is no such name, or the id is not loaded.</exception>
    public ISnapshot Resolve(string name, string id)
    {
        if (name.Length == 0 && id.Length > 0)
        {
            return Served.FirstOrDefault(s => s.Snapshot.Id == id)?.Snapshot ?? throw Gone(id);
        }

        var found = name.Length > 0 ? ByName(name) : Default();
        return id.Length == 0 || found.Id == id ? found : throw Gone(id);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var snapshot in Served.Select(s => s.Snapshot).OfType<IDisposable>())
        {
            snapshot.Dispose();
        }
    }

    /// <summary>A failure that tells that an id is not loaded.</summary>
    /// <param name="id">The id.</param>
    public static RequestException Gone(string id) =>
        new(FailureKind.FailedPrecondition, $"snapshot id '{id}' is not loaded here") { Reason = "SNAPSHOT_GONE" };

    private ISnapshot ByName(string name) =>
        Served.FirstOrDefault(s => s.Name == name)?.Snapshot
        ?? throw new RequestException(FailureKind.NotFound, $"there is no snapshot '{name}'{NearestName.Hint(name, Served.Select(s => s.Name))}");

    private ISnapshot Default() =>
        Served.Count == 1
            ? Served[0].Snapshot
            : Served.FirstOrDefault(s => s.Name == DefaultName)?.Snapshot
            ?? throw RequestException.Invalid(
                "snapshot.name", $"expected a name, as several snapshots are served: {string.Join(", ", Served.Select(s => s.Name))}");
}
