using FeatureService.Engine.Snapshots;
using FeatureService.Registry;

namespace FeatureService.Hosting;

/// <summary>What a service has loaded before it listens.</summary>
/// <param name="Snapshots">The snapshots.</param>
/// <param name="Views">The published views.</param>
/// <param name="Bound">Bound views and plans.</param>
internal sealed record Holdings(SnapshotRegistry Snapshots, ViewRegistry Views, BoundViews Bound)
{
    /// <summary>Opens snapshots and loads views.</summary>
    /// <exception cref="ServiceOptionsException">Snapshots are missing or views wrong; tells every error.</exception>
    /// <exception cref="SnapshotDamagedException">A snapshot is damaged.</exception>
    public static Holdings Load(ServiceOptions options)
    {
        var served = new List<ServedSnapshot>();
        var registry = new SnapshotRegistry(served);
        try
        {
            var errors = new List<string>();
            foreach (var folder in options.Snapshots)
            {
                Open(options.Opener, folder, served, errors);
            }

            var bound = new BoundViews();
            var views = options.Views is null || errors.Count > 0 ? [] : ViewDirectory.Load(options.Views, registry, bound, errors);
            return errors.Count == 0
                ? new Holdings(registry, new ViewRegistry(views), bound)
                : throw new ServiceOptionsException(errors);
        }
        catch
        {
            registry.Dispose();
            throw;
        }
    }

    private static void Open(ISnapshotOpener opener, SnapshotFolder folder, List<ServedSnapshot> served, List<string> errors)
    {
        try
        {
            served.Add(new ServedSnapshot(folder.Name, opener.Open(folder.Directory)));
        }
        catch (SnapshotNotFoundException exception)
        {
            errors.Add($"snapshot {folder.Name}: {exception.Message}");
        }
    }
}
