using FeatureService.Core.Calendar;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Execution;
using FeatureService.Engine.Planning;
using FeatureService.Engine.Tests.Oracle;
using FeatureService.Testing;

namespace FeatureService.Engine.Tests.Execution;

/// <summary>What computing vectors takes from the garbage collector: nothing that grows with their number.</summary>
public sealed class AllocationTests
{
    private const int Entities = 100;
    private const int FewWeeks = 60;
    private const int ManyWeeks = 4 * FewWeeks;

    // Code is compiled, and every workspace, table and pool has grown to what it needs.
    private const int WarmUps = 3;

    private const int RoundsMax = 20;

    private static readonly GeneratedSnapshot Snapshot = new(Entities, eventsPerEntity: 80, ManyWeeks - 20, slices: 1);

    public static TheoryData<string> Definitions =>
    [
        .. EveryAggregate.Aggregates.Select(aggregate => string.Format(System.Globalization.CultureInfo.InvariantCulture, aggregate, "e"))
            .Select(call => $"{call}) over 6w"),
        "sum(e.f) over 45d lag 3h", "decayed_sum(e.f, 2w) over all", "median(e.f) over last 5 events", "count_distinct(e.s) over last 5 events",
        "count(e where s = 'app' and i > 0) over 6w / count(e) over all", "coalesce(sum(e.i) over 6w, 0) * 2",
        "case when count(e) over 6w > 3 then last(e.s) over 6w else 'few' end",
    ];

    [Theory]
    [MemberData(nameof(Definitions))]
    public void Four_times_the_weeks_allocate_as_much_as_one(string definition)
    {
        var compiled = ViewCompiler.Compile($"view: one\nfeatures: {{x: \"{definition}\"}}\nnumbers: float32", "one.view.yaml", Snapshot.Catalog);
        Assert.True(compiled.View is not null, string.Join('\n', compiled.Diagnostics));
        var plan = Plan.Create(Snapshot, compiled.View, compiled.View.Columns);
        Allocated(plan, ManyWeeks);
        var (few, many) = (Allocated(plan, FewWeeks), Allocated(plan, ManyWeeks));
        for (var round = 0; few != many && round < RoundsMax; round++)
        {
            // Between the two the runtime may have compiled the code once more, for fewer allocations.
            (few, many) = (Math.Min(few, Allocated(plan, FewWeeks)), Math.Min(many, Allocated(plan, ManyWeeks)));
        }

        Assert.Equal(few, many);
    }

    /// <summary>Bytes that the one task of a run allocates once all is warm.</summary>
    private static long Allocated(Plan plan, int weeks)
    {
        var range = new WeekRange(Snapshot.Catalog.Calendar.WeekOf(GeneratedEvents.Start), weeks);
        var least = long.MaxValue;
        for (var round = 0; round <= WarmUps; round++)
        {
            using var run = RowsRun.OfSlice(plan, default, range);
            Assert.Equal(1, run.TaskCount);
            var before = GC.GetAllocatedBytesForCurrentThread();
            run.RunTask(0, CancellationToken.None);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            foreach (var block in run.Complete())
            {
                block.Dispose();
            }
        }

        return least;
    }
}
