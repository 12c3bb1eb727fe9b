namespace FeatureService.Registry;

/// <summary>
/// Keeps snapshots and views as their folders say: looks every two seconds and compares content, as mounted volumes raise no events.
/// </summary>
/// <param name="snapshots">The snapshots.</param>
/// <param name="views">The published views.</param>
/// <param name="bound">Bound views and plans.</param>
/// <param name="snapshotSwitch">Looks for new snapshots.</param>
/// <param name="loader">Reads the views directory; null where there is none.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Where changes and failures are told.</param>
internal sealed partial class Reloader(
    SnapshotRegistry snapshots,
    ViewRegistry views,
    BoundViews bound,
    SnapshotSwitch snapshotSwitch,
    ViewLoader? loader,
    TimeProvider time,
    ILogger<Reloader> log) : PeriodicLook(Period, time)
{
    /// <summary>From one look to the next: an edited view is in use within three seconds.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();

    /// <summary>Looks once. Snapshots go first, as views are bound against them.</summary>
    public override void Look()
    {
        lock (_lock)
        {
            foreach (var served in snapshots.Served)
            {
                var next = snapshotSwitch.Next(served);
                if (!ReferenceEquals(next, served))
                {
                    Tell(served, next);
                    snapshots.Replace(next);
                }
            }

            // Each time: a request that began before a switch may have bound its view after it.
            bound.KeepOnly([.. snapshots.Open.Select(s => s.Id)]);
            var before = views.Current;
            var now = loader?.Load(before) ?? before;
            if (!ReferenceEquals(now, before))
            {
                Tell(before, now);
                views.Replace(now);
            }
        }
    }

    private void Tell(ServedSnapshot before, ServedSnapshot now)
    {
        if (now.Snapshot.Id != before.Snapshot.Id)
        {
            LogSwitched(now.Name, now.Snapshot.Id, before.Snapshot.Id);
        }

        if (now.Error is { } error)
        {
            LogNotSwitched(now.Name, now.Snapshot.Id, error);
        }
    }

    private void Tell(PublishedFiles before, PublishedFiles now)
    {
        if (now.Error is { } error && error != before.Error)
        {
            LogDirectory(error);
        }

        var old = before.Files.ToDictionary(f => f.File);
        foreach (var file in now.Files.Where(f => !ReferenceEquals(f, old.GetValueOrDefault(f.File))))
        {
            if (file.Errors.IsEmpty)
            {
                LogLoaded(file.File);
            }
            else
            {
                LogBroken(file.File, file.Served is null ? "it is not served" : "its last good version is served", string.Join("; ", file.Errors));
            }
        }

        foreach (var gone in old.Keys.Except(now.Files.Select(f => f.File)))
        {
            LogRemoved(gone);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "snapshot {Name}: switched to {Id} from {Previous}")]
    private partial void LogSwitched(string name, string id, string previous);

    [LoggerMessage(Level = LogLevel.Warning, Message = "snapshot {Name}: {Id} is served on, as its folder cannot be read: {Error}")]
    private partial void LogNotSwitched(string name, string id, string error);

    [LoggerMessage(Level = LogLevel.Information, Message = "view {File}: loaded")]
    private partial void LogLoaded(string file);

    [LoggerMessage(Level = LogLevel.Warning, Message = "view {File}: broken, {Served}: {Errors}")]
    private partial void LogBroken(string file, string served, string errors);

    [LoggerMessage(Level = LogLevel.Information, Message = "view {File}: removed")]
    private partial void LogRemoved(string file);

    [LoggerMessage(Level = LogLevel.Warning, Message = "views are served on as they were: {Error}")]
    private partial void LogDirectory(string error);

    [LoggerMessage(Level = LogLevel.Error, Message = "looking for new snapshots and views failed")]
    protected override partial void LogFault(Exception exception);
}
