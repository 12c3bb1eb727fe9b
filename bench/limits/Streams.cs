using System.Diagnostics;
using FeatureService.Bench.Limits.Contract;
using FeatureService.Bench.MainJob;
using FeatureService.Contracts.V1;
using FeatureService.Samples.Taxi;
using Grpc.Core;

namespace FeatureService.Bench.Limits;

/// <summary>One round of streams: what came, how long it took, and CPU of both ends.</summary>
/// <param name="Bytes">Payload bytes.</param>
/// <param name="Messages">Messages.</param>
/// <param name="Seconds">Wall time.</param>
/// <param name="CpuSeconds">CPU of both processes.</param>
internal sealed record StreamFigures(long Bytes, long Messages, double Seconds, double CpuSeconds)
{
    /// <summary>Payload bytes a second.</summary>
    public double BytesPerSecond => Bytes / Seconds;

    /// <summary>CPU seconds for 10^9 bytes.</summary>
    public double CpuSecondsPerGigabyte => CpuSeconds / (Bytes / 1e9);
}

/// <summary>Backfills of everything, read and thrown away, and bare streams of the same bytes in messages of the same size.</summary>
/// <param name="count">Streams at once.</param>
internal sealed class Streams(int count)
{
    /// <summary>Reads <c>Backfill</c>, plain.</summary>
    /// <param name="service">The service.</param>
    /// <param name="processId">Its process.</param>
    /// <param name="taxi">The sample.</param>
    public Task<StreamFigures> BackfillAsync(FeatureVectorsService.FeatureVectorsServiceClient service, int processId, TaxiOptions taxi)
    {
        var request = new BackfillRequest
        {
            View = new ViewSelector { Name = TaxiSample.View },
            Grid = new Grid { Weeks = new WeekRange { First = $"{taxi.FirstWeek:yyyy-MM-dd}", Last = $"{taxi.LastWeek:yyyy-MM-dd}" } },
            AcceptEncodings = { FeatureService.Contracts.V1.Encoding.Plain },
        };
        return MeasureAsync(processId, async () =>
        {
            using var call = service.Backfill(request);
            return await ReadAsync(call.ResponseStream, message => message.Payload.Length).ConfigureAwait(false);
        });
    }

    /// <summary>Reads as much from the service that does nothing.</summary>
    /// <param name="bare">The service.</param>
    /// <param name="like">What the other brought.</param>
    public Task<StreamFigures> BareAsync(BareProcess bare, StreamFigures like)
    {
        var request = new StreamRequest { Messages = (int)(like.Messages / count), MessageBytes = (int)(like.Bytes / like.Messages) };
        return MeasureAsync(bare.Id, async () =>
        {
            using var call = bare.Client.Stream(request);
            return await ReadAsync(call.ResponseStream, message => message.Payload.Length).ConfigureAwait(false);
        });
    }

    private static async Task<(long Bytes, long Messages)> ReadAsync<T>(IAsyncStreamReader<T> stream, Func<T, int> bytesOf)
    {
        var (bytes, messages) = (0L, 0L);
        while (await stream.MoveNext(default).ConfigureAwait(false))
        {
            bytes += bytesOf(stream.Current);
            messages++;
        }

        return (bytes, messages);
    }

    private async Task<StreamFigures> MeasureAsync(int processId, Func<Task<(long Bytes, long Messages)>> read)
    {
        var (started, cpu) = (Stopwatch.GetTimestamp(), Cpu(processId));
        var read1 = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => Task.Run(read))).ConfigureAwait(false);
        return new StreamFigures(
            read1.Sum(r => r.Bytes), read1.Sum(r => r.Messages), Stopwatch.GetElapsedTime(started).TotalSeconds, Cpu(processId) - cpu);
    }

    private static double Cpu(int processId) => ProcStat.CpuSeconds(processId) + ProcStat.CpuSeconds(Environment.ProcessId);
}
