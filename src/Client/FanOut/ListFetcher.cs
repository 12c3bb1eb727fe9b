using FeatureService.Client.Transport;
using FeatureService.Client.Transport.Pods;
using FeatureService.Contracts.V1;
using Column = FeatureService.Core.Columns.Column;

namespace FeatureService.Client.FanOut;

/// <summary>The answer to some of a list's rows.</summary>
/// <param name="Rows">Which: the answer's i-th row is the list's <paramref name="Rows"/>[i]-th.</param>
/// <param name="Columns">One for each of the target's.</param>
/// <param name="Errors">The first cells without a value, by the answer's rows.</param>
/// <param name="ErrorCount">Number of such cells.</param>
/// <param name="Cpu">CPU time that the service's workers took; zero where it does not tell.</param>
internal sealed record ListAnswer(
    ReadOnlyMemory<int> Rows, IReadOnlyList<Column> Columns, IReadOnlyList<CellError> Errors, ulong ErrorCount, TimeSpan Cpu);

/// <summary>Brings the vectors of listed rows by as few requests as answers allow, many at a time over all pods.</summary>
/// <param name="client">The service.</param>
/// <param name="target">What is computed.</param>
/// <param name="run">The fan-out.</param>
internal sealed class ListFetcher(FeatureServiceClient client, ViewOnSnapshot target, FanOutRun run)
{
    private const string TooLarge = "ANSWER_TOO_LARGE";

    /// <summary>Requests in flight in all; the pods' own limits are far below it.</summary>
    private const int RequestsInFlightMax = 1024;

    private readonly ListCut _cut = new(target);
    private readonly WorkRunner _runner = new(client, run);

    /// <summary>Brings all rows of a list.</summary>
    /// <param name="rows">The list.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="FeatureServiceException">The service refuses a request, or what it sends stays wrong.</exception>
    /// <exception cref="PartialBuildException">The service is gone for too long.</exception>
    public Task<IReadOnlyList<ListAnswer>> FetchAsync(ListedRows rows, CancellationToken cancellation) =>
        run.WatchAsync(
            async stop =>
            {
                var requests = _cut.Cut(rows);
                var answers = new IReadOnlyList<ListAnswer>[requests.Count];
                var queue = new WorkQueue(client.Pool, run.Outage, requests.Select((asked, i) => PlaceOf(rows, asked, i)));
                var parallel = new ParallelOptions { MaxDegreeOfParallelism = RequestsInFlightMax, CancellationToken = stop };
                await Parallel.ForEachAsync(queue.TakeAllAsync(stop), parallel, async (taken, token) =>
                    answers[taken.Work.Index] = await AskAsync(rows, requests[taken.Work.Index], taken.Lease, token).ConfigureAwait(false)).ConfigureAwait(false);
                return (IReadOnlyList<ListAnswer>)[.. answers.SelectMany(a => a)];
            },
            cancellation);

    /// <summary>Asks for some rows of a list, in a given order.</summary>
    /// <param name="rows">The list.</param>
    /// <param name="asked">Which of its rows.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="FeatureServiceException">As for all rows.</exception>
    /// <exception cref="PartialBuildException">The service is gone for too long.</exception>
    public Task<IReadOnlyList<ListAnswer>> FetchAsync(ListedRows rows, ReadOnlyMemory<int> asked, CancellationToken cancellation) =>
        run.WatchAsync(stop => AskAsync(rows, asked, null, stop), cancellation);

    /// <summary>One request, or halves of it where texts make its answer too large.</summary>
    private async Task<IReadOnlyList<ListAnswer>> AskAsync(
        ListedRows rows, ReadOnlyMemory<int> asked, PodLease? taken, CancellationToken cancellation)
    {
        try
        {
            var call = new ListCall(client.Caller, target, rows, asked, PlaceOf(rows, asked, 0), run, client.Options);
            await _runner.RunAsync(call, taken, cancellation).ConfigureAwait(false);
            return [call.Answer!];
        }
        catch (FeatureServiceException refused) when (refused.Reason == TooLarge && asked.Length > 1)
        {
            _cut.Refused(asked.Length);
            var half = asked.Length / 2;
            return
            [
                .. await AskAsync(rows, asked[..half], null, cancellation).ConfigureAwait(false),
                .. await AskAsync(rows, asked[half..], null, cancellation).ConfigureAwait(false),
            ];
        }
    }

    /// <summary>Rows of one request lie close together; the one in the middle tells the partition of most.</summary>
    private PlacedWork PlaceOf(ListedRows rows, ReadOnlyMemory<int> asked, int index) => new(
        index, target.Snapshot.Placement.SliceOf(rows.HashOf(asked.Span[asked.Length / 2])).Partition, asked.Length);
}
