using System.Globalization;
using System.Text;
using FeatureService.Bench.Cache;
using FeatureService.Bench.Latency;
using FeatureService.Client.FanOut;
using FeatureService.Client.Transport;
using FeatureService.Contracts.V1;
using FeatureService.Samples.Taxi;
using Grpc.Net.Client;
using CachePolicy = FeatureService.Client.Transport.CachePolicy;

// Usage: CacheBench [rounds [users [calls]]]: views of cheap and dear columns with nothing in Redis, with everything, and without a cache, in
// turn, over the taxi sample and over users with forty events a week; a view whose windows were edited; one user and week while Redis hangs.
var rounds = Argument(0, 5);
var taxi = new TaxiOptions { Users = Argument(1, 20_000) };
var calls = Argument(2, 3_000);
int[] windows = [4, 8, 13, 26, 39, 52];
var folder = Directory.CreateTempSubdirectory("cache-").FullName;
try
{
    Console.WriteLine(FormattableString.Invariant(
        $"medians of {rounds} rounds in turn, {Environment.ProcessorCount} CPUs; ms of wall time and of the service's CPU time, the settling of Redis with it"));
    await CompareSparseAsync();
    await CompareDenseAsync();
}
finally
{
    Directory.Delete(folder, recursive: true);
}

async Task CompareSparseAsync()
{
    var place = Directory.CreateDirectory(Path.Combine(folder, "taxi")).FullName;
    TaxiSample.Write(place, taxi);
    await using var service = await CachedService.StartAsync(
        place, Path.Combine(place, TaxiSample.CatalogFile), Path.Combine(place, TaxiSample.ViewsFolder), taxi.FirstWeek, taxi.LastWeek);
    var values = (long)taxi.Users * taxi.Weeks * windows.Length;
    await CompareAsync(service, FormattableString.Invariant($"taxi sample, {taxi.Users} users x {taxi.Weeks} weeks"), values,
    [
        ("sums", View("sum(rides.fare) over {0}w")),
        ("distinct counts", View("count_distinct(rides.area) over {0}w")),
        ("quantiles", View("median(rides.fare) over {0}w")),
    ]);
    await HangAsync(service);
}

async Task CompareDenseAsync()
{
    var place = Path.Combine(folder, "dense");
    await using var service = await CachedService.StartAsync(place, DenseEvents.Write(place), null, DenseEvents.First, DenseEvents.Last, "--partitions", "4");
    await CompareAsync(service, FormattableString.Invariant($"forty events a week, {DenseEvents.Users} users x {DenseEvents.Weeks} weeks"), (long)DenseEvents.Users * DenseEvents.Weeks * windows.Length,
    [
        ("sums", View("sum(e.amount) over {0}w")),
        ("distinct counts", View("count_distinct(e.kind) over {0}w")),
        ("quantiles", View("median(e.km) over {0}w")),
    ]);
    await EditAsync(service);
}

async Task CompareAsync(CachedService service, string what, long values, (string Kind, string View)[] kinds)
{
    Console.WriteLine();
    Console.WriteLine($"{what}, six columns each");
    Console.WriteLine($"{"",-16}{"never",14}{"auto, empty",14}{"auto, full",14}{"always, empty",15}{"always, full",14}{"found",12}{"auto takes",14}{"bytes a value",14}");
    foreach (var (kind, view) in kinds)
    {
        var taken = Enumerable.Range(0, 5).Select(_ => new List<Taken>()).ToArray();
        var bytes = 0L;
        IReadOnlyList<CacheUse> choice = [];
        for (var round = 0; round <= rounds; round++)
        {
            Taken[] one = new Taken[5];
            one[0] = await service.RunAsync(view, CachePolicy.Never);
            await service.Redis.ClearAsync();
            one[1] = await service.RunAsync(view, CachePolicy.Auto);
            one[2] = await service.RunAsync(view, CachePolicy.Auto);
            choice = await service.ChoiceAsync(view);
            await service.Redis.ClearAsync();
            var before = await service.Redis.BytesAsync();
            one[3] = await service.RunAsync(view, CachePolicy.Always);
            bytes = await service.Redis.BytesAsync() - before;
            one[4] = await service.RunAsync(view, CachePolicy.Always);

            // The first round compiles, and what things cost is learned.
            for (var i = 0; round > 0 && i < one.Length; i++)
            {
                taken[i].Add(one[i]);
            }
        }

        var line = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{kind,-16}");
        for (var i = 0; i < taken.Length; i++)
        {
            var text = FormattableString.Invariant($"{1e3 * Median(taken[i], t => t.Seconds):F0}, {1e3 * Median(taken[i], t => t.Cpu):F0}");
            line.Append(text.PadLeft(i == 3 ? 15 : 14));
        }

        Console.WriteLine(line.Append(CultureInfo.InvariantCulture, $"{Percent(Median(taken[2], t => t.Found)),12}{choice.Count(c => c.Used),9} of {choice.Count}{(double)bytes / values,14:F2}"));
        foreach (var reason in choice.Select(c => c.Reason).Distinct().Take(2))
        {
            Console.WriteLine($"    {reason}");
        }
    }
}

