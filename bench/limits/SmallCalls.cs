using System.Diagnostics;
using FeatureService.Bench.Limits.Contract;
using FeatureService.Contracts.V1;
using FeatureService.Samples.Taxi;

namespace FeatureService.Bench.Limits;

/// <summary>All features of one user and week, in turn with an empty call.</summary>
/// <param name="service">The service.</param>
/// <param name="bare">The service that does nothing.</param>
/// <param name="taxi">The sample.</param>
internal sealed class SmallCalls(FeatureVectorsService.FeatureVectorsServiceClient service, Bare.BareClient bare, TaxiOptions taxi)
{
    /// <summary>Calls that stand in one row before the other kind has its turn, where several are in flight.</summary>
    private const int CallsInTurn = 2_000;

    private static readonly PingRequest s_ping = new();

    /// <summary>Times calls one behind the other, each kind in turn.</summary>
    /// <param name="count">Calls of each kind.</param>
    public async Task<(Latencies Empty, Latencies Vector)> OneByOneAsync(int count)
    {
        var (empty, vector) = (new double[count], new double[count]);
        for (var i = 0; i < count; i++)
        {
            empty[i] = await TimeAsync(() => PingAsync()).ConfigureAwait(false);
            vector[i] = await TimeAsync(() => VectorAsync(i)).ConfigureAwait(false);
        }

        return (new Latencies(empty), new Latencies(vector));
    }

    /// <summary>Times calls of which several are in flight, each kind in turn.</summary>
    /// <param name="count">Calls of each kind.</param>
    /// <param name="inFlight">How many at once.</param>
    public async Task<(Latencies Empty, Latencies Vector)> InFlightAsync(int count, int inFlight)
    {
        var (empty, vector) = (new List<double>(count), new List<double>(count));
        while (empty.Count < count)
        {
            empty.AddRange(await TurnAsync(inFlight, _ => PingAsync()).ConfigureAwait(false));
            vector.AddRange(await TurnAsync(inFlight, VectorAsync).ConfigureAwait(false));
        }

        return (new Latencies([.. empty]), new Latencies([.. vector]));
    }

    private static async Task<double[]> TurnAsync(int inFlight, Func<int, Task> call)
    {
        var times = new double[CallsInTurn];
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, inFlight).Select(_ => Task.Run(async () =>
        {
            for (int i; (i = Interlocked.Increment(ref next)) < times.Length;)
            {
                times[i] = await TimeAsync(() => call(i)).ConfigureAwait(false);
            }
        }))).ConfigureAwait(false);
        return times;
    }

    private static async Task<double> TimeAsync(Func<Task> call)
    {
        var start = Stopwatch.GetTimestamp();
        await call().ConfigureAwait(false);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private async Task PingAsync() => await bare.PingAsync(s_ping);

    private async Task VectorAsync(int i)
    {
        var week = taxi.FirstWeek.AddDays(7 * (i * 13 % taxi.Weeks));
        await service.GetFeatureVectorsAsync(new GetFeatureVectorsRequest
        {
            View = new ViewSelector { Name = TaxiSample.View },
            Grid = new Grid { Weeks = new WeekRange { First = $"{week:yyyy-MM-dd}" }, Keys = new EntityKeys { Int64Keys = { 1 + (i * 7919L % taxi.Users) } } },
        });
    }
}
