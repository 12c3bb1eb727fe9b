using FeatureService.Registry;

namespace FeatureService.Hosting;

/// <summary>What a service has loaded before it listens.</summary>
/// <param name="Snapshots">The snapshots.</param>
/// <param name="Views">The published views.</param>
/// <param name="Bound">Bound views and plans.</param>
internal sealed record Holdings(SnapshotRegistry Snapshots, ViewRegistry Views, BoundViews Bound)
{
    /// <summary>Opens snapshots and loads views.</summary>
    /// <exception cref="ServiceOptionsException">Views are wrong; tells every error.</exception>
    public static Holdings Load(ServiceOptions options)
    {
        var served = new List<ServedSnapshot>();
        var registry = new SnapshotRegistry(served);
        try
        {
            foreach (var folder in options.Snapshots)
            {
                served.Add(new ServedSnapshot(folder.Name, options.Opener.Open(folder.Directory)));
            }

            var bound = new BoundViews();
            var errors = new List<string>();
            var views = options.Views is null ? [] : ViewDirectory.Load(options.Views, registry, bound, errors);
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
}
