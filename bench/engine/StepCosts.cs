using FeatureService.Core.Calendar;
using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Execution;
using FeatureService.Engine.Planning;

namespace FeatureService.Bench.Engine;

/// <summary>
/// What single definitions cost by event and by cell: each is timed on the same users with few and with many events, so that the
/// difference tells one from the other. The cost model's constants are differences between these lines.
/// </summary>
internal static class StepCosts
{
    private const int Slices = 4;
    private const int Rounds = 7;
    private const double Dense = 8;

    private static readonly string[] Definitions =
    [
        "1.5",
        "count(rides) over 4w",
        "count(rides) over 52w",
        "count(rides) over all",
        "count(rides) over 90d",
        "count(rides) over 36h",
        "count(rides) over 13w / (1.0 + count(rides) over 26w)",
        "count(rides where payment = 'cash') over 13w",
        "count(rides where payment = 'cash') over 13w + count(rides where payment = 'card') over 13w",
        "count(rides where hour(picked_up_at) < 5) over 13w",
        "count(rides.rating) over 13w",
        "sum(rides.fare) over 13w",
        "avg(rides.fare) over 13w",
        "sum(rides.km) over 13w",
        "sum(rides.km) over 63d",
        "sum(rides.km) over 4w",
        "sum(rides.km) over 90d",
        "sum(rides.km * rides.minutes) over 13w",
        "sum(rides.km) over 4w + sum(rides.km) over 13w",
        "avg(rides.km) over 13w",
        "min(rides.rating) over 13w",
        "max(rides.km) over 13w",
        "stddev_samp(rides.km) over 13w",
        "skewness(rides.km) over 13w",
        "slope(rides.km) over 13w",
        "decayed_sum(rides.km, 7d) over 13w",
        "last(rides.km) over 26w",
        "days_since_last(rides) over 26w",
        "count_distinct(rides.area) over 13w",
        "active_weeks(rides) over 13w",
        "active_days(rides) over 13w",
        "median(rides.km) over 13w",
        "median(rides.km) over 52w",
        "mode(rides.area) over 13w",
        "entropy(rides.area) over 13w",
        "nth_last(rides.km, 3) over 26w",
        "max_by(rides.area, rides.km) over 13w",
        "avg_gap_days(rides) over 13w",
        "longest_gap_days(rides) over 13w",
        "sum(rides.km) over last 10 events",
        "median(rides.km) over last 10 events",
        "ln(1.0 + count(rides) over 13w)",
        "case when count(rides) over 13w > 3 then 1 else 0 end",
    ];

    /// <summary>Prints one line a definition.</summary>
    /// <param name="wanted">The definitions; all where none is named.</param>
    public static void Print(string[] wanted)
    {
        var sparse = new SyntheticSnapshot(Slices);
        var dense = new SyntheticSnapshot(Slices, Dense);
        var (few, many) = (RidesOf(sparse), RidesOf(dense));
        var cells = (double)Slices * 1024 * SyntheticSnapshot.WeekCount;
        Console.WriteLine($"{cells:N0} cells; {few:N0} and {many:N0} rides");
        foreach (var definition in wanted.Length > 0 ? wanted : Definitions)
        {
            try
            {
                var (low, high) = (Seconds(sparse, definition), Seconds(dense, definition));
                var byEvent = (high - low) / (many - few);
                Console.WriteLine($"{byEvent * 1e9,8:F2} ns an event {(low - (byEvent * few)) / cells * 1e9,8:F2} ns a cell   {definition}");
            }
            catch (ArgumentException wrong)
            {
                Console.WriteLine($"{definition}: {wrong.Message}");
            }
        }
    }

    private static double RidesOf(SyntheticSnapshot snapshot) =>
        Enumerable.Range(0, Slices).Sum(slice => (double)snapshot.Slice(new SliceId(0, slice)).Source(1).Count);

    private static double Seconds(SyntheticSnapshot snapshot, string definition)
    {
        var compiled = ViewCompiler.Compile($"view: one\nfeatures: {{x: \"{definition}\"}}\nnumbers: float32", "one.view.yaml", snapshot.Catalog);
        var view = compiled.View ?? throw new ArgumentException(string.Join('\n', compiled.Diagnostics));
        var plan = Plan.Create(snapshot, view, [.. view.Columns]);
        var times = new List<double>();
        for (var round = 0; round < Rounds + 2; round++)
        {
            var before = Environment.CpuUsage.TotalTime;
            for (var slice = 0; slice < Slices; slice++)
            {
                using var run = RowsRun.OfSlice(plan, new SliceId(0, slice), new WeekRange(snapshot.FirstWeek, SyntheticSnapshot.WeekCount));
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

        return times[2..].Order().ElementAt(Rounds / 2);
    }
}
