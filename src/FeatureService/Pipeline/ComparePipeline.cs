using FeatureService.Contracts.V1;
using FeatureService.Core.Keys;
using FeatureService.Pipeline.Comparing;
using FeatureService.Pipeline.Requests;
using FeatureService.Registry;
using FeatureService.Scheduling;

namespace FeatureService.Pipeline;

/// <summary>How two views are compared: each column alone on the rows asked for, on the workers.</summary>
/// <param name="admission">Lets requests in.</param>
/// <param name="snapshots">The snapshots.</param>
/// <param name="views">The published views.</param>
/// <param name="bound">Bound views.</param>
/// <param name="workers">What computes.</param>
public sealed class ComparePipeline(
    Admission admission, SnapshotRegistry snapshots, ViewRegistry views, BoundViews bound, WorkerPool workers)
{
    private const long RowsMax = 2_000_000;

    private readonly SelectionReader _selections = new(snapshots, views, bound);

    /// <summary>Compares two views.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellation">Ends at the deadline, or when the caller goes.</param>
    /// <exception cref="RequestException">A view, the entities or the weeks are wrong, or not here.</exception>
    public async Task<CompareResponse> CompareAsync(CompareRequest request, CancellationToken cancellation)
    {
        using var admitted = admission.Enter(WorkLane.Backfill);
        var violations = new Violations();
        var snapshot = _selections.ReadSnapshot(request.Snapshot);
        var old = _selections.ReadView(request.OldView, snapshot, violations, "old");
        var @new = _selections.ReadView(request.NewView, snapshot, violations, "new");
        var weeks = WeeksReader.Read(request.Weeks, snapshot.Catalog.Calendar, violations);
        var keys = KeysReader.ReadDistinct(request.Entities, "entities", snapshot.Catalog.EntityType, violations);
        if (keys is not null && weeks is { } range && (long)keys.Length * range.Count > RowsMax)
        {
            violations.Add("entities", $"{keys.Length} entities x {range.Count} weeks are too many: expected at most {RowsMax} rows");
        }

        violations.ThrowIfAny();
        // Rows of one entity together: its events are scanned once.
        var rowKeys = new EntityKey[keys!.Length * weeks!.Value.Count];
        var rowWeeks = new int[rowKeys.Length];
        for (var row = 0; row < rowKeys.Length; row++)
        {
            rowKeys[row] = keys[row / weeks.Value.Count];
            rowWeeks[row] = weeks.Value[row % weeks.Value.Count];
        }

        var work = new CompareWork(snapshot, old!.View, @new!.View, rowKeys, rowWeeks);
        await workers.Queue.Open(WorkLane.Backfill).RunAsync(work, cancellation).ConfigureAwait(false);
        var response = new CompareResponse
        {
            SnapshotId = snapshot.Id,
            OldVersion = old.View.Version,
            NewVersion = @new.View.Version,
            Entities = keys.Length,
            Rows = rowKeys.Length,
            OldPopulation = work.OldPopulation,
            NewPopulation = work.NewPopulation,
        };
        response.Columns.AddRange(work.Columns);
        response.Recomputed.AddRange(work.Columns
            .Where(column => column.Change is ColumnChange.Changed or ColumnChange.Added).Select(column => column.Name));
        return response;
    }
}
