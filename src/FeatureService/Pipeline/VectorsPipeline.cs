using FeatureService.Caching;
using FeatureService.Contracts.V1;
using FeatureService.Engine.Execution;
using FeatureService.Engine.Planning;
using FeatureService.Pipeline.Replies;
using FeatureService.Pipeline.Requests;
using FeatureService.Pipeline.Verification;
using FeatureService.Registry;
using FeatureService.Scheduling;
using FeatureService.Telemetry;

namespace FeatureService.Pipeline;

/// <summary>How feature vectors are answered, step by step: admit, plan, probe the cache, compute, fill it, reply.</summary>
/// <param name="admission">Lets requests in.</param>
/// <param name="snapshots">The snapshots.</param>
/// <param name="views">The published views.</param>
/// <param name="bound">Bound views and plans.</param>
/// <param name="workers">What computes.</param>
/// <param name="cache">Columns of slices that were computed before.</param>
/// <param name="verifier">Verifies a share of what was computed.</param>
/// <param name="limits">Bounds of requests and answers.</param>
/// <param name="scale">Told what backfills have cost.</param>
/// <param name="time">The clock.</param>
public sealed class VectorsPipeline(
    Admission admission,
    SnapshotRegistry snapshots,
    ViewRegistry views,
    BoundViews bound,
    WorkerPool workers,
    CachedParts cache,
    Verifier verifier,
    PipelineLimits limits,
    CostScale scale,
    TimeProvider time)
{
    /// <summary>More rows are not looked at for computing inline: finding their entities takes as long as handing them over.</summary>
    private const int InlineRowsMax = 16;

    private readonly RequestReader _requests = new(new SelectionReader(snapshots, views, bound), limits);

    /// <summary>Answers a few rows at once.</summary>
    /// <param name="request">The request.</param>
    /// <param name="trace">Follows the request.</param>
    /// <param name="cancellation">Ends at the deadline, or when the caller goes.</param>
    /// <returns>The answer; disposed once it has been written.</returns>
    /// <exception cref="RequestException">It cannot be answered.</exception>
    public async Task<VectorsReply> GetAsync(GetFeatureVectorsRequest request, RequestTrace trace, CancellationToken cancellation)
    {
        // Nobody waits for a part of a dataset alone.
        var lane = request.PartOfDataset ? WorkLane.Backfill : WorkLane.Interactive;
        using var admitted = Admit(lane, trace);

        var task = Plan(() => _requests.Read(request), trace);
        var plan = task.Selection.Plan;
        trace.View = task.Selection.ViewName;

        using var work = new RowsWork(plan, () => RowsRun.OfList(plan, task.Rows.Keys, task.Rows.Weeks), verifier);
        using (trace.Begin(Stage.Compute))
        {
            if (lane != WorkLane.Interactive || !TryRunInline(work, task, cancellation))
            {
                await workers.Queue.Open(lane).RunAsync(work, cancellation).ConfigureAwait(false);
            }
        }

        trace.Computed(task.Rows.Keys.Count, plan.Columns.Count, work.EventCount);
        using (trace.Begin(Stage.Reply))
        {
            TimeSpan? datasetCpu = request.PartOfDataset ? work.CpuTime : null;
            var reply = VectorsReply.Of(plan, work.Blocks[0], task.Encodings, datasetCpu, limits.UnaryBytesMax, _requests.TooLarge);
            trace.Sent(reply.PayloadLength);
            return reply;
        }
    }

    /// <summary>Streams a grid, slice by slice. Ends early, behind a cursor, when the service drains.</summary>
    /// <param name="request">The request.</param>
    /// <param name="reply">Where messages go.</param>
    /// <param name="trace">Follows the request.</param>
    /// <param name="cancellation">Ends at the deadline, or when the caller goes.</param>
    /// <exception cref="RequestException">It cannot be answered.</exception>
    public async Task BackfillAsync(
        BackfillRequest request, IReplyStream<BackfillResponse> reply, RequestTrace trace, CancellationToken cancellation)
    {
        using var admitted = Admit(WorkLane.Backfill, trace);

        var task = Plan(() => _requests.Read(request), trace);
        var plan = task.Selection.Plan;
        trace.View = task.Selection.ViewName;

        // A part: probe the cache for its columns, compute those that are missing, and leave them there behind the answer.
        var flow = workers.Queue.Open(WorkLane.Backfill);
        var cached = await cache.OpenAsync(task, flow, cancellation).ConfigureAwait(false);
        await using var ahead = new PartsAhead(
            SlicePart.Of(task, limits.PartBytesMax),
            part => part.Work(task, verifier),
            (part, work, stop) => ComputeAsync(task, cached, part, work, flow, stop),
            limits.PartsAhead,
            cancellation);

        var writer = new MessageWriter<BackfillResponse>(
            new CountedReply<BackfillResponse>(reply, trace, message => message.Payload),
            (message, payload) => message.Payload = payload,
            limits.MessageBytesMax,
            limits.WriteStallMax,
            "go on from the last cursor",
            time);
        using var messages = new SliceMessages(plan, task.Encodings, task.Finished, writer, limits.MessageBytesMax, cancellation);
        var cost = new BackfillCost(task);
        while (await NextAsync(ahead, trace).ConfigureAwait(false) is var (part, work))
        {
            trace.Computed(work.Blocks.Sum(block => (long)block.RowCount), plan.Columns.Count, work.EventCount);
            using (trace.Begin(Stage.Reply))
            using (work)
            {
                for (var i = 0; i < work.Blocks.Count; i++)
                {
                    await (work.Finished is { } finished
                        ? messages.AddAsync(part.Slice, work.Blocks[i], finished, i)
                        : messages.AddAsync(part.Slice, work.Blocks[i])).ConfigureAwait(false);
                }
            }

            cost.Add(work.CpuTime, work.CellsFound, work.IsOfEvents);
            if (part.EndsSlice)
            {
                var next = part.SliceIndex + 1;
                var (cpu, cellsFound) = cost.EndSlice();
                var cursor = new Cursor(plan.Snapshot.Id, plan.Id, task.Rows.Hash, next);
                await messages.EndSliceAsync(part.Slice, cursor, cpu, cellsFound, next == task.Rows.SliceCount).ConfigureAwait(false);
                if (admission.Draining.IsCancellationRequested)
                {
                    break;
                }
            }
        }

        using (trace.Begin(Stage.Reply))
        {
            await messages.EndAsync().ConfigureAwait(false);
        }

        cost.Teach(scale);
    }

    /// <summary>Computes a part and, where the caller writes a file, finishes its columns for that.</summary>
    private async Task ComputeAsync(
        BackfillTask task, CachedGrid? cached, SlicePart part, RowsWork work, WorkFlow flow, CancellationToken cancellation)
    {
        await cache.ComputeAsync(cached, part, work, flow, cancellation).ConfigureAwait(false);
        if (task.Finished is { } form)
        {
            await flow.RunAsync(work.Finish(form), cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Computes a few rows here, where that is quicker than to hand them over.</summary>
    private bool TryRunInline(RowsWork work, VectorsTask task, CancellationToken cancellation)
    {
        var snapshot = task.Selection.Plan.Snapshot;
        var keys = task.Rows.Keys;
        if (keys.Count > InlineRowsMax || !keys.All(key => snapshot.IsAtHand(snapshot.Placement.SliceOf(key.Hash))) || !workers.Inline.TryEnter())
        {
            return false;
        }

        try
        {
            return work.TryRunInline(InlineGate.ExpectedMax, InlineGate.TakenMax, time, cancellation);
        }
        finally
        {
            workers.Inline.Leave();
        }
    }

    private IDisposable Admit(WorkLane lane, RequestTrace trace)
    {
        using (trace.Begin(Stage.Admit))
        {
            return admission.Enter(lane);
        }
    }

    private static T Plan<T>(Func<T> read, RequestTrace trace)
    {
        using (trace.Begin(Stage.Plan))
        {
            return read();
        }
    }

    private static async Task<(SlicePart Part, RowsWork Work)?> NextAsync(PartsAhead ahead, RequestTrace trace)
    {
        using (trace.Begin(Stage.Compute))
        {
            return await ahead.NextAsync().ConfigureAwait(false);
        }
    }
}
