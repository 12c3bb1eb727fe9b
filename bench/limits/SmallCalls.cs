using System.Diagnostics;
using FeatureService.Bench.Limits.Contract;
using FeatureService.Bench.MainJob;
using FeatureService.Client.Transport;
using FeatureService.Contracts.V1;
using FeatureService.Core.Keys;
using FeatureService.Samples.Taxi;

namespace FeatureService.Bench.Limits;

/// <summary>A kind of call.</summary>
/// <param name="Name">What it is.</param>
/// <param name="ProcessId">The process that answers.</param>
/// <param name="MakeAsync">Makes one; told its number.</param>
internal sealed record CallKind(string Name, int ProcessId, Func<int, Task> MakeAsync);

/// <summary>What many calls of a kind took.</summary>
/// <param name="Times">Their times.</param>
/// <param name="CpuMicros">CPU of both ends for one; NaN where calls of the other kind came between.</param>
internal sealed record CallFigures(Latencies Times, double CpuMicros);

/// <summary>
/// All features of one user and week, by the client library or by the generated code, in turn with an empty call: two kinds at a time, as
/// a call finds what the one before has left in the processor's caches.
/// </summary>
internal sealed class SmallCalls
{
    /// <summary>Calls that stand in one row before another kind has its turn, where several are in flight.</summary>
    private const int CallsInTurn = 2_000;

    private static readonly PingRequest s_ping = new();

    private readonly CallKind _empty;

    /// <summary>The calls.</summary>
    /// <param name="client">The service by the client library.</param>
    /// <param name="service">The service by the generated code.</param>
    /// <param name="processId">The service's process.</param>
    /// <param name="bare">The service that does nothing.</param>
    /// <param name="taxi">The sample.</param>
    public SmallCalls(
        FeatureServiceClient client, FeatureVectorsService.FeatureVectorsServiceClient service, int processId, BareProcess bare, TaxiOptions taxi)
    {
        _empty = new CallKind("empty call", bare.Id, async _ => await bare.Client.PingAsync(s_ping));
        Kinds =
        [
            new CallKind("by the client library", processId, i => client.GetFeatureVectorsAsync(new FeatureVectorsQuery
            {
                View = ViewReference.Named(TaxiSample.View),
                Entities = [EntityKey.Of(Key(i))],
                Weeks = new WeekSpan(Week(i), Week(i)),
                Labels = false,
            })),
            new CallKind("by the generated code", processId, async i => await service.GetFeatureVectorsAsync(new GetFeatureVectorsRequest
            {
                View = new ViewSelector { Name = TaxiSample.View },
                Grid = new Grid { Weeks = new WeekRange { First = Week(i) }, Keys = new Contracts.V1.EntityKeys { Int64Keys = { Key(i) } } },
            })),
        ];

        long Key(int i) => 1 + (i * 7919L % taxi.Users);

        string Week(int i) => $"{taxi.FirstWeek.AddDays(7 * (i * 13 % taxi.Weeks)):yyyy-MM-dd}";
    }

    /// <summary>The ways to ask.</summary>
    public IReadOnlyList<CallKind> Kinds { get; }

    /// <summary>Times calls one behind the other, an empty one after each.</summary>
    /// <param name="kind">One of <see cref="Kinds"/>.</param>
    /// <param name="count">Calls of each kind.</param>
    public async Task<(CallFigures Empty, CallFigures Vector)> OneByOneAsync(CallKind kind, int count)
    {
        var (empty, vector) = (new double[count], new double[count]);
        for (var i = 0; i < count; i++)
        {
            empty[i] = await TimeAsync(_empty, i).ConfigureAwait(false);
            vector[i] = await TimeAsync(kind, i).ConfigureAwait(false);
        }

        return (new CallFigures(new Latencies(empty), double.NaN), new CallFigures(new Latencies(vector), double.NaN));
    }

    /// <summary>Times calls of which several are in flight, both kinds in turn.</summary>
    /// <param name="kind">One of <see cref="Kinds"/>.</param>
    /// <param name="count">Calls of each kind.</param>
    /// <param name="inFlight">How many at once.</param>
    public async Task<(CallFigures Empty, CallFigures Vector)> InFlightAsync(CallKind kind, int count, int inFlight)
    {
        CallKind[] kinds = [_empty, kind];
        var times = Array.ConvertAll(kinds, _ => new List<double>(count));
        var cpu = new double[kinds.Length];
        while (times[0].Count < count)
        {
            for (var k = 0; k < kinds.Length; k++)
            {
                var before = Cpu(kinds[k]);
                times[k].AddRange(await TurnAsync(kinds[k], inFlight).ConfigureAwait(false));
                cpu[k] += Cpu(kinds[k]) - before;
            }
        }

        return (Figures(0), Figures(1));

        CallFigures Figures(int k) => new(new Latencies([.. times[k]]), cpu[k] / times[k].Count * 1e6);
    }

    private static async Task<double[]> TurnAsync(CallKind kind, int inFlight)
    {
        var times = new double[CallsInTurn];
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, inFlight).Select(_ => Task.Run(async () =>
        {
            for (int i; (i = Interlocked.Increment(ref next)) < times.Length;)
            {
                times[i] = await TimeAsync(kind, i).ConfigureAwait(false);
            }
        }))).ConfigureAwait(false);
        return times;
    }

    private static async Task<double> TimeAsync(CallKind kind, int i)
    {
        var start = Stopwatch.GetTimestamp();
        await kind.MakeAsync(i).ConfigureAwait(false);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static double Cpu(CallKind kind) => ProcStat.CpuSeconds(kind.ProcessId) + Environment.CpuUsage.TotalTime.TotalSeconds;
}
