using System.Diagnostics;
using System.Globalization;
using FeatureService.Cli.CommandLine;
using FeatureService.Client.FanOut.Minibatches;
using FeatureService.Client.Transport;
using FeatureService.Core.Keys;
using FeatureService.Hosting;
using FeatureService.Samples.Taxi;
using FeatureService.Scheduling;

// Usage: MinibatchBench [rows [rounds]]: vectors a second of random rows, by a stream and by single calls in turn, for three sizes of
// minibatches, and the CPU time of both sides, which other programs on the machine disturb less. So the service runs in this process,
// reached over TCP; its workers run at normal policy.
var rows = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 400_000;
var rounds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 5;
var view = ViewReference.Named("marketing/coupon_response");
var taxi = new TaxiOptions();
var folder = Directory.CreateTempSubdirectory("minibatches-").FullName;
try
{
    TaxiSample.Write(folder, taxi);
    var snapshot = Path.Combine(folder, "snapshot");
    await CommandRunner.RunAsync(["snapshot", "build", "--catalog", Path.Combine(folder, TaxiSample.CatalogFile), "--out", snapshot], TextWriter.Null, Console.Error, default);
    await using var service = await FeatureServiceHost.StartAsync(new ServiceOptions
    {
        Listen = "http://127.0.0.1:0",
        Snapshots = [new SnapshotFolder("default", snapshot)],
        Views = Path.Combine(folder, TaxiSample.ViewsFolder),
        WorkerPolicy = WorkerPolicy.Normal,
    });
    using var client = new FeatureServiceClient(service.Address);
    Console.WriteLine(FormattableString.Invariant($"{rows} rows a round, medians of {rounds} rounds, {Environment.ProcessorCount} CPUs"));
    Console.WriteLine("              thousand vectors a second        CPU microseconds a vector");
    Console.WriteLine("minibatch    stream  calls  calls, 8 at once    stream  calls  calls, 8 at once");
    foreach (var size in (int[])[256, 1024, 4096])
    {
        await MeasureAsync(client, size);
    }
}
finally
{
    Directory.Delete(folder, recursive: true);
}

async Task MeasureAsync(FeatureServiceClient client, int size)
{
    var minibatches = Enumerable.Range(0, Math.Max(1, rows / size)).Select(i => Rows(i, size)).ToArray();
    Func<Task<long>>[] ways = [() => StreamAsync(client, minibatches), () => CallAsync(client, minibatches, 1), () => CallAsync(client, minibatches, 8)];
    var results = ways.Select(_ => new List<(double Rate, double Cpu)>()).ToArray();
    for (var round = 0; round <= rounds; round++)
    {
        for (var way = 0; way < ways.Length; way++)
        {
            var result = await RunAsync(ways[way]);

            // The first round compiles.
            if (round > 0)
            {
                results[way].Add(result);
            }
        }
    }

    var rates = results.Select(all => Median(all.Select(r => r.Rate))).ToArray();
    var cpus = results.Select(all => Median(all.Select(r => r.Cpu))).ToArray();
    Console.WriteLine(FormattableString.Invariant(
        $"{size,9}{rates[0],10:0}{rates[1],7:0}{rates[2],18:0}{cpus[0],10:0.00}{cpus[1],7:0.00}{cpus[2],18:0.00}"));
}

static async Task<(double Rate, double Cpu)> RunAsync(Func<Task<long>> run)
{
    var (start, cpu) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
    var count = await run();
    return (count / Stopwatch.GetElapsedTime(start).TotalSeconds / 1_000, (Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds / count);
}

async Task<long> StreamAsync(FeatureServiceClient client, FeatureRow[][] minibatches)
{
    var count = 0L;
    await foreach (var answer in client.StreamFeatureVectorsAsync(new FeatureStreamQuery { View = view }, Source()))
    {
        count += answer.Vectors.RowCount;
    }

    return count;

    async IAsyncEnumerable<Minibatch<int>> Source()
    {
        await Task.Yield();
        for (var i = 0; i < minibatches.Length; i++)
        {
            yield return new Minibatch<int>(minibatches[i], i);
        }
    }
}

async Task<long> CallAsync(FeatureServiceClient client, FeatureRow[][] minibatches, int atOnce)
{
    var count = 0L;
    await Parallel.ForEachAsync(minibatches, new ParallelOptions { MaxDegreeOfParallelism = atOnce }, async (asked, cancellation) =>
    {
        var vectors = await client.GetFeatureVectorsAsync(new FeatureRowsQuery { View = view, Rows = asked }, cancellation);
        Interlocked.Add(ref count, vectors.RowCount);
    });
    return count;
}

FeatureRow[] Rows(int seed, int size)
{
    var random = new Random(seed);
    string[] weeks = [.. Enumerable.Range(0, 52).Select(i => taxi.FirstWeek.AddDays(7 * (100 + i)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))];
    return [.. Enumerable.Range(0, size).Select(_ => new FeatureRow(EntityKey.Of(random.Next(taxi.Users)), weeks[random.Next(weeks.Length)]))];
}

static double Median(IEnumerable<double> values) => values.Order().ElementAt(values.Count() / 2);
