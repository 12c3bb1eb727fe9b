using FeatureService.Client.Transport;
using FeatureService.Contracts.V1;
using FeatureService.Core.Calendar;
using FeatureService.Core.Columns.Encodings;
using Grpc.Core;
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

/// <summary>Brings the vectors of listed rows by as few requests as answers allow, many at a time over all endpoints.</summary>
/// <param name="client">The service.</param>
/// <param name="target">What is computed.</param>
/// <param name="outage">Ends everything when the service is gone for too long.</param>
internal sealed class ListFetcher(FeatureServiceClient client, ViewOnSnapshot target, OutageWatch outage)
{
    private const string Method = "features.v1.FeatureVectorsService/GetFeatureVectors";
    private const string TooLarge = "ANSWER_TOO_LARGE";

    private readonly ListCut _cut = new(target);

    /// <summary>Brings all rows of a list.</summary>
    /// <param name="rows">The list.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="FeatureServiceException">The service refuses a request, or what it sends stays wrong.</exception>
    /// <exception cref="PartialBuildException">The service is gone for too long.</exception>
    public Task<IReadOnlyList<ListAnswer>> FetchAsync(ListedRows rows, CancellationToken cancellation) =>
        WatchedAsync(
            async stop =>
            {
                var requests = _cut.Cut(rows);
                var answers = new IReadOnlyList<ListAnswer>[requests.Count];
                var inFlightMax = client.Options.Endpoints.Count * client.Pool.BackfillsPerEndpoint;
                var parallel = new ParallelOptions { MaxDegreeOfParallelism = inFlightMax, CancellationToken = stop };
                await Parallel.ForEachAsync(Enumerable.Range(0, requests.Count), parallel, async (i, token) =>
                    answers[i] = await AskAsync(rows, requests[i], token).ConfigureAwait(false)).ConfigureAwait(false);
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
        WatchedAsync(stop => AskAsync(rows, asked, stop), cancellation);

    private async Task<T> WatchedAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation, outage.Expired);
        try
        {
            return await work(stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (outage.Expired.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw outage.ToException();
        }
    }

    /// <summary>One request, or halves of it where texts make its answer too large.</summary>
    private async Task<IReadOnlyList<ListAnswer>> AskAsync(ListedRows rows, ReadOnlyMemory<int> asked, CancellationToken cancellation)
    {
        try
        {
            return [await AskWholeAsync(rows, asked, cancellation).ConfigureAwait(false)];
        }
        catch (FeatureServiceException refused) when (refused.Reason == TooLarge && asked.Length > 1)
        {
            _cut.Refused(asked.Length);
            var half = asked.Length / 2;
            return
            [
                .. await AskAsync(rows, asked[..half], cancellation).ConfigureAwait(false),
                .. await AskAsync(rows, asked[half..], cancellation).ConfigureAwait(false),
            ];
        }
    }

    private async Task<ListAnswer> AskWholeAsync(ListedRows rows, ReadOnlyMemory<int> asked, CancellationToken cancellation)
    {
        var attempts = new Attempts(client.Options, outage);
        Endpoint? avoid = null;
        while (true)
        {
            FeatureServiceException failure;
            using (var lease = await client.Pool.AcquireAsync(avoid, beyondLimit: false, cancellation).ConfigureAwait(false))
            {
                avoid = lease.Endpoint;
                try
                {
                    var answer = await ClientSpans.FollowAsync(
                        Method, avoid.Address, () => CallAsync(lease.Endpoint, rows, asked, cancellation)).ConfigureAwait(false);
                    outage.Progressed();
                    Attempts.Report(lease, null, progressed: true);
                    return answer;
                }
                catch (FeatureServiceException exception) when (Attempts.MayPass(exception))
                {
                    failure = exception;
                    Attempts.Report(lease, failure, progressed: false);
                }
            }

            await attempts.PauseAsync(failure, cancellation).ConfigureAwait(false);
        }
    }

    private async Task<ListAnswer> CallAsync(
        Endpoint endpoint, ListedRows rows, ReadOnlyMemory<int> asked, CancellationToken cancellation)
    {
        var deadline = (client.Options.Time.GetUtcNow() + client.Options.UnaryDeadline).UtcDateTime;
        try
        {
            using var call = endpoint.Vectors.GetFeatureVectorsAsync(
                Request(rows, asked.Span), new CallOptions(deadline: deadline, cancellationToken: cancellation));
            var response = await call.ResponseAsync.ConfigureAwait(false);
            var vectors = Wire.Vectors(response, EncodingSet.All);
            target.Check(vectors.Header);
            CheckRows(vectors, rows, asked.Span);
            return new ListAnswer(asked, vectors.Columns, response.Errors, response.ErrorCount, TimeSpan.FromMicroseconds(response.CpuMicros));
        }
        catch (RpcException exception)
        {
            cancellation.ThrowIfCancellationRequested();
            throw StatusMapper.Map(exception, endpoint.Address);
        }
        catch (InvalidDataException exception)
        {
            throw StatusMapper.Unreadable(exception, endpoint.Address);
        }
    }

    private GetFeatureVectorsRequest Request(ListedRows rows, ReadOnlySpan<int> asked)
    {
        var list = new RowList { Keys = new Contracts.V1.EntityKeys() };
        var weeks = new Dictionary<int, string>();
        var days = rows.Days.Span;
        foreach (var row in asked)
        {
            if (rows.Keys.Texts is { } texts)
            {
                list.Keys.StringKeys.Add(texts.Text(row));
            }
            else
            {
                list.Keys.Int64Keys.Add(rows.Keys.Numbers[row]);
            }

            if (!weeks.TryGetValue(days[row], out var week))
            {
                weeks[days[row]] = week = WeekCalendar.Date(days[row]).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
            }

            list.Weeks.Add(week);
        }

        var request = new GetFeatureVectorsRequest
        {
            View = target.ViewSelector,
            Snapshot = target.SnapshotSelector,
            Columns = target.ColumnSelector,
            List = list,
            PartOfDataset = true,
        };
        request.AcceptEncodings.Add(Wire.Encodings);
        return request;
    }

    /// <summary>The answer's rows must be those asked for, in their order.</summary>
    private static void CheckRows(FeatureVectors vectors, ListedRows rows, ReadOnlySpan<int> asked)
    {
        if (vectors.RowCount != asked.Length)
        {
            throw new InvalidDataException($"{vectors.RowCount} rows, asked were {asked.Length}");
        }

        var keys = vectors.Columns[0];
        var days = vectors.Columns[1].Values<int>();
        for (var i = 0; i < asked.Length; i++)
        {
            var isKey = rows.Keys.Texts is { } texts
                ? keys.Utf8(i).SequenceEqual(texts[asked[i]])
                : keys.Values<long>()[i] == rows.Keys.Numbers[asked[i]];
            if (!isKey || days[i] != rows.Days.Span[asked[i]])
            {
                throw new InvalidDataException($"its row {i} is not the one that was asked for");
            }
        }
    }
}
