using FeatureService.Contracts.V1;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Reference;
using FeatureService.Pipeline.Replies;
using FeatureService.Pipeline.Requests;
using FeatureService.Registry;
using FeatureService.Scheduling;

namespace FeatureService.Pipeline;

/// <summary>How it is told which events made a value: by the naive evaluator, on a worker.</summary>
/// <param name="admission">Lets requests in.</param>
/// <param name="snapshots">The snapshots.</param>
/// <param name="views">The published views.</param>
/// <param name="bound">Bound views.</param>
/// <param name="workers">What computes.</param>
public sealed class TracePipeline(
    Admission admission, SnapshotRegistry snapshots, ViewRegistry views, BoundViews bound, WorkerPool workers)
{
    private readonly SelectionReader _selections = new(snapshots, views, bound);

    /// <summary>Traces one value.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellation">Ends at the deadline, or when the caller goes.</param>
    /// <exception cref="RequestException">The view, column, entity or week is wrong, or not here.</exception>
    public async Task<TraceResponse> TraceAsync(TraceRequest request, CancellationToken cancellation)
    {
        using var admitted = admission.Enter(WorkLane.Interactive);
        var violations = new Violations();
        var snapshot = _selections.ReadSnapshot(request.Snapshot);
        var view = _selections.ReadView(request.View, snapshot, violations);
        var column = view is null ? null : Column(request.Column, view, violations);
        var keys = KeysReader.Read(request.Entity, "entity", snapshot.Catalog.EntityType, violations);
        if (keys is { Length: > 1 })
        {
            violations.Add("entity", $"{keys.Length} keys: expected one");
        }

        var week = WeeksReader.ReadWeek(request.Week, "week", snapshot.Catalog.Calendar, violations);
        if (request.EventsMax is < 0 or > TraceReply.EventsMax)
        {
            violations.Add("events_max", $"{request.EventsMax} events: expected at most {TraceReply.EventsMax}, or 0 for that many");
        }

        violations.ThrowIfAny();
        var eventsMax = request.EventsMax == 0 ? TraceReply.EventsMax : request.EventsMax;
        var work = new SingleTask<TraceResponse>(_ => TraceReply.Of(
            new ReferenceEvaluator(snapshot).Entity(keys![0]).Trace(column!, week!.Value), snapshot.Catalog, column!, eventsMax));
        await workers.Queue.Open(WorkLane.Interactive).RunAsync(work, cancellation).ConfigureAwait(false);
        work.Result.SnapshotId = snapshot.Id;
        work.Result.ViewVersion = view!.View.Version;
        return work.Result;
    }

    private static FeatureColumn? Column(string name, SelectedView view, Violations violations)
    {
        var column = view.View.Columns.FirstOrDefault(c => c.Name == name);
        if (column is null)
        {
            violations.Add("column", $"view {view.Name} has no column '{name}'{NearestName.Hint(name, view.View.Columns.Select(c => c.Name))}");
        }

        return column;
    }
}
