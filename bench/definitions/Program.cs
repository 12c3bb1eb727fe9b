using System.Diagnostics;
using System.Globalization;
using FeatureService.Cli.CommandLine;
using FeatureService.Cli.Demo;
using FeatureService.Contracts.V1;
using FeatureService.Core.Calendar;
using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions;
using FeatureService.Samples.Taxi;
using Grpc.Net.Client;

// Usage: DefinitionsBench [calls]: what definitions cost: a view of a thousand features from text to bound, and small requests that carry
// the text of a view against those that name it.
var calls = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 3000;
Bind(1_000);
await CallAsync();

static void Bind(int features)
{
    string[] shapes =
    [
        "count(rides where payment = 'cash') over {0}d", "sum(rides.fare * 1.0 / km where km > 0) over {0}d", "quantile(rides.fare, 0.9) over {0}d lag 7d",
        "f{1} / (1 + count(rides) over {0}d)", "case when avg(rides.km) over {0}d > 5 then 1 else f{1} end",
    ];
    var lines = Enumerable.Range(0, features).Select(i => string.Create(
        CultureInfo.InvariantCulture, $"  f{i}: \"{string.Format(CultureInfo.InvariantCulture, shapes[i % shapes.Length], 7 + (i % 350), i - (i % shapes.Length))}\"\n"));
    var text = "view: v\nfeatures:\n" + string.Concat(lines);
    var times = new List<double>();
    for (var round = 0; round < 25; round++)
    {
        var watch = Stopwatch.StartNew();
        var result = ViewCompiler.Compile(text, "v.view.yaml", Catalog());
        times.Add(watch.Elapsed.TotalMilliseconds);
        if (result.View?.Columns.Length != features)
        {
            throw new InvalidOperationException(string.Join('\n', result.Diagnostics));
        }
    }

    Console.WriteLine(FormattableString.Invariant(
        $"a view of {features:N0} features, {text.Length:N0} characters: first {times[0]:F1} ms, median of the others {Median(times[1..]):F1} ms"));
}

static Catalog Catalog() => new()
{
    EntityName = "user_id",
    EntityType = EntityKeyType.Int64,
    Calendar = new WeekCalendar(FeatureService.Core.Calendar.ZoneRules.FromTzdb("Asia/Tokyo")!, DayOfWeek.Monday),
    Sources =
    [
        new EventSource
        {
            Name = "rides",
            Columns =
            [
                new SourceColumn("at", FeatureService.Core.Columns.ColumnType.Timestamp), new SourceColumn("fare", FeatureService.Core.Columns.ColumnType.Int64),
                new SourceColumn("km", FeatureService.Core.Columns.ColumnType.Float64), new SourceColumn("payment", FeatureService.Core.Columns.ColumnType.String),
            ],
            TimeColumn = 0,
            Reading = "",
        },
    ],
};

// Three kinds of calls in turn: what disturbs one disturbs all.
async Task CallAsync()
{
    var folder = Directory.CreateTempSubdirectory("definitions-").FullName;
    try
    {
        TaxiSample.Write(folder, new TaxiOptions { Users = 2_000 });
        var snapshot = Path.Combine(folder, "snapshot");
        await CommandRunner.RunAsync(["snapshot", "build", "--catalog", Path.Combine(folder, TaxiSample.CatalogFile), "--out", snapshot], TextWriter.Null, Console.Error, default);
        await using var process = LocalService.Start(
            (Path.Combine(AppContext.BaseDirectory, "featurectl"), []), snapshot, Path.Combine(folder, TaxiSample.ViewsFolder), Path.Combine(folder, "service.log"));
        await process.WaitUntilReadyAsync(TimeProvider.System, default);
        using var channel = GrpcChannel.ForAddress(process.Url);
        await CompareAsync(new FeatureVectorsService.FeatureVectorsServiceClient(channel), TaxiSample.Text(TaxiSample.ViewFile));
    }
    finally
    {
        Directory.Delete(folder, recursive: true);
    }
}

async Task CompareAsync(FeatureVectorsService.FeatureVectorsServiceClient service, string text)
{
    (string Name, Func<int, ViewSelector> View)[] kinds =
    [
        ("published, by its name", _ => new ViewSelector { Name = TaxiSample.View }),
        ("its text in the request", _ => new ViewSelector { Definition = text }),
        ("text never seen before", call => new ViewSelector { Definition = FormattableString.Invariant($"# {call}\n{text}") }),
    ];
    var times = kinds.Select(_ => new List<double>()).ToArray();
    for (var call = 0; call < calls + 500; call++)
    {
        for (var kind = 0; kind < kinds.Length; kind++)
        {
            var request = new GetFeatureVectorsRequest
            {
                View = kinds[kind].View(call),
                Grid = new Grid { Weeks = new FeatureService.Contracts.V1.WeekRange { First = "2024-W10" }, Keys = new FeatureService.Contracts.V1.EntityKeys { Int64Keys = { 1 + (call % 2_000) } } },
            };
            var watch = Stopwatch.StartNew();
            await service.GetFeatureVectorsAsync(request);
            // The first calls compile.
            if (call >= 500)
            {
                times[kind].Add(watch.Elapsed.TotalMilliseconds);
            }
        }
    }

    foreach (var (kind, time) in kinds.Zip(times))
    {
        Console.WriteLine(FormattableString.Invariant($"one (user, week) of 20 features, {kind.Name,-24} p50 {Median(time),6:F3} ms, p99 {time.Order().ElementAt(time.Count * 99 / 100),6:F3} ms"));
    }
}

static double Median(List<double> times) => times.Order().ElementAt(times.Count / 2);
