using BenchmarkDotNet.Attributes;
using FeatureService.Bench.Engine;
using FeatureService.Core.Calendar;
using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Execution;
using FeatureService.Engine.Planning;

namespace FeatureService.Bench.Micro;

/// <summary>One aggregate over a slice: 1,024 users in all 260 weeks, 266,240 values; the time of the slice and the bytes it allocates.</summary>
[MemoryDiagnoser]
public class KernelBenchmarks
{
    private static readonly SyntheticSnapshot Snapshot = new(1);

    private Plan _plan = null!;

    /// <summary>Aggregates: each at least once, and the forms of windows that take ways of their own.</summary>
    public static IEnumerable<string> Definitions =>
    [
        "count(rides) over 13w",
        "count(rides) over 36h",
        "count(rides) over 90d",
        "count(rides where payment = 'cash') over 13w",
        "count(rides where hour(picked_up_at) < 5) over 13w",
        "sum(rides.fare) over 13w",
        "sum(rides.km) over 13w",
        "sum(rides.km) over 45d lag 3h",
        "sum(rides.km) over all",
        "sum(rides.km) over last 10 events",
        "avg(rides.fare) over 13w",
        "avg(rides.km) over 13w",
        "min(rides.rating) over 52w",
        "max(rides.km) over 26w",
        "stddev_samp(rides.fare) over 52w",
        "var_pop(rides.km) over 13w",
        "skewness(rides.km) over 26w",
        "kurtosis(rides.km) over 26w",
        "slope(rides.km) over 26w",
        "decayed_sum(rides.km, 7d) over 13w",
        "decayed_count(rides, 7d) over 13w",
        "first(rides.km) over 52w",
        "last(rides.area) over 52w",
        "nth_last(rides.km, 3) over 26w",
        "min_by(rides.area, km) over 13w",
        "max_by(rides.area, km) over 13w",
        "days_since_first(rides) over all",
        "days_since_last(rides) over 52w",
        "avg_gap_days(rides) over 13w",
        "longest_gap_days(rides) over 13w",
        "active_days(rides) over 13w",
        "active_weeks(rides) over 13w",
        "count_distinct(rides.area) over 13w",
        "median(rides.km) over 52w",
        "quantile(rides.fare, 0.9) over 13w",
        "mode(rides.area) over 13w",
        "top(rides.area, 2) over 13w",
        "entropy(rides.area) over 13w",
    ];

    /// <summary>The definition.</summary>
    [ParamsSource(nameof(Definitions))]
    public string Definition { get; set; } = "";

    /// <summary>Plans the definition and makes the snapshot's events.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var compiled = ViewCompiler.Compile($"view: one\nfeatures: {{x: \"{Definition}\"}}\n", "one.view.yaml", Snapshot.Catalog);
        var view = compiled.View ?? throw new InvalidOperationException(string.Join('\n', compiled.Diagnostics));
        _plan = Plan.Create(Snapshot, view, view.Columns);
    }

    /// <summary>Computes the slice.</summary>
    [Benchmark(OperationsPerInvoke = 1024 * SyntheticSnapshot.WeekCount)]
    public int Value()
    {
        using var run = RowsRun.OfSlice(_plan, new SliceId(0, 0), new WeekRange(Snapshot.FirstWeek, SyntheticSnapshot.WeekCount));
        for (var task = 0; task < run.TaskCount; task++)
        {
            run.RunTask(task, CancellationToken.None);
        }

        var rows = 0;
        foreach (var block in run.Complete())
        {
            rows += block.RowCount;
            block.Dispose();
        }

        return rows;
    }
}
