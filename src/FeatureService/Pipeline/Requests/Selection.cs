using FeatureService.Engine.Definitions;
using FeatureService.Engine.Planning;
using FeatureService.Engine.Snapshots;

namespace FeatureService.Pipeline.Requests;

/// <summary>A view as a request selects it.</summary>
/// <param name="Name"><c>team/view</c> of a published view, else the text's own name.</param>
/// <param name="Text">The text of the view.</param>
/// <param name="View">The view, bound against the request's snapshot.</param>
internal sealed record SelectedView(string Name, string Text, FeatureView View);

/// <summary>What a request computes: columns of a view on a snapshot.</summary>
/// <param name="ViewName"><c>team/view</c> of a published view, else the text's own name.</param>
/// <param name="Snapshot">The snapshot.</param>
/// <param name="Plan">The plan of the columns.</param>
internal sealed record Selection(string ViewName, ISnapshot Snapshot, Plan Plan);
