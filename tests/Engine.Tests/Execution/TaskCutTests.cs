using FeatureService.Engine.Execution;

namespace FeatureService.Engine.Tests.Execution;

public sealed class TaskCutTests
{
    [Fact]
    public void A_run_ends_before_the_unit_that_is_too_much() =>
        Assert.Equal(3, TaskCut.End(0, 10, _ => (30, 1), eventsMax: 100, valuesMax: 100));

    [Fact]
    public void Values_bound_a_run_as_events_do() =>
        Assert.Equal(2, TaskCut.End(0, 10, _ => (0, 50), eventsMax: 100, valuesMax: 100));

    [Fact]
    public void A_unit_that_alone_is_too_much_is_a_run() =>
        Assert.Equal(5, TaskCut.End(4, 10, _ => (1000, 1000), eventsMax: 100, valuesMax: 100));
}
