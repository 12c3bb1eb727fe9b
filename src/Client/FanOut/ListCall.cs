using FeatureService.Client.Transport;
using FeatureService.Client.Transport.Pods;
using FeatureService.Contracts.V1;
using FeatureService.Core.Calendar;
using FeatureService.Core.Columns.Encodings;

namespace FeatureService.Client.FanOut;

/// <summary>One request for listed rows.</summary>
/// <param name="caller">Makes calls.</param>
/// <param name="target">What is computed.</param>
/// <param name="rows">The list.</param>
/// <param name="asked">Which of its rows.</param>
/// <param name="place">What matters for where it goes.</param>
/// <param name="run">The fan-out.</param>
/// <param name="options">The deadline and the clock.</param>
internal sealed class ListCall(
    UnaryCaller caller,
    ViewOnSnapshot target,
    ListedRows rows,
    ReadOnlyMemory<int> asked,
    PlacedWork place,
    FanOutRun run,
    FeatureServiceClientOptions options) : IFanOutWork
{
    private const string Method = "features.v1.FeatureVectorsService/GetFeatureVectors";

    /// <summary>The answer, once it is there.</summary>
    public ListAnswer? Answer { get; private set; }

    /// <inheritdoc/>
    public PlacedWork Place => place;

    /// <inheritdoc/>
    public bool IsDone => Answer is not null;

    /// <inheritdoc/>
    public int StepCount => IsDone ? 1 : 0;

    /// <inheritdoc/>
    public async Task AttemptAsync(PodLease lease, CancellationToken cancellation)
    {
        Answer = await ClientSpans.FollowAsync(Method, lease.Endpoint.Address, () => CallAsync(lease, cancellation)).ConfigureAwait(false);
        run.Outage.Progressed();
        run.Meter.Arrived(lease.Pod.Address, asked.Length);
        run.Meter.Finished(lease.Pod.Address);
    }

    private async Task<ListAnswer> CallAsync(PodLease lease, CancellationToken cancellation)
    {
        var request = Request();
        var response = await caller.AttemptAsync(
            lease, (e, o) => e.GetVectors(request, o), options.Time.GetUtcNow() + options.UnaryDeadline, run.Outage.Answered, cancellation).ConfigureAwait(false);
        try
        {
            var vectors = response.Read(EncodingSet.All);
            target.Check(vectors.Header);
            CheckRows(vectors, rows, asked.Span);
            var (errors, errorCount, cpu) = response.ReadTold();
            return new ListAnswer(asked, vectors.Columns, errors, errorCount, cpu);
        }
        catch (InvalidDataException exception)
        {
            throw StatusMapper.Unreadable(exception, lease.Endpoint.Address);
        }
    }

    private GetFeatureVectorsRequest Request()
    {
        var list = new RowList { Keys = new Contracts.V1.EntityKeys() };
        var weeks = new Dictionary<int, string>();
        var days = rows.Days.Span;
        foreach (var row in asked.Span)
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
