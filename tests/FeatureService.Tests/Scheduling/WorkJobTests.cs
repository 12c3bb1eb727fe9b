using System.Collections.Concurrent;
using FeatureService.Scheduling;
using FeatureService.Tests.Support;

namespace FeatureService.Tests.Scheduling;

/// <summary>Who finishes a computation that fails: the one behind whom nothing is left, and nobody else.</summary>
public sealed class WorkJobTests : IDisposable
{
    private static readonly OperationCanceledException _cancelled = new();

    private readonly WorkQueue _queue = new(1, _ => { });
    private readonly WorkJob _job;

    public WorkJobTests() => _job = new WorkJob(_queue.Open(WorkLane.Backfill), new TestWork("w", 3, new ConcurrentQueue<string>()), default);

    public void Dispose() => _queue.Dispose();

    [Fact]
    public void Steps_are_the_beginning_and_each_task_once()
    {
        Assert.Equal(WorkJob.BeginStep, Take());
        Assert.Null(Take());
        Assert.False(_job.IsDry);
        Assert.True(_job.OpenTasks(2));
        Assert.False(_job.EndStep());
        Assert.Equal([0, 1], [Take(), Take()]);
        Assert.Null(Take());
        Assert.True(_job.IsDry);
        Assert.False(_job.EndStep());
        Assert.True(_job.EndStep());
    }

    [Fact]
    public void One_that_has_not_begun_is_finished_by_who_fails_it()
    {
        Assert.True(_job.Fail(_cancelled));
        Assert.False(_job.Fail(_cancelled));
        Assert.Null(Take());
        Assert.True(_job.IsDry);
    }

    [Fact]
    public void One_that_begins_is_finished_by_the_worker_that_begins_it()
    {
        Take();

        Assert.False(_job.Fail(_cancelled));
        Assert.False(_job.OpenTasks(3));
        Assert.Null(Take());
        Assert.True(_job.EndStep());
    }

    [Fact]
    public void One_that_runs_is_finished_by_the_last_worker()
    {
        Take();
        _job.OpenTasks(3);
        _job.EndStep();
        Take();
        Take();

        Assert.False(_job.Fail(_cancelled));
        Assert.False(_job.EndStep());
        Assert.True(_job.EndStep());
        Assert.False(_job.Fail(_cancelled));
    }

    [Fact]
    public void One_between_two_tasks_is_finished_by_who_fails_it()
    {
        Take();
        _job.OpenTasks(3);
        _job.EndStep();
        Take();
        _job.EndStep();

        Assert.True(_job.Fail(_cancelled));
    }

    [Fact]
    public async Task The_first_failure_is_the_one_that_is_told()
    {
        _job.Fail(new InvalidDataException("first"));
        _job.Fail(_cancelled);
        _job.Tell();

        Assert.Equal("first", (await Assert.ThrowsAsync<InvalidDataException>(() => _job.Done)).Message);
    }

    private int? Take() => _job.TryTakeStep(out var step) ? step : null;
}
