using FeatureService.Contracts.V1;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Snapshots;
using FeatureService.Registry;
using PublishedView = FeatureService.Contracts.V1.PublishedView;

namespace FeatureService.Pipeline.Replies;

/// <summary>Tells about files of the views directory.</summary>
internal static class PublishedViews
{
    /// <summary>One file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="against">Snapshots; the version is told for the first that the view fits.</param>
    /// <param name="bound">Where bound views are kept.</param>
    public static PublishedView Of(PublishedFile file, IReadOnlyList<ISnapshot> against, BoundViews bound)
    {
        var message = new PublishedView
        {
            Name = file.FullName,
            File = file.File,
            State = file.Served is null ? PublishedViewState.Broken
                : file.Errors.IsEmpty ? PublishedViewState.Served : PublishedViewState.LastGood,
            ChangedAtMicros = MicrosOf(file.ChangedAt),
        };
        message.Errors.AddRange(file.Errors);
        if (file.Served is { } served
            && against.Select(s => (Snapshot: s, View: bound.Find(served, s))).FirstOrDefault(b => b.View is not null) is (var snapshot, { } view))
        {
            message.ViewVersion = view.Version;
            message.SnapshotId = snapshot.Id;
            message.Features = view.Columns.Count(c => c.Role == FeatureRole.Feature);
            message.Labels = view.Columns.Count(c => c.Role == FeatureRole.Label);
        }

        return message;
    }

    /// <summary>An instant as the contract has it: microseconds since 1970-01-01T00:00Z.</summary>
    public static long MicrosOf(DateTimeOffset instant) => (instant - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}
