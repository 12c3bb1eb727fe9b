using System.Diagnostics;
using System.Globalization;
using FeatureService.Cli.CommandLine;
using FeatureService.Cli.Demo;
using FeatureService.Client.FanOut.Minibatches;
using FeatureService.Client.Transport;
using FeatureService.Core.Keys;
using FeatureService.Samples.Taxi;

// Usage: MinibatchBench [rows [rounds]]: vectors a second of random rows, by a stream and by single calls in turn, for three sizes of
// minibatches. The service is a process of its own, over TCP; its workers run at normal policy, as this process is the only other one.
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
    Environment.SetEnvironmentVariable("FEATURES__WORKER_POLICY", "normal");
    await using var service = LocalService.Start(
        (Path.Combine(AppContext.BaseDirectory, "featurectl"), []), snapshot, Path.Combine(folder, TaxiSample.ViewsFolder), Path.Combine(folder, "service.log"));
    await service.WaitUntilReadyAsync(TimeProvider.System, default);
    using var client = new FeatureServiceClient(service.Url);
    Console.WriteLine(FormattableString.Invariant($"{rows} rows a round, medians of {rounds} rounds, {Environment.ProcessorCount} CPUs; thousand vectors a second"));
    Console.WriteLine("minibatch    stream   one call after the other   eight calls at a time   stream / one   stream / eight");
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
    var (streamed, single, eight) = (new List<double>(), new List<double>(), new List<double>());
    for (var round = 0; round <= rounds; round++)
    {
        var rates = (await RateAsync(() => StreamAsync(client, minibatches)), await RateAsync(() => CallAsync(client, minibatches, 1)), await RateAsync(() => CallAsync(client, minibatches, 8)));

        // The first round compiles.
        if (round > 0)
        {
            streamed.Add(rates.Item1);
            single.Add(rates.Item2);
            eight.Add(rates.Item3);
        }
    }

    var (a, b, c) = (Median(streamed), Median(single), Median(eight));
    Console.WriteLine(FormattableString.Invariant($"{size,9}{a,10:0}{b,27:0}{c,24:0}{a / b,15:0.00}{a / c,17:0.00}"));

    async Task<double> RateAsync(Func<Task<long>> run)
    {
        var start = Stopwatch.GetTimestamp();
        var count = await run();
        return count / Stopwatch.GetElapsedTime(start).TotalSeconds / 1_000;
    }
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

static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
