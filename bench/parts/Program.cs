using System.Diagnostics;
using System.Globalization;
using FeatureService.Bench.MainJob;
using FeatureService.Bench.Parts;
using FeatureService.Cli.CommandLine;
using FeatureService.Cli.Demo;
using FeatureService.Client.Datasets;
using FeatureService.Client.Transport;
using FeatureService.Samples.Taxi;
using FeatureService.Sinks.Parquet;

// Usage: PartsBench [users] [rounds]: the same Parquet files, their columns encoded by the client and finished by the service; in turn.
var taxi = new TaxiOptions { Users = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 40_000 };
var rounds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 5;
var folder = Directory.CreateTempSubdirectory("parts-").FullName;
try
{
    TaxiSample.Write(folder, taxi);
    var snapshot = Path.Combine(folder, "snapshot");
    await CommandRunner.RunAsync(["snapshot", "build", "--catalog", Path.Combine(folder, TaxiSample.CatalogFile), "--out", snapshot], TextWriter.Null, Console.Error, default);
    await using var service = LocalService.Start(
        (Path.Combine(AppContext.BaseDirectory, "featurectl"), []), snapshot, Path.Combine(folder, TaxiSample.ViewsFolder), Path.Combine(folder, "service.log"));
    await service.WaitUntilReadyAsync(TimeProvider.System, default);
    using var client = new FeatureServiceClient(service.Url);
    var (encoded, finished) = (new List<Figures>(), new List<Figures>());
    for (var round = 0; round <= rounds; round++)
    {
        var one = await MeasureAsync(client, service.Id, new ClientEncoded(new ParquetFormat()));
        var two = await MeasureAsync(client, service.Id, new ParquetFormat());

        // The first round compiles.
        if (round > 0)
        {
            encoded.Add(one);
            finished.Add(two);
        }
    }

    Console.WriteLine(FormattableString.Invariant($"{taxi.Users} users x {taxi.Weeks} weeks, one service, medians of {rounds} rounds"));
    Tell("encoded by the client", encoded);
    Tell("finished by the service", finished);
}
finally
{
    Directory.Delete(folder, recursive: true);
}

async Task<Figures> MeasureAsync(FeatureServiceClient client, int service, IDatasetFormat format)
{
    var output = Path.Combine(folder, "dataset");
    var (own, its, started) = (ProcStat.CpuSeconds(Environment.ProcessId), ProcStat.CpuSeconds(service), Stopwatch.GetTimestamp());
    await new DatasetBuilder(client).BuildAsync(new DatasetBuildOptions
    {
        Query = new BackfillQuery
        {
            View = ViewReference.Named(TaxiSample.View),
            Weeks = new WeekSpan($"{taxi.FirstWeek:yyyy-MM-dd}", $"{taxi.LastWeek:yyyy-MM-dd}"),
            Labels = true,
            Cache = CachePolicy.Never,
        },
        Path = output,
        Format = format,
        Existing = ExistingOutput.Overwrite,
    });
    return new Figures(
        Stopwatch.GetElapsedTime(started).TotalSeconds,
        ProcStat.CpuSeconds(Environment.ProcessId) - own,
        ProcStat.CpuSeconds(service) - its,
        Directory.GetFiles(output, "*.parquet").Sum(file => new FileInfo(file).Length));
}

static void Tell(string what, List<Figures> rounds)
{
    double Median(Func<Figures, double> figure) => rounds.Select(figure).Order().ElementAt(rounds.Count / 2);
    Console.WriteLine(FormattableString.Invariant(
        $"{what}: {Median(f => f.Seconds):F2} s; CPU s: client {Median(f => f.ClientCpu):F2}, service {Median(f => f.ServiceCpu):F2}; files {Median(f => f.Bytes) / 1e6:F1} MB"));
}

/// <summary>What a way took.</summary>
internal sealed record Figures(double Seconds, double ClientCpu, double ServiceCpu, long Bytes);
