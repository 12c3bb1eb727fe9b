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
}
