using System.Diagnostics;
using System.Globalization;
using System.IO.Hashing;
using FeatureService.Bench.Engine;
using FeatureService.Bench.MainJob.Report;
using FeatureService.Core.Calendar;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Execution;
using FeatureService.Engine.Planning;

// Usage: EngineBench [slices] [rounds] [column or definition...]: time per value of the coupon view, or of some of its columns, or of
// definitions, each alone. EngineBench steps [definition...]: what definitions cost by event and by cell, the source of the cost model's
// rates. EngineBench cost: the model's estimates beside what shapes take that it was not made from. EngineBench grids: CPU time by value of
// large requests of many shapes. EngineBench duckdb [slices]: distinct counts and quantiles beside DuckDB.
switch (args)
{
    case ["steps", .. var wanted]:
        StepCosts.Print(wanted);
        return 0;
    case ["cost"]:
        return CostShapes.Print();
    case ["grids"]:
        GridShapes.Print();
        return 0;
    case ["duckdb", .. var most]:
        return DuckDbShapes.Print(most.Length > 0 ? int.Parse(most[0], CultureInfo.InvariantCulture) : 98);
}

// DESIGN.md section 11: two workers, output into fresh memory.
const double GoalNanoseconds = 0.35;
var slices = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 98;
var rounds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 5;
var snapshot = new SyntheticSnapshot(slices);
using var text = new StreamReader(typeof(SyntheticSnapshot).Assembly.GetManifestResourceStream("view.yaml")!);
var result = ViewCompiler.Compile(text.ReadToEnd(), "view.yaml", snapshot.Catalog);
var view = result.View ?? throw new InvalidOperationException(string.Join('\n', result.Diagnostics));
var features = view.Columns.Where(column => column.Role == FeatureRole.Feature).ToArray();
Console.WriteLine($"{snapshot.EventCount:N0} events, {slices * 1024:N0} users, {SyntheticSnapshot.WeekCount} weeks");
if (args.Length > 2)
{
    var names = args[2] == "each" ? [.. features.Select(column => column.Name)] : args[2..];
    foreach (var name in names)
    {
        Measure(name, [name.Contains('(', StringComparison.Ordinal) ? Defined(name) : view.Columns.Single(column => column.Name == name)], 1);
    }
}
else
{
    Measure("1 thread", features, 1);
    Measure("2 threads", features, 2);
    Measure("2 threads, fresh memory", features, 2, isFresh: true);
    Console.WriteLine($"{"goal, fresh memory",-24} {GoalNanoseconds,7:F3} ns a value");
    TellFill("fill, fresh memory", FillRate.GigabytesPerSecond());
    TellFill("fill, fresh huge pages", FillRate.HugePagesGigabytesPerSecond());
    TellFill("fill, used memory", FillRate.ReusedGigabytesPerSecond());
    TellFill("fill, a block of 24 MB", FillRate.ReusedGigabytesPerSecond(24 << 20));
    var single = Digest(features, 1);
    Console.WriteLine($"bits {single}, with 2 threads the same: {single == Digest(features, 2)}");
}

return 0;

FeatureColumn Defined(string definition)
{
    var one = ViewCompiler.Compile($"view: one\nfeatures: {{x: \"{definition}\"}}\nnumbers: float32", "one.view.yaml", snapshot.Catalog);
    return one.View?.Columns.Single() ?? throw new ArgumentException(string.Join('\n', one.Diagnostics));
}

// Into fresh memory: blocks are kept, so that each column is written into pages that the system gives just then; behind a run they go back.
void Measure(string what, FeatureColumn[] columns, int threads, bool isFresh = false)
{
    var plan = Plan.Create(snapshot, view, columns);
    var values = (double)slices * 1024 * SyntheticSnapshot.WeekCount * columns.Length;
    var wall = new List<double>();
    var cpu = new List<double>();
    for (var round = 0; round < rounds + 2; round++)
    {
        var kept = new IReadOnlyList<FeatureBlock>[slices];
        var before = Environment.CpuUsage.TotalTime;
        var watch = Stopwatch.StartNew();
        SliceRuns.Run(plan, slices, AllWeeks(), threads, isFresh ? (slice, blocks) => kept[slice] = blocks : (_, blocks) => SliceRuns.Release(blocks));
        wall.Add(watch.Elapsed.TotalSeconds);
        cpu.Add((Environment.CpuUsage.TotalTime - before).TotalSeconds);
        if (isFresh)
        {
            Array.Clear(kept);
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }
    }

    // The first rounds compile.
    var (time, work) = (Median(wall[2..]), Median(cpu[2..]));
    Console.WriteLine($"{what,-24} {time * 1e9 / values,7:F3} ns a value, {work * 1e9 / values,7:F3} ns of CPU; in all {time:F3} s, {work:F3} s of CPU; {values * sizeof(float) / time / 1e9:F2} GB/s of values");
}

// What the machine allows: two threads that only write.
static void TellFill(string what, double gigabytesPerSecond) =>
    Console.WriteLine($"{what,-24} {sizeof(float) / gigabytesPerSecond,7:F3} ns a float32; {gigabytesPerSecond:F2} GB/s");

static double Median(List<double> times) => times.Order().ElementAt(times.Count / 2);

string Digest(FeatureColumn[] columns, int threads)
{
    var plan = Plan.Create(snapshot, view, columns);
    var hashes = new string[slices];
    SliceRuns.Run(plan, slices, AllWeeks(), threads, (slice, blocks) =>
    {
        var hash = new XxHash128();
        foreach (var column in blocks.SelectMany(block => block.Columns))
        {
            hash.Append(column.Data.Span);
            hash.Append(column.Validity.Span);
        }

        hashes[slice] = Convert.ToHexStringLower(hash.GetCurrentHash());
        SliceRuns.Release(blocks);
    });
    return Convert.ToHexStringLower(XxHash128.Hash(System.Text.Encoding.ASCII.GetBytes(string.Concat(hashes))));
}

WeekRange AllWeeks() => new(snapshot.FirstWeek, SyntheticSnapshot.WeekCount);
