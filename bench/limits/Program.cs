using System.Globalization;
using FeatureService.Bench.Limits;
using FeatureService.Bench.MainJob.Report;
using FeatureService.Cli.CommandLine;
using FeatureService.Cli.Demo;
using FeatureService.Client.Transport;
using FeatureService.Contracts.V1;
using FeatureService.Samples.Taxi;
using Grpc.Net.Client;

// Usage: LimitsBench [users] [calls] [rounds]: what gRPC, Parquet and memory allow at best, beside the service, in turn; medians of rounds.
if (args is ["serve", var port])
{
    await BareService.ServeAsync(int.Parse(port, CultureInfo.InvariantCulture));
    return;
}

// As the service's own executable, which images run, has it; the command line is built without.
Environment.SetEnvironmentVariable("DOTNET_TieredPGO", "1");

const int InFlight = 32;
const int CallsToWarm = 20_000;
const long ParquetRows = 4_000_000;
var taxi = new TaxiOptions { Users = Argument(0, 20_000) };
var calls = Argument(1, 50_000);
var rounds = Argument(2, 5);
var folder = Directory.CreateTempSubdirectory("limits-").FullName;
try
{
    TaxiSample.Write(folder, taxi);
    var snapshot = Path.Combine(folder, "snapshot");
    await CommandRunner.RunAsync(["snapshot", "build", "--catalog", Path.Combine(folder, TaxiSample.CatalogFile), "--out", snapshot], TextWriter.Null, Console.Error, default);
    await using var bare = await BareProcess.StartAsync();
    await using var process = LocalService.Start(
        (Path.Combine(AppContext.BaseDirectory, "featurectl"), []), snapshot, Path.Combine(folder, TaxiSample.ViewsFolder), Path.Combine(folder, "service.log"));
    await process.WaitUntilReadyAsync(TimeProvider.System, default);
    using var channel = GrpcChannel.ForAddress(process.Url, new GrpcChannelOptions { MaxReceiveMessageSize = null });
    var service = new FeatureVectorsService.FeatureVectorsServiceClient(channel);

    Console.WriteLine(FormattableString.Invariant(
        $"{taxi.Users} users x {taxi.Weeks} weeks, {Environment.ProcessorCount} CPUs, fill rate {FillRate.GigabytesPerSecond():F2} GB/s, medians of {rounds} rounds"));
    using (var client = new FeatureServiceClient(process.Url))
    {
        await SmallAsync(new SmallCalls(client, service, process.Id, bare, taxi));
    }

    await StreamsAsync(service, process.Id, bare);
    await ParquetAsync(process.Url);
}
finally
{
    Directory.Delete(folder, recursive: true);
}

async Task SmallAsync(SmallCalls small)
{
    foreach (var kind in small.Kinds)
    {
        await small.OneByOneAsync(kind, CallsToWarm);
        Tell($"one user and week {kind.Name}, one call after the other", await small.OneByOneAsync(kind, calls));
        await small.InFlightAsync(kind, CallsToWarm, InFlight);
        Tell($"one user and week {kind.Name}, {InFlight} calls in flight", await small.InFlightAsync(kind, calls, InFlight));
    }
}

async Task StreamsAsync(FeatureVectorsService.FeatureVectorsServiceClient service, int processId, BareProcess bare)
{
    foreach (var count in (int[])[1, 2])
    {
        var streams = new Streams(count);
        var (ours, limit) = (new List<StreamFigures>(), new List<StreamFigures>());
        for (var round = 0; round <= rounds; round++)
        {
            var backfill = await streams.BackfillAsync(service, processId, taxi);
            var plain = await streams.BareAsync(bare, backfill);

            // The first round compiles.
            if (round > 0)
            {
                ours.Add(backfill);
                limit.Add(plain);
            }
        }

        var (rate, best) = (Median(ours, r => r.BytesPerSecond), Median(limit, r => r.BytesPerSecond));
        Console.WriteLine(FormattableString.Invariant(
            $"Backfill, plain, {count} streams: {rate / 1e6:F0} MB/s, {Median(ours, r => r.CpuSecondsPerGigabyte):F2} CPU s/GB; bare stream of the same messages {best / 1e6:F0} MB/s, {Median(limit, r => r.CpuSecondsPerGigabyte):F2} CPU s/GB; {rate / best:P0}, goal 70 %"));
    }
}

async Task ParquetAsync(string url)
{
    using var client = new FeatureServiceClient(url);
    var query = new BackfillQuery
    {
        View = ViewReference.Named(TaxiSample.View),
        Weeks = new WeekSpan($"{taxi.FirstWeek:yyyy-MM-dd}", $"{taxi.LastWeek:yyyy-MM-dd}"),
    };
    var write = await ParquetWrite.ReadAsync(client, query, ParquetRows);
    var runs = Enumerable.Range(0, rounds).Select(_ => write.Run(folder)).ToList();
    Console.WriteLine(FormattableString.Invariant(
        $"bare Parquet write of {write.Rows} rows: {write.Rows / Median(runs, r => r.Seconds) / 1e6:F2} M rows/s, {Median(runs, r => r.CpuSeconds) / (write.Rows / 1e6):F3} CPU s for a million rows"));
}

static void Tell(string what, (CallFigures Empty, CallFigures Vector) figures)
{
    var (empty, vector) = figures;
    var cpu = double.IsNaN(vector.CpuMicros) ? "" : FormattableString.Invariant($"; CPU of both ends {vector.CpuMicros:F0} and {empty.CpuMicros:F0} us");
    Console.WriteLine(FormattableString.Invariant(
        $"{what}: p50 {vector.Times.P50:F3} ms, p99 {vector.Times.P99:F3} ms; empty calls {empty.Times.P50:F3} and {empty.Times.P99:F3}; {vector.Times.P50 / empty.Times.P50:F2}x and {vector.Times.P99 / empty.Times.P99:F2}x, goal 1.3x and 2x{cpu}"));
}

int Argument(int index, int other) => args.Length > index ? int.Parse(args[index], CultureInfo.InvariantCulture) : other;

static double Median<T>(List<T> all, Func<T, double> figure) => all.Select(figure).Order().ElementAt(all.Count / 2);
