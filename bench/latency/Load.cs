using FeatureService.Contracts.V1;
using FeatureService.Samples.Taxi;
using Grpc.Core;

namespace FeatureService.Bench.Latency;

/// <summary>Streams that keep a service busy: the taxi sample's view for every user, again and again.</summary>
internal sealed class Load : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _began = new(0);
    private readonly Task[] _streams;
    private long _rows;

    /// <summary>Starts the streams.</summary>
    /// <param name="service">The service.</param>
    /// <param name="taxi">The sample.</param>
    /// <param name="weeksStep">1 for every week: half of the work is sending; 52 for one in a year: nearly all of it is computing.</param>
    /// <param name="streams">How many at once.</param>
    public Load(FeatureVectorsService.FeatureVectorsServiceClient service, TaxiOptions taxi, int weeksStep, int streams)
    {
        var request = new BackfillRequest
        {
            View = new ViewSelector { Name = TaxiSample.View },
            Grid = new Grid { Weeks = new WeekRange { First = $"{taxi.FirstWeek:yyyy-MM-dd}", Last = $"{taxi.LastWeek:yyyy-MM-dd}", Step = weeksStep } },
        };
        _streams = [.. Enumerable.Range(0, streams).Select(_ => Task.Run(() => ReadAsync(service, request)))];
    }

    /// <summary>Rows that have come so far.</summary>
    public long Rows => Volatile.Read(ref _rows);

    /// <summary>Waits until every stream has brought something.</summary>
    public async Task BeganAsync()
    {
        foreach (var _ in _streams)
        {
            await _began.WaitAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Ends the streams.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_streams).ConfigureAwait(false);
        _stop.Dispose();
        _began.Dispose();
    }

    private async Task ReadAsync(FeatureVectorsService.FeatureVectorsServiceClient service, BackfillRequest request)
    {
        try
        {
            for (var isFirst = true; ;)
            {
                using var call = service.Backfill(request, cancellationToken: _stop.Token);
                while (await call.ResponseStream.MoveNext(_stop.Token).ConfigureAwait(false))
                {
                    Interlocked.Add(ref _rows, call.ResponseStream.Current.SliceEnd?.Rows is { } rows ? (long)rows : 0);
                    if (isFirst)
                    {
                        isFirst = false;
                        _began.Release();
                    }
                }
            }
        }
        catch (RpcException) when (_stop.IsCancellationRequested)
        {
            // Told to stop.
        }
    }
}
