using System.Diagnostics;
using System.Globalization;
using System.IO.Hashing;
using FeatureService.Bench.Engine;
using FeatureService.Core.Calendar;
using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Execution;
using FeatureService.Engine.Planning;

// Usage: EngineBench [slices] [rounds] [column or definition...]: time per value of the coupon view, or of some of its columns, or of
// definitions, each alone. EngineBench steps [definition...]: what definitions cost by event and by cell, the source of the cost model's
// rates. EngineBench cost: the model's estimates beside what shapes take that it was not made from. EngineBench grids: CPU time by value of
// large requests of many shapes.
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
}

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
    var single = Digest(features, 1);
    Console.WriteLine($"bits {single}, with 2 threads the same: {single == Digest(features, 2)}");
}

return 0;

FeatureColumn Defined(string definition)
{
    var one = ViewCompiler.Compile($"view: one\nfeatures: {{x: \"{definition}\"}}\nnumbers: float32", "one.view.yaml", snapshot.Catalog);
    return one.View?.Columns.Single() ?? throw new ArgumentException(string.Join('\n', one.Diagnostics));
}

void Measure(string what, FeatureColumn[] columns, int threads)
{
    var plan = Plan.Create(snapshot, view, columns);
    var values = (double)slices * 1024 * SyntheticSnapshot.WeekCount * columns.Length;
    var wall = new List<double>();
    var cpu = new List<double>();
    for (var round = 0; round < rounds + 2; round++)
    {
        var before = Environment.CpuUsage.TotalTime;
        var watch = Stopwatch.StartNew();
        Run(plan, threads, _ => { });
        wall.Add(watch.Elapsed.TotalSeconds);
        cpu.Add((Environment.CpuUsage.TotalTime - before).TotalSeconds);
    }

    // The first rounds compile.
    var (time, work) = (Median(wall[2..]), Median(cpu[2..]));
    Console.WriteLine($"{what,-12} {time * 1e9 / values,7:F3} ns a value, {work * 1e9 / values,7:F3} ns of CPU; in all {time:F3} s, {work:F3} s of CPU");
}

static double Median(List<double> times) => times.Order().ElementAt(times.Count / 2);

string Digest(FeatureColumn[] columns, int threads)
{
    var plan = Plan.Create(snapshot, view, columns);
    var hashes = new string[slices];
    Run(plan, threads, done =>
    {
        var hash = new XxHash128();
        foreach (var column in done.Blocks.SelectMany(block => block.Columns))
        {
            hash.Append(column.Data.Span);
            hash.Append(column.Validity.Span);
        }

        hashes[done.Slice] = Convert.ToHexStringLower(hash.GetCurrentHash());
    });
    return Convert.ToHexStringLower(XxHash128.Hash(System.Text.Encoding.ASCII.GetBytes(string.Concat(hashes))));
}

// Threads take whole slices; tasks of a slice run one behind the other.
void Run(Plan plan, int threads, Action<(int Slice, IReadOnlyList<FeatureBlock> Blocks)> done)
{
    var next = -1;
    var workers = Enumerable.Range(0, threads).Select(_ => new Thread(() =>
    {
        for (var slice = Interlocked.Increment(ref next); slice < slices; slice = Interlocked.Increment(ref next))
        {
            using var run = RowsRun.OfSlice(plan, new SliceId(0, slice), new WeekRange(snapshot.FirstWeek, SyntheticSnapshot.WeekCount));
            for (var task = 0; task < run.TaskCount; task++)
            {
                run.RunTask(task, CancellationToken.None);
            }

            var blocks = run.Complete();
            done((slice, blocks));
            foreach (var block in blocks)
            {
                block.Dispose();
            }
        }
    })).ToArray();
    Array.ForEach(workers, worker => worker.Start());
    Array.ForEach(workers, worker => worker.Join());
}
