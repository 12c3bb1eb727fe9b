using FeatureService.Engine.Snapshots;
using FeatureService.Registry;

namespace FeatureService.Hosting;

/// <summary>What a service has loaded before it listens.</summary>
/// <param name="Snapshots">The snapshots.</param>
/// <param name="Views">The published views.</param>
/// <param name="Bound">Bound views and plans.</param>
/// <param name="Switch">Looks for new snapshots.</param>
/// <param name="Loader">Reads the views directory; null where there is none.</param>
internal sealed record Holdings(SnapshotRegistry Snapshots, ViewRegistry Views, BoundViews Bound, SnapshotSwitch Switch, ViewLoader? Loader)
{
    /// <summary>Opens snapshots and loads views.</summary>
    /// <exception cref="ServiceOptionsException">Snapshots are missing or views wrong; tells every error.</exception>
    /// <exception cref="SnapshotDamagedException">A snapshot is damaged.</exception>
    public static Holdings Load(ServiceOptions options)
    {
        var served = new List<ServedSnapshot>();
        try
        {
            var errors = new List<string>();
            foreach (var folder in options.Snapshots)
            {
                Open(options, folder, served, errors);
            }

            var registry = new SnapshotRegistry([.. served], options.Opener);
            var bound = new BoundViews(AggregateAssemblies.Load(options.Aggregates, errors));
            var loader = options.Views is null ? null : new ViewLoader(options.Views, registry, bound, options.Time);
            var views = loader is null || errors.Count > 0 ? PublishedFiles.None : loader.Load(PublishedFiles.None);
            errors.AddRange(views.Errors);
            return errors.Count == 0
                ? new Holdings(registry, new ViewRegistry(views), bound, new SnapshotSwitch(options.Opener, options.Time), loader)
                : throw new ServiceOptionsException(errors);
        }
        catch
        {
            new SnapshotRegistry(served).Dispose();
            throw;
        }
    }

    private static void Open(ServiceOptions options, SnapshotFolder folder, List<ServedSnapshot> served, List<string> errors)
    {
        try
        {
            var snapshot = options.Opener.Open(folder.Directory, options.Opener.CurrentId(folder.Directory));
            served.Add(new ServedSnapshot(folder.Name, folder.Directory, snapshot, options.Time.GetUtcNow()));
        }
        catch (SnapshotNotFoundException exception)
        {
            errors.Add($"snapshot {folder.Name}: {exception.Message}");
        }
    }
}
