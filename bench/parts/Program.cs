using System.Diagnostics;
using System.Globalization;
using FeatureService.Bench.MainJob;
using FeatureService.Bench.Parts;
using FeatureService.Bench.Parts.Contract;
using FeatureService.Cli.CommandLine;
using FeatureService.Cli.Demo;
using FeatureService.Client.Datasets;
using FeatureService.Client.Transport;
using FeatureService.Engine.Snapshots;
using FeatureService.Samples.Taxi;
using FeatureService.Sinks.Parquet;
using Grpc.Core;
using Grpc.Net.Client;

// Usage: PartsBench [users] [rounds]: the same rows as Parquet, encoded by the client as today, and by the service; in turn.
if (args is ["serve", var servePort, var serveSnapshot])
{
    await PartsService.ServeAsync(int.Parse(servePort, CultureInfo.InvariantCulture), serveSnapshot);
    return;
}

const int PartsPerRound = 8;
var taxi = new TaxiOptions { Users = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 40_000 };
var rounds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 5;
var (firstWeek, lastWeek) = ($"{taxi.FirstWeek:yyyy-MM-dd}", $"{taxi.LastWeek:yyyy-MM-dd}");
var folder = Directory.CreateTempSubdirectory("parts-").FullName;
try
{
    TaxiSample.Write(folder, taxi);
    var snapshot = Path.Combine(folder, "snapshot");
    await CommandRunner.RunAsync(["snapshot", "build", "--catalog", Path.Combine(folder, TaxiSample.CatalogFile), "--out", snapshot], TextWriter.Null, Console.Error, default);
    await using var service = LocalService.Start(
        (Path.Combine(AppContext.BaseDirectory, "featurectl"), []), snapshot, Path.Combine(folder, TaxiSample.ViewsFolder), Path.Combine(folder, "service.log"), "--cache-memory", "0");
    await service.WaitUntilReadyAsync(TimeProvider.System, default);
    var port = LocalService.FreePort();
    using var other = Process.Start(Environment.ProcessPath!, ["serve", $"{port}", snapshot]);
    try
    {
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{port}", new GrpcChannelOptions { MaxReceiveMessageSize = null });
        using var client = new FeatureServiceClient(service.Url);
        var (today, finished) = (new List<Figures>(), new List<Figures>());
        for (var round = 0; round <= rounds; round++)
        {
            var one = await MeasureAsync(service.Id, () => BuildAsync(client));
            var two = await MeasureAsync(other.Id, () => StoreAsync(new Parts.PartsClient(channel), MappedSnapshot.Open(snapshot).Placement.Partitions));

            // The first round compiles.
            if (round > 0)
            {
                today.Add(one);
                finished.Add(two);
            }
        }

        Console.WriteLine(FormattableString.Invariant($"{taxi.Users} users x {taxi.Weeks} weeks, one service, medians of {rounds} rounds"));
        Tell("encoded by the client, as today", today);
        Tell("finished parts from the service", finished);
    }
    finally
    {
        other.Kill();
        await other.WaitForExitAsync();
    }
}
finally
{
    Directory.Delete(folder, recursive: true);
}

async Task<long> BuildAsync(FeatureServiceClient client)
{
    var output = Path.Combine(folder, "dataset");
    await new DatasetBuilder(client).BuildAsync(new DatasetBuildOptions
    {
        Query = new BackfillQuery { View = ViewReference.Named(TaxiSample.View), Weeks = new WeekSpan(firstWeek, lastWeek), Labels = true },
        Path = output,
        Format = new ParquetFormat(),
        Existing = ExistingOutput.Overwrite,
    });
    return Directory.GetFiles(output, "*.parquet").Sum(file => new FileInfo(file).Length);
}

async Task<long> StoreAsync(Parts.PartsClient client, int partitions)
{
    var size = (partitions + PartsPerRound - 1) / PartsPerRound;
    var lengths = new long[PartsPerRound];
    await Parallel.ForAsync(0, PartsPerRound, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, async (part, cancellation) =>
    {
        using var call = client.Make(
            new MakeRequest { FirstPartition = part * size, Partitions = Math.Min(size, partitions - (part * size)), FirstWeek = firstWeek, LastWeek = lastWeek },
            cancellationToken: cancellation);
        await using var file = new FileStream(Path.Combine(folder, $"finished-{part}.parquet"), FileMode.Create, FileAccess.Write, FileShare.None, 0);
        await foreach (var message in call.ResponseStream.ReadAllAsync(cancellation))
        {
            await file.WriteAsync(message.Payload.Memory, cancellation);
        }

        file.Flush(flushToDisk: true);
        lengths[part] = file.Length;
    });
    return lengths.Sum();
}

static async Task<Figures> MeasureAsync(int service, Func<Task<long>> work)
{
    var (own, its, started) = (ProcStat.CpuSeconds(Environment.ProcessId), ProcStat.CpuSeconds(service), Stopwatch.GetTimestamp());
    var bytes = await work();
    return new Figures(
        Stopwatch.GetElapsedTime(started).TotalSeconds, ProcStat.CpuSeconds(Environment.ProcessId) - own, ProcStat.CpuSeconds(service) - its, bytes);
}

static void Tell(string what, List<Figures> rounds)
{
    double Median(Func<Figures, double> figure) => rounds.Select(figure).Order().ElementAt(rounds.Count / 2);
    Console.WriteLine(FormattableString.Invariant(
        $"{what}: {Median(f => f.Seconds):F2} s; CPU s: client {Median(f => f.ClientCpu):F2}, service {Median(f => f.ServiceCpu):F2}; files {Median(f => f.Bytes) / 1e6:F1} MB"));
}

/// <summary>What a way took.</summary>
internal sealed record Figures(double Seconds, double ClientCpu, double ServiceCpu, long Bytes);
