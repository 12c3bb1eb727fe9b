using System.Threading.Channels;
using FeatureService.Contracts.V1;
using FeatureService.Pipeline.Replies;
using FeatureService.Pipeline.Requests;
using FeatureService.Pipeline.Verification;
using FeatureService.Registry;
using FeatureService.Scheduling;
using FeatureService.Telemetry;
using Google.Protobuf;

namespace FeatureService.Pipeline;

/// <summary>How a stream of minibatches is answered: admit and plan once, then read, compute and reply at the same time.</summary>
/// <param name="admission">Lets streams in.</param>
/// <param name="snapshots">The snapshots.</param>
/// <param name="views">The published views.</param>
/// <param name="bound">Bound views and plans.</param>
/// <param name="workers">What computes.</param>
/// <param name="verifier">Verifies a share of what was computed.</param>
/// <param name="limits">Bounds of requests and answers.</param>
/// <param name="time">The clock.</param>
public sealed class MinibatchPipeline(
    Admission admission,
    SnapshotRegistry snapshots,
    ViewRegistry views,
    BoundViews bound,
    WorkerPool workers,
    Verifier verifier,
    PipelineLimits limits,
    TimeProvider time)
{
    private readonly RequestReader _requests = new(new SelectionReader(snapshots, views, bound), limits);

    /// <summary>Answers a stream until its caller ends it, or the service drains: then what has been read is answered.</summary>
    /// <param name="stream">The caller's messages.</param>
    /// <param name="reply">Where answers go.</param>
    /// <param name="statusOf">How a minibatch's failure is told; it never fails itself.</param>
    /// <param name="trace">Follows the stream.</param>
    /// <param name="cancellation">Ends at the deadline, or when the caller goes.</param>
    /// <exception cref="RequestException">The selection is wrong, or the caller breaks the contract.</exception>
    public async Task StreamAsync(
        IRequestStream<StreamFeatureVectorsRequest> stream,
        IReplyStream<StreamFeatureVectorsResponse> reply,
        Func<Exception, ByteString> statusOf,
        RequestTrace trace,
        CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var untilDrain = CancellationTokenSource.CreateLinkedTokenSource(cancellation, admission.Draining);
        var first = await MinibatchReader.FirstAsync(stream, untilDrain.Token).ConfigureAwait(false);
        using var admitted = Admit(trace);
        var task = Plan(first, trace);
        var selection = task.Selection;
        trace.View = selection.ViewName;

        var unanswered = new UnansweredIds(limits.UnansweredIdsMax, limits.UnansweredRowsMax);
        var read = Channel.CreateBounded<ReadMinibatch>(limits.UnansweredIdsMax);
        using var messages = Messages(task, reply, trace, stop.Token);
        var reads = new MinibatchReader(stream, selection, unanswered, trace).ReadAsync(read.Writer, admission.Draining, stop.Token);
        var answers = AnswerAsync(selection, read.Reader, messages, unanswered, statusOf, trace, stop.Token);
        await BothAsync(reads, answers, stop).ConfigureAwait(false);
    }

    /// <summary>Ends when both have; the first that fails stops the other, and its failure is the one that is told.</summary>
    private static async Task BothAsync(Task reads, Task answers, CancellationTokenSource stop)
    {
        var first = await Task.WhenAny(reads, answers).ConfigureAwait(false);
        if (first == answers || !reads.IsCompletedSuccessfully)
        {
            await stop.CancelAsync().ConfigureAwait(false);
        }

        await answers.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await reads.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await (first == reads && reads.IsFaulted ? reads : answers).ConfigureAwait(false);
    }

    private async Task AnswerAsync(
        Selection selection,
        ChannelReader<ReadMinibatch> read,
        MinibatchMessages messages,
        UnansweredIds unanswered,
        Func<Exception, ByteString> statusOf,
        RequestTrace trace,
        CancellationToken cancellation)
    {
        var plan = selection.Plan;
        await using var ahead = new MinibatchesAhead(
            workers.Queue.Open(WorkLane.Training),
            read,
            messages.RowsOfPart(RowBytes.Of(plan)),
            part => part.Work(plan, verifier),
            limits.MinibatchPartsAhead,
            cancellation);
        while (true)
        {
            if (!ahead.Begin())
            {
                // Nothing to do but to see that the caller reads what it has got, until more comes.
                using (trace.Begin(Stage.Reply))
                {
                    await ahead.UntilArrivalAsync(messages.FlushAsync()).ConfigureAwait(false);
                }

                if (!ahead.Begin() && !await ahead.ArrivalAsync().ConfigureAwait(false))
                {
                    return;
                }

                continue;
            }

            var next = await NextAsync(ahead, trace).ConfigureAwait(false);
            using var work = next.Work;
            using var timer = trace.Begin(Stage.Reply);
            try
            {
                await next.Done.ConfigureAwait(false);
                trace.Computed(next.Part.RowCount, plan.Columns.Count, work!.EventCount);
                Action? answered = next.Part.EndsMinibatch ? () => unanswered.Answered(next.Part.Id) : null;
                await ahead.BeginDuringAsync(messages.AddAsync(next.Part.Id, next.Part.FirstRow, work.Blocks[0], answered))
                    .ConfigureAwait(false);
            }
            catch (Exception failure) when (!cancellation.IsCancellationRequested && IsOfMinibatch(failure, next.Done))
            {
                await ahead.SkipRestAsync(next.Part).ConfigureAwait(false);
                unanswered.Answered(next.Part.Id);
                await messages.FailAsync(next.Part.Id, statusOf(failure)).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Whether the stream goes on: not where its caller does not read or the transport fails, or the workers have ended.</summary>
    private static bool IsOfMinibatch(Exception failure, Task computed) => computed.IsFaulted
        ? failure is not ObjectDisposedException
        : failure is RequestException { Kind: not FailureKind.Unavailable };

    private static async Task<PartWork<MinibatchPart>> NextAsync(MinibatchesAhead ahead, RequestTrace trace)
    {
        using (trace.Begin(Stage.Compute))
        {
            return await ahead.NextAsync().ConfigureAwait(false);
        }
    }

    private MinibatchMessages Messages(
        StreamTask task, IReplyStream<StreamFeatureVectorsResponse> reply, RequestTrace trace, CancellationToken cancellation)
    {
        var writer = new MessageWriter<StreamFeatureVectorsResponse>(
            new CountedReply<StreamFeatureVectorsResponse>(reply, trace, message => message.Payload),
            (message, payload) => message.Payload = payload,
            limits.MessageBytesMax,
            limits.WriteStallMax,
            "send the ids without an answer again",
            time);
        try
        {
            return new MinibatchMessages(task.Selection.Plan, task.Encodings, writer, limits.MessageBytesMax, cancellation);
        }
        catch
        {
            writer.Dispose();
            throw;
        }
    }

    private IDisposable Admit(RequestTrace trace)
    {
        using (trace.Begin(Stage.Admit))
        {
            return admission.Enter(WorkLane.Training);
        }
    }

    private StreamTask Plan(StreamSelection first, RequestTrace trace)
    {
        using (trace.Begin(Stage.Plan))
        {
            return _requests.Read(first);
        }
    }
}
