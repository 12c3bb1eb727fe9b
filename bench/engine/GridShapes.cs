using System.Globalization;
using FeatureService.Core.Calendar;
using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Execution;
using FeatureService.Engine.Planning;

namespace FeatureService.Bench.Engine;

/// <summary>
/// CPU time by value of requests of a million values and more: few and many features, weeks and entities, and how far the dearest shape of
/// a view lies above the cheapest. Slices repeat where there are more than the snapshot has.
/// </summary>
internal static class GridShapes
{
    private const int Slices = 24;
    private const int Rounds = 3;
    private const long ValuesMin = 1_000_000;
    private const int EntitiesPerSlice = 1024;

    private static readonly int[] WeekCounts = [1, 13, 52, 260];
    private static readonly int[] SliceCounts = [1, 10, 98, 977];

    /// <summary>Prints a line for each view and number of weeks, a column for each number of entities.</summary>
    public static void Print()
    {
        var snapshot = new SyntheticSnapshot(Slices);
        Console.WriteLine($"{"ns of CPU by value; entities",-44}{string.Concat(SliceCounts.Select(slices => Text($"{slices * EntitiesPerSlice,12:N0}")))}");
        foreach (var (name, features) in Views())
        {
            var plan = PlanOf(snapshot, features);
            var costs = new List<double>();
            foreach (var weeks in WeekCounts)
            {
                Console.Write(Text($"{name + ", " + weeks + " weeks",-44}"));
                foreach (var slices in SliceCounts)
                {
                    var values = (long)slices * EntitiesPerSlice * weeks * plan.Columns.Count;
                    if (values >= ValuesMin)
                    {
                        costs.Add(Seconds(plan, slices, weeks) * 1e9 / values);
                    }

                    Console.Write(values < ValuesMin ? $"{"",12}" : Text($"{costs[^1],12:F2}"));
                }

                Console.WriteLine();
            }

            Console.WriteLine(Text($"{name + ": the dearest",-44}{costs.Max() / costs.Min(),11:F1}x the cheapest; goal at most 2x"));
        }
    }

    private static IEnumerable<(string Name, string[] Features)> Views() =>
    [
        ("1 feature", ["count(rides) over 4w"]),
        ("20 features", []),
        ("200 features",
            [.. Enumerable.Range(2, 50).SelectMany(weeks => (string[])
            [
                Text($"count(rides) over {weeks}w"),
                Text($"sum(rides.km) over {weeks}w"),
                Text($"max(rides.fare) over {weeks}w"),
                Text($"avg(rides.rating where payment = 'card') over {weeks}w"),
            ])]),
        ("10 distinct counts and quantiles over 52w", CostlyView.Features),
    ];

    /// <summary>A plan of some features; of none those of the sample's view.</summary>
    internal static Plan PlanOf(SyntheticSnapshot snapshot, string[] features)
    {
        using var sample = new StreamReader(typeof(GridShapes).Assembly.GetManifestResourceStream("view.yaml")!);
        var text = features.Length == 0
            ? sample.ReadToEnd()
            : "view: shape\nnumbers: float32\nfeatures:\n" + string.Join('\n', features.Select((feature, i) => Text($"  f{i}: \"{feature}\"")));
        var compiled = ViewCompiler.Compile(text, "shape.view.yaml", snapshot.Catalog);
        var view = compiled.View ?? throw new InvalidOperationException(string.Join('\n', compiled.Diagnostics));
        return Plan.Create(snapshot, view, [.. view.Columns.Where(column => column.Role == FeatureRole.Feature)]);
    }

    private static double Seconds(Plan plan, int slices, int weeks)
    {
        var snapshot = (SyntheticSnapshot)plan.Snapshot;
        // The last weeks: what lies before them is history.
        var range = new WeekRange(snapshot.FirstWeek + SyntheticSnapshot.WeekCount - weeks, weeks);
        var times = new List<double>();
        for (var round = 0; round <= Rounds; round++)
        {
            var before = Environment.CpuUsage.TotalTime;
            for (var slice = 0; slice < slices; slice++)
            {
                using var run = RowsRun.OfSlice(plan, new SliceId(0, slice % Slices), range);
                for (var task = 0; task < run.TaskCount; task++)
                {
                    run.RunTask(task, CancellationToken.None);
                }

                foreach (var block in run.Complete())
                {
                    block.Dispose();
                }
            }

            times.Add((Environment.CpuUsage.TotalTime - before).TotalSeconds);
        }

        // The first round compiles.
        return times[1..].Order().ElementAt(Rounds / 2);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
