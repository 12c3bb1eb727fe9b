using System.Threading.Channels;
using FeatureService.Contracts.V1;
using FeatureService.Telemetry;

namespace FeatureService.Pipeline.Requests;

/// <summary>A minibatch as it was read: its rows, or what is wrong with them.</summary>
/// <param name="Id">The caller's id.</param>
/// <param name="Rows">The rows; null where they are wrong.</param>
/// <param name="Failure">What is wrong; null where nothing is.</param>
internal sealed record ReadMinibatch(ulong Id, ListRows? Rows, RequestException? Failure);

/// <summary>Reads a stream's messages as they come, however far answers are behind: the caller has promised not to send too many.</summary>
/// <param name="stream">The stream.</param>
/// <param name="selection">What it computes.</param>
/// <param name="unanswered">What is not answered yet.</param>
/// <param name="trace">Follows the stream; this reader alone spends its time in the plan stage.</param>
internal sealed class MinibatchReader(
    IRequestStream<StreamFeatureVectorsRequest> stream, Selection selection, UnansweredIds unanswered, RequestTrace trace)
{
    /// <summary>The first message of a stream.</summary>
    /// <exception cref="RequestException">It does not say what the stream computes.</exception>
    public static async Task<StreamSelection> FirstAsync(IRequestStream<StreamFeatureVectorsRequest> stream, CancellationToken cancellation) =>
        await stream.NextAsync(cancellation).ConfigureAwait(false) is { MessageCase: StreamFeatureVectorsRequest.MessageOneofCase.Selection } first
            ? first.Selection
            : throw RequestException.Invalid("selection", "expected in the first message of a stream");

    /// <summary>Reads until the caller ends its side.</summary>
    /// <param name="read">Where minibatches go; completed at the end, with the exception where there was one.</param>
    /// <param name="noMore">Cancelled when no more are to be read: what has come until then is all.</param>
    /// <param name="cancellation">Ends the stream.</param>
    /// <exception cref="RequestException">The caller breaks the contract.</exception>
    public async Task ReadAsync(ChannelWriter<ReadMinibatch> read, CancellationToken noMore, CancellationToken cancellation)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(noMore, cancellation);
        try
        {
            while (await NextAsync(noMore, end.Token).ConfigureAwait(false) is { } message)
            {
                if (message.MessageCase != StreamFeatureVectorsRequest.MessageOneofCase.Minibatch)
                {
                    throw RequestException.Invalid("minibatch", "expected in every message of a stream behind the first");
                }

                await read.WriteAsync(Read(message.Minibatch), cancellation).ConfigureAwait(false);
            }

            read.Complete();
        }
        catch (Exception exception)
        {
            read.Complete(exception);
            throw;
        }
    }

    private async Task<StreamFeatureVectorsRequest?> NextAsync(CancellationToken noMore, CancellationToken end)
    {
        try
        {
            return await stream.NextAsync(end).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (noMore.IsCancellationRequested)
        {
            return null;
        }
    }

    private ReadMinibatch Read(Minibatch minibatch)
    {
        using var timer = trace.Begin(Stage.Plan);
        unanswered.Add(minibatch.Id);
        RequestException? tooMany = null;
        try
        {
            var rows = RequestReader.Read(minibatch, selection.Snapshot, count => (tooMany = unanswered.AddRows(minibatch.Id, count)) is null);
            return tooMany is null ? new ReadMinibatch(minibatch.Id, rows, null) : throw tooMany;
        }
        catch (RequestException wrong) when (wrong != tooMany)
        {
            return new ReadMinibatch(minibatch.Id, null, wrong);
        }
    }
}
