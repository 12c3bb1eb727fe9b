using FeatureService.Contracts.V1;
using FeatureService.Pipeline.Replies;
using FeatureService.Pipeline.Requests;
using FeatureService.Registry;
using FeatureService.Scheduling;

namespace FeatureService.Pipeline;

/// <summary>How questions about views are answered.</summary>
/// <param name="admission">Lets requests in.</param>
/// <param name="snapshots">The snapshots.</param>
/// <param name="views">The published views.</param>
/// <param name="bound">Bound views and plans.</param>
public sealed class ViewsPipeline(Admission admission, SnapshotRegistry snapshots, ViewRegistry views, BoundViews bound)
{
    private readonly SelectionReader _selections = new(snapshots, views, bound);

    /// <summary>Binds a view against a snapshot.</summary>
    /// <param name="request">The request.</param>
    /// <exception cref="RequestException">The view is wrong, or not here.</exception>
    public ValidateResponse Validate(ValidateRequest request)
    {
        using var admitted = admission.Enter(WorkLane.Interactive);
        var violations = new Violations();
        var snapshot = _selections.ReadSnapshot(request.Snapshot);
        var selected = _selections.ReadView(request.View, snapshot, violations, request.FileName);
        violations.ThrowIfAny();
        var response = new ValidateResponse
        {
            Name = selected!.Name,
            ViewVersion = selected.View.Version,
            Definition = selected.Text,
            SnapshotId = snapshot.Id,
        };
        response.Columns.AddRange(selected.View.Columns.Select(Headers.Of));
        return response;
    }

    /// <summary>The published views with their state.</summary>
    /// <param name="request">The request.</param>
    /// <exception cref="RequestException">There is no such snapshot.</exception>
    public ListResponse List(ListRequest request)
    {
        using var admitted = admission.Enter(WorkLane.Interactive);
        var against = request.Snapshot is null
            ? snapshots.Served.Select(s => s.Snapshot).ToArray()
            : [_selections.ReadSnapshot(request.Snapshot)];
        var files = views.Current;
        var response = new ListResponse { Error = files.Error ?? "" };
        response.Views.AddRange(files.Files
            .Where(f => request.Team.Length == 0 || f.FullName.StartsWith(request.Team + "/", StringComparison.Ordinal))
            .Select(f => PublishedViews.Of(f, against, bound)));
        return response;
    }

    /// <summary>One published view.</summary>
    /// <param name="request">The request.</param>
    /// <exception cref="RequestException">The view, its version or the snapshot is not here.</exception>
    public GetResponse Get(GetRequest request)
    {
        using var admitted = admission.Enter(WorkLane.Interactive);
        var snapshot = _selections.ReadSnapshot(request.Snapshot);
        var selected = _selections.ReadPublished(request.Name, snapshot);
        var response = new GetResponse
        {
            Name = selected.Name,
            ViewVersion = selected.View.Version,
            Definition = selected.Text,
            SnapshotId = snapshot.Id,
        };
        response.Columns.AddRange(selected.View.Columns.Select(Headers.Of));
        return response;
    }
}