async Task EditAsync(CachedService service)
{
    Console.WriteLine();
    Console.WriteLine("sums whose windows are edited, so that no column is there but the tiles of the view before may be");
    await service.Redis.ClearAsync();
    await service.RunAsync(View("sum(e.amount) over {0}w"), CachePolicy.Auto);
    var (never, auto) = (new List<Taken>(), new List<Taken>());
    for (var round = 0; round <= rounds; round++)
    {
        // A lag that no round before had.
        var view = View($"sum(e.amount) over {{0}}w lag {round + 1}w");
        var (one, two) = (await service.RunAsync(view, CachePolicy.Never), await service.RunAsync(view, CachePolicy.Auto));
        if (round > 0)
        {
            never.Add(one);
            auto.Add(two);
        }
    }

    Console.WriteLine(FormattableString.Invariant(
        $"never {1e3 * Median(never, t => t.Seconds):F0}, {1e3 * Median(never, t => t.Cpu):F0}; auto {1e3 * Median(auto, t => t.Seconds):F0}, {1e3 * Median(auto, t => t.Cpu):F0}; of the blocks asked for {Percent(Median(auto, t => t.Found))} found"));
}

async Task HangAsync(CachedService service)
{
    Console.WriteLine();
    using var channel = GrpcChannel.ForAddress(service.Url);
    var one = new Calls(new FeatureVectorsService.FeatureVectorsServiceClient(channel), taxi);
    var view = View("sum(rides.fare) over {0}w");
    var (healthy, hanging) = (new List<double[]>(), new List<double[]>());
    for (var round = 0; round <= rounds; round++)
    {
        await service.RunAsync(view, CachePolicy.Always);
        var well = await one.TimeAsync(calls);
        service.Redis.Hold();
        // Streams have noticed when this has ended.
        await foreach (var _ in service.Client.BackfillAsync(LastWeek(view)))
        {
        }

        var ill = await one.TimeAsync(calls);
        service.Redis.GoOn();
        if (round > 0)
        {
            healthy.Add(well);
            hanging.Add(ill);
        }
    }

    Console.WriteLine(FormattableString.Invariant(
        $"one user and week, {calls} calls: p50 {Percentile(healthy, 50):F3} ms, p99 {Percentile(healthy, 99):F3} ms; while Redis hangs p50 {Percentile(hanging, 50):F3} ms, p99 {Percentile(hanging, 99):F3} ms"));
}

BackfillQuery LastWeek(string view) => new()
{
    View = ViewReference.OfText(view),
    Weeks = new WeekSpan($"{taxi.LastWeek:yyyy-MM-dd}", $"{taxi.LastWeek:yyyy-MM-dd}"),
    Cache = CachePolicy.Always,
};

string View(string feature)
{
    var text = new StringBuilder("view: bench\nfeatures:\n");
    foreach (var window in windows)
    {
        text.Append(CultureInfo.InvariantCulture, $"  f{window}: {string.Format(CultureInfo.InvariantCulture, feature, window)}\n");
    }

    return text.ToString();
}

static double Percentile(List<double[]> rounds, int percent) => rounds.Select(times => times[times.Length * percent / 100]).Order().ElementAt(rounds.Count / 2);

static string Percent(double part) => double.IsNaN(part) ? "none asked" : FormattableString.Invariant($"{100 * part:F0}%");

static double Median(List<Taken> all, Func<Taken, double> figure) => all.Select(figure).Order().ElementAt(all.Count / 2);

int Argument(int index, int other) => args.Length > index ? int.Parse(args[index], CultureInfo.InvariantCulture) : other;
