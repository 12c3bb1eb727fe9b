using FeatureService.Contracts.V1;
using FeatureService.Tests.Support;

namespace FeatureService.Tests.Pipeline;

public sealed class ExplainRpcTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_plan_tells_sources_shared_work_and_size_of_the_backfill_that_follows()
    {
        await using var service = await TestService.StartAsync();

        var plan = await service.Views.ExplainAsync(Request(), cancellationToken: Cancellation);
        using var call = service.Vectors.Backfill(Taxi.Backfill(), cancellationToken: Cancellation);
        var slices = await Received.SlicesAsync(call);

        Assert.Equal((300, 11, 8, 2), (plan.Entities, plan.Weeks, plan.Slices, plan.Workers));
        Assert.InRange(plan.Tasks, 8, 8);
        Assert.Equal(slices.Sum(s => (long)s.End.Rows), plan.Cost.Rows);
        Assert.Equal(plan.Cost.Rows * 5, plan.Cost.Cells);
        Assert.InRange(plan.Cost.Bytes, slices.Sum(s => s.Messages.Sum(m => (long)m.Payload.Length)) / 2, slices.Sum(s => s.Messages.Sum(m => (long)m.Payload.Length)) * 2);
        Assert.Equal(["opens_4w", "fare_13w", "km_13w", "last_area", "opens_next"], plan.Columns.Select(c => c.Name));
        Assert.All(plan.NormalForms, (form, i) => Assert.StartsWith(i < 4 ? "feature: " : "label: ", form, StringComparison.Ordinal));
        Assert.Equal(["app_opens", "rides"], plan.Sources.Select(s => s.Name));
        var rides = plan.Sources[1];
        Assert.Equal((3, 3), (rides.AggregatesWritten, rides.Aggregates.Count));
        Assert.Equal(["area", "fare", "km"], rides.Columns.Order());
        Assert.Equal(["fare_13w"], rides.Aggregates.Single(a => a.Text == "sum(rides.fare over 91d)").Columns);
        Assert.InRange(plan.Sources.SelectMany(s => s.Aggregates).Sum(a => a.CpuShare), 0.999, 1.001);
        Assert.InRange(plan.Cost.Seconds, plan.Cost.CpuSeconds / 2, plan.Cost.CpuSeconds);
        Assert.Equal(slices[0].Messages[0].Header.SnapshotId, plan.SnapshotId);
    }

    [Fact]
    public async Task Events_are_those_of_the_windows_of_the_entities_asked_for()
    {
        await using var service = await TestService.StartAsync();
        var few = Request();
        few.Grid.Keys = Taxi.Keys(1, 2, 3);

        var (all, some) = (await service.Views.ExplainAsync(Request(), cancellationToken: Cancellation), await service.Views.ExplainAsync(few, cancellationToken: Cancellation));

        Assert.Equal(3, some.Entities);
        Assert.All(all.Sources, (source, i) =>
        {
            Assert.InRange(source.EventsScanned, 1, source.Events);
            Assert.InRange(some.Sources[i].EventsScanned, 1, source.EventsScanned / 10);
        });
        Assert.Equal(all.Sources.Sum(s => s.EventsScanned), all.Cost.Events);
    }

    [Fact]
    public async Task A_population_is_told_and_its_rows_are_counted()
    {
        await using var service = await TestService.StartAsync();
        var request = Request();
        request.View = new ViewSelector { Definition = Taxi.View + "\npopulation: opens_4w > 1" };

        var plan = await service.Views.ExplainAsync(request, cancellationToken: Cancellation);
        request.Grid.IgnorePopulation = true;
        var ignored = await service.Views.ExplainAsync(request, cancellationToken: Cancellation);

        Assert.Equal((true, false), (plan.HasPopulation, ignored.HasPopulation));
        Assert.Equal(300 * 11, plan.Cost.Rows);
    }

    [Fact]
    public async Task What_a_backfill_would_refuse_is_refused()
    {
        await using var service = await TestService.StartAsync();
        var request = Request();
        request.Columns.Names.Add("opens_4");
        request.Grid.Weeks.Last = "2024-W99";

        var violations = await Expect.ViolationsAsync(service.Views.ExplainAsync(request, cancellationToken: Cancellation));

        Assert.Equal(2, violations.Length);
        Assert.Contains(violations, v => v.Contains("'opens_4'", StringComparison.Ordinal) && v.Contains("opens_4w", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_end_of_a_slice_tells_what_the_workers_took_for_it()
    {
        await using var service = await TestService.StartAsync();

        using var call = service.Vectors.Backfill(Taxi.Backfill(), cancellationToken: Cancellation);
        var slices = await Received.SlicesAsync(call);

        Assert.All(slices, s => Assert.True(s.End.HasCpuMicros));
        Assert.True(!OperatingSystem.IsLinux() || slices.Sum(s => (long)s.End.CpuMicros) > 0);
    }

    private static ExplainRequest Request() => new()
    {
        View = Taxi.Selector,
        Columns = new ColumnSelector { Labels = true },
        Grid = new Grid { Weeks = Taxi.Weeks() },
    };
}
