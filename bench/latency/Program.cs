using System.Diagnostics;
using System.Globalization;
using FeatureService.Bench.Latency;
using FeatureService.Cli.CommandLine;
using FeatureService.Cli.Demo;
using FeatureService.Contracts.V1;
using FeatureService.Samples.Taxi;
using Grpc.Net.Client;

// Usage: LatencyBench [calls] [rounds] [streams]: p50, p99 and p99.9 of small requests, alone and beside streams, under each worker policy.
var calls = Argument(0, 3000);
var rounds = Argument(1, 5);
var streams = Argument(2, 4);
(string Name, int WeeksStep)[] loads = [("alone", 0), ("beside streams that compute", 52), ("beside streams that compute and send", 1)];

var taxi = new TaxiOptions();
var folder = Directory.CreateTempSubdirectory("latency-").FullName;
var services = new Dictionary<string, (LocalService Process, GrpcChannel Channel)>();
try
{
    TaxiSample.Write(folder, taxi);
    var snapshot = Path.Combine(folder, "snapshot");
    await CommandRunner.RunAsync(["snapshot", "build", "--catalog", Path.Combine(folder, TaxiSample.CatalogFile), "--out", snapshot], TextWriter.Null, Console.Error, default);
    foreach (var policy in (string[])["idle", "nice", "normal"])
    {
        Environment.SetEnvironmentVariable("FEATURES__WORKER_POLICY", policy);
        var process = LocalService.Start(
            (Path.Combine(AppContext.BaseDirectory, "featurectl"), []), snapshot, Path.Combine(folder, TaxiSample.ViewsFolder), Path.Combine(folder, policy + ".log"));
        await process.WaitUntilReadyAsync(TimeProvider.System, default);
        services[policy] = (process, GrpcChannel.ForAddress(process.Url));
    }

    await MeasureAsync();
}
finally
{
    foreach (var (process, channel) in services.Values)
    {
        channel.Dispose();
        await process.DisposeAsync();
    }

    Directory.Delete(folder, recursive: true);
}

async Task MeasureAsync()
{
    var results = new Dictionary<(string Policy, string Load), List<(double P50, double P99, double P999, double RowsPerSecond)>>();
    for (var round = 0; round <= rounds; round++)
    {
        foreach (var (policy, (_, channel)) in services)
        {
            foreach (var (name, weeksStep) in loads)
            {
                var result = await RunAsync(new FeatureVectorsService.FeatureVectorsServiceClient(channel), weeksStep);

                // The first round compiles.
                if (round > 0)
                {
                    results.TryAdd((policy, name), []);
                    results[(policy, name)].Add(result);
                }
            }
        }
    }

    Console.WriteLine(FormattableString.Invariant($"{calls} calls a round, medians of {rounds} rounds, {streams} streams, {Environment.ProcessorCount} CPUs"));
    foreach (var ((policy, name), all) in results)
    {
        Console.WriteLine(FormattableString.Invariant(
            $"{policy,-7} {name,-37} p50 {Median(all, r => r.P50),7:F2} ms   p99 {Median(all, r => r.P99),7:F2} ms   p99.9 {Median(all, r => r.P999),7:F2} ms   streams {Median(all, r => r.RowsPerSecond),10:N0} rows/s"));
    }
}

async Task<(double P50, double P99, double P999, double RowsPerSecond)> RunAsync(FeatureVectorsService.FeatureVectorsServiceClient service, int weeksStep)
{
    var small = new Calls(service, taxi);
    if (weeksStep == 0)
    {
        return Figures(await small.TimeAsync(calls), 0);
    }

    await using var load = new Load(service, taxi, weeksStep, streams);
    await load.BeganAsync();
    var (rows, start) = (load.Rows, Stopwatch.GetTimestamp());
    var times = await small.TimeAsync(calls);
    return Figures(times, (load.Rows - rows) / Stopwatch.GetElapsedTime(start).TotalSeconds);
}

static (double P50, double P99, double P999, double RowsPerSecond) Figures(double[] times, double rowsPerSecond) =>
    (times[times.Length / 2], times[times.Length * 99 / 100], times[times.Length * 999 / 1000], rowsPerSecond);

int Argument(int index, int other) => args.Length > index ? int.Parse(args[index], CultureInfo.InvariantCulture) : other;

static double Median<T>(List<T> all, Func<T, double> figure) => all.Select(figure).Order().ElementAt(all.Count / 2);
