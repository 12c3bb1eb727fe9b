using FeatureService.Core.Calendar;
using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Execution;
using FeatureService.Engine.Planning;
using FeatureService.Engine.Reference;
using FeatureService.Testing;

namespace FeatureService.Engine.Tests.Oracle;

/// <summary>A slice of many entities and weeks: several tasks, several blocks.</summary>
public sealed class LargeSliceTests
{
    private const int Entities = 1100;
    private const int WeekCount = 250;

    // A prime, so that the weeks that are compared differ from entity to entity.
    private const int RowsPerComparison = 241;

    private const string View = """
        view: large
        features:
          total: sum(e.f) over 13w
          head: avg(e.f where i > 0) over 40d lag 30h
          text: last(e.s) over 26w
          kinds: count_distinct(e.s) over 26w
          ever: max(e.b) over all
          middle: median(e.f) over 26w
          mix: entropy(e.s where b) over all
          often: top(e.s, 2) over 13w lag 5d
          tail: kurtosis(e.f) over 26w
          trend: slope(e.f) over all
          faded: decayed_sum(e.f, 3w) over all lag 30h
          latest: stddev_samp(e.f where i > 0) over last 7 events
          best: max_by(e.s, f) over 52w
          gap: longest_gap_days(e.f) over 26w
          weeks: series(active_days(e) over 3w lag 1w, 3)
          kind: count(e) over 52w by s in ('app', 'cash')
        labels:
          soon: sum(e.i) over next 2w
        """;

    [Fact]
    public void Rows_of_several_blocks_and_tasks_have_the_bits_of_the_reference()
    {
        var plan = Plan();
        var weeks = Weeks(plan);
        var actual = Answer.OfGrid(plan, weeks);
        Assert.Equal(Entities * WeekCount, actual.Count);
        var reference = new ReferenceEvaluator(plan.Snapshot);
        for (var row = 0; row < actual.Count; row += RowsPerComparison)
        {
            var (key, week) = (EntityKey.Of(plan.Snapshot.Slice(default).Keys.Numbers[row / WeekCount]), weeks[row % WeekCount]);
            Expected.Equal(plan, [.. Expected.OfEntity(reference, plan.Columns, key, [week])], [actual[row]]);
        }
    }

    [Fact]
    public void A_block_ends_at_the_last_whole_entity_below_its_limit_of_rows()
    {
        var plan = Plan();
        using var run = RowsRun.OfSlice(plan, default, Weeks(plan));
        Assert.True(run.TaskCount > 1);
        Parallel.For(0, run.TaskCount, task => run.RunTask(task, CancellationToken.None));
        var blocks = run.Complete();
        const int EntitiesPerBlock = (1 << 18) / WeekCount;
        Assert.Equal([EntitiesPerBlock * WeekCount, (Entities - EntitiesPerBlock) * WeekCount], blocks.Select(block => block.RowCount));
        foreach (var block in blocks)
        {
            block.Dispose();
        }
    }

    private static Plan Plan()
    {
        var snapshot = new GeneratedSnapshot(Entities, eventsPerEntity: 60, WeekCount - 20, slices: 1);
        var view = ViewCompiler.Compile(View, "large.view.yaml", snapshot.Catalog).View!;
        return Engine.Planning.Plan.Create(snapshot, view, view.Columns);
    }

    private static WeekRange Weeks(Plan plan) => new(plan.Snapshot.Catalog.Calendar.WeekOf(GeneratedEvents.Start), WeekCount);
}
