using FeatureService.Contracts.V1;
using FeatureService.Engine.Planning;
using FeatureService.Pipeline.Replies;
using FeatureService.Pipeline.Requests;
using FeatureService.Registry;
using FeatureService.Scheduling;

namespace FeatureService.Pipeline;

/// <summary>How it is told what a backfill would do and cost: it is read and planned, and nothing is computed.</summary>
/// <param name="admission">Lets requests in.</param>
/// <param name="snapshots">The snapshots.</param>
/// <param name="views">The published views.</param>
/// <param name="bound">Bound views and plans.</param>
/// <param name="workers">What would compute.</param>
/// <param name="cache">What would be found.</param>
/// <param name="limits">Bounds of requests.</param>
/// <param name="scale">What this service has learnt of its speed.</param>
public sealed class ExplainPipeline(
    Admission admission, SnapshotRegistry snapshots, ViewRegistry views, BoundViews bound, WorkerPool workers, CachedParts cache, PipelineLimits limits, CostScale scale)
{
    private readonly RequestReader _requests = new(new SelectionReader(snapshots, views, bound), limits);

    /// <summary>Explains a backfill.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellation">Ends at the deadline, or when the caller goes.</param>
    /// <exception cref="RequestException">The backfill would be refused.</exception>
    public async Task<ExplainResponse> ExplainAsync(ExplainRequest request, CancellationToken cancellation)
    {
        using var admitted = admission.Enter(WorkLane.Interactive);
        var task = _requests.Read(new BackfillRequest
        {
            View = request.View,
            Snapshot = request.Snapshot,
            Columns = request.Columns,
            Grid = request.Grid,
            CachePolicy = request.CachePolicy,
        });
        // A slice's events are looked at, which may have to come from the disk.
        var work = new SingleTask<ExplainResponse>(_ => ExplainReply.Of(task, workers.Workers, scale, cache));
        await workers.Queue.Open(WorkLane.Interactive).RunAsync(work, cancellation).ConfigureAwait(false);
        return work.Result;
    }
}
