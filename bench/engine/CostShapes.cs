using System.Globalization;
using FeatureService.Core.Calendar;
using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Execution;
using FeatureService.Engine.Planning;

namespace FeatureService.Bench.Engine;

/// <summary>
/// The estimates of the cost model beside what runs take: a first run teaches the machine's speed, as backfills teach a service; then
/// come shapes of another kind, that no rate was made from.
/// </summary>
internal static class CostShapes
{
    private const int Slices = 4;
    private const int Rounds = 7;
    private const double FactorMax = 2;

    private static readonly (string Name, double Density, int First, WeekRange Weeks, string[] Features)[] Shapes =
    [
        ("twenty features of the sample, one year", 1, 208, new WeekRange(0, 52), []),
        ("ratios of distinct values, medians and modes, 8 times the events", 8, 0, new WeekRange(0, 260),
        [
            "count_distinct(rides.area where payment = 'cash') over 26w",
            "median(rides.fare) over 8w / median(rides.fare) over 52w",
            "mode(rides.area where hour(picked_up_at) < 6) over 13w",
            "count(app_opens where platform = 'ios') over 4w",
        ]),
        ("windows of days and hours, every fourth week", 2, 52, new WeekRange(0, 52, 4),
        [
            "sum(rides.km) over 90d",
            "avg(rides.km / rides.minutes) over 45d",
            "stddev_samp(rides.fare) over 180d",
            "count(app_opens) over 36h",
            "max(coupons.value where action = 'used') over 30d",
            "sum(rides.km) over last 5 events",
        ]),
        ("two hundred features, half a year", 1, 100, new WeekRange(0, 26),
            [.. Enumerable.Range(2, 50).SelectMany(weeks => (string[])
            [
                Text($"count(rides) over {weeks}w"),
                Text($"sum(rides.km) over {weeks}w"),
                Text($"max(rides.fare) over {weeks}w"),
                Text($"avg(rides.rating where payment = 'card') over {weeks}w"),
            ])]),
        ("one count, one week", 1, 259, new WeekRange(0, 1), ["count(rides) over 4w"]),
    ];

    /// <summary>Prints one line a shape.</summary>
    /// <returns>1 where an estimate is further off than a factor of two.</returns>
    public static int Print()
    {
        var scale = new CostScale();
        var (taught, took) = Measure(1, new WeekRange(0, SyntheticSnapshot.WeekCount), []);
        // The code is compiled; the time of that does not count.
        scale.Observe(TimeSpan.FromSeconds(CostScale.WarmUpSeconds * CostScale.WarmUpFactor), taught.CpuSeconds);
        scale.Observe(took, taught.CpuSeconds);
        Console.WriteLine(Text($"this machine takes {scale.Ratio:F2} times the model's seconds"));
        Console.WriteLine(Text($"{"ms estimated",12} {"corrected",10} {"measured",10} {"factor",7}"));
        var isGood = true;
        foreach (var (name, density, first, weeks, features) in Shapes)
        {
            var (cost, measured) = Measure(density, weeks with { First = first }, features);
            var corrected = cost.CpuSeconds * scale.Ratio;
            var factor = corrected / measured.TotalSeconds;
            isGood &= factor is >= 1 / FactorMax and <= FactorMax;
            Console.WriteLine(Text(
                $"{cost.CpuSeconds * 1e3,12:F1} {corrected * 1e3,10:F1} {measured.TotalMilliseconds,10:F1} {factor,7:F2}  {name}: {cost.Events:N0} events, {cost.Cells:N0} cells"));
        }

        return isGood ? 0 : 1;
    }

    private static (PlanCost Cost, TimeSpan Took) Measure(double density, WeekRange weeks, string[] features)
    {
        var snapshot = new SyntheticSnapshot(Slices, density);
        var view = Compile(snapshot, features);
        weeks = weeks with { First = snapshot.FirstWeek + weeks.First };
        var plan = Plan.Create(snapshot, view, [.. view.Columns]);
        SliceId[] slices = [.. Enumerable.Range(0, Slices).Select(slice => new SliceId(0, slice))];
        var counts = GridCounts.Of(plan, weeks, [.. slices.Select(slice => new SliceCount(slice, snapshot.EntityCount(slice)))]);
        var times = new List<TimeSpan>();
        for (var round = 0; round < Rounds + 2; round++)
        {
            var before = Environment.CpuUsage.TotalTime;
            Array.ForEach(slices, slice => Run(plan, slice, weeks));
            times.Add(Environment.CpuUsage.TotalTime - before);
        }

        // The first rounds compile.
        return (PlanCost.Of(plan, counts), times[2..].Order().ElementAt(Rounds / 2));
    }

    private static void Run(Plan plan, SliceId slice, WeekRange weeks)
    {
        using var run = RowsRun.OfSlice(plan, slice, weeks);
        for (var task = 0; task < run.TaskCount; task++)
        {
            run.RunTask(task, CancellationToken.None);
        }

        foreach (var block in run.Complete())
        {
            block.Dispose();
        }
    }

    /// <summary>A view of some features; of none the sample's.</summary>
    private static FeatureView Compile(SyntheticSnapshot snapshot, string[] features)
    {
        using var sample = new StreamReader(typeof(CostShapes).Assembly.GetManifestResourceStream("view.yaml")!);
        var text = features.Length == 0
            ? sample.ReadToEnd()
            : "view: shape\nnumbers: float32\nfeatures:\n" + string.Join('\n', features.Select((feature, i) => Text($"  f{i}: \"{feature}\"")));
        var compiled = ViewCompiler.Compile(text, "shape.view.yaml", snapshot.Catalog);
        return compiled.View ?? throw new InvalidOperationException(string.Join('\n', compiled.Diagnostics));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
