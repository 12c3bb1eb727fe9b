using BenchmarkDotNet.Attributes;
using FeatureService.Bench.Engine;
using FeatureService.Core.Calendar;
using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Execution;
using FeatureService.Engine.Planning;

namespace FeatureService.Bench.Micro;

/// <summary>The sample's view from text to plan to the tasks of a slice, and what it costs to estimate it.</summary>
[MemoryDiagnoser]
public class PlannerBenchmarks
{
    private readonly SyntheticSnapshot _snapshot = new(1);
    private readonly string _text = Text();
    private FeatureView _view = null!;
    private Plan _plan = null!;

    /// <summary>Number of weeks that a plan is laid on.</summary>
    [Params(1, 260)]
    public int WeekCount { get; set; }

    /// <summary>Binds and plans the view.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _view = Bind();
        _plan = CreatePlan();
    }

    /// <summary>From text to a bound view.</summary>
    [Benchmark]
    public FeatureView Bind()
    {
        var compiled = ViewCompiler.Compile(_text, "view.yaml", _snapshot.Catalog);
        return compiled.View ?? throw new InvalidOperationException(string.Join('\n', compiled.Diagnostics));
    }

    /// <summary>From a bound view to a plan.</summary>
    [Benchmark]
    public Plan CreatePlan() => Plan.Create(_snapshot, _view, _view.Columns);

    /// <summary>A plan that is laid on weeks, a slice cut into tasks; nothing is computed.</summary>
    [Benchmark]
    public int CutSlice()
    {
        using var run = RowsRun.OfSlice(CreatePlan(), new SliceId(0, 0), new WeekRange(_snapshot.FirstWeek, WeekCount));
        return run.TaskCount;
    }

    /// <summary>What a plan of a slice will cost.</summary>
    [Benchmark]
    public PlanCost Estimate() => PlanCost.Of(_plan, GridCounts.Of(
        _plan, new WeekRange(_snapshot.FirstWeek, WeekCount), [new SliceCount(new SliceId(0, 0), _snapshot.EntityCount(default))]));

    private static string Text()
    {
        using var reader = new StreamReader(typeof(PlannerBenchmarks).Assembly.GetManifestResourceStream("view.yaml")!);
        return reader.ReadToEnd();
    }
}
