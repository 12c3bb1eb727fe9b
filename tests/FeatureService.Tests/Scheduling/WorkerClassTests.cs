using System.Collections.Concurrent;
using FeatureService.Scheduling;
using FeatureService.Tests.Support;

namespace FeatureService.Tests.Scheduling;

/// <summary>Which threads run what; where the order matters, the test itself is the worker.</summary>
public sealed class WorkerClassTests
{
    private readonly ConcurrentQueue<string> _log = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Interactive_work_goes_before_backfills_but_never_starves_them()
    {
        using var queue = new WorkQueue(1, job => job.Tell());
        var backfill = queue.Open(WorkLane.Backfill).RunAsync(new TestWork("b", 1, _log), Cancellation);
        var interactive = queue.Open(WorkLane.Interactive).RunAsync(new TestWork("i", 30, _log), Cancellation);

        while (queue.TryRunNext(WorkerClass.Interactive))
        {
        }

        await Task.WhenAll(backfill, interactive);
        var order = _log.ToList();
        Assert.Equal(33, order.Count);
        Assert.Equal((10, 21), (order.IndexOf("b begin"), order.IndexOf("b 0")));
    }

    [Fact]
    public void Interactive_workers_leave_backfills_alone_that_go_on_by_themselves()
    {
        using var queue = new WorkQueue(2, job => job.Tell());
        _ = queue.Open(WorkLane.Interactive).RunAsync(new TestWork("i", 100, _log), Cancellation);
        _ = queue.Open(WorkLane.Backfill).RunAsync(new TestWork("b", 100, _log), Cancellation);

        for (var round = 0; round < 10; round++)
        {
            for (var i = 0; i < 9; i++)
            {
                Assert.True(queue.TryRunNext(WorkerClass.Interactive));
                Assert.StartsWith("i", _log.Last(), StringComparison.Ordinal);
            }

            Assert.True(queue.TryRunNext(WorkerClass.Background));
            Assert.StartsWith("b", _log.Last(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Background_workers_begin_nothing_while_all_interactive_ones_are_busy()
    {
        using var queue = new WorkQueue(1, job => job.Tell());
        var ranMeanwhile = new List<bool>();
        void Meanwhile() => ranMeanwhile.Add(queue.TryRunNext(WorkerClass.Background));
        _ = queue.Open(WorkLane.Backfill).RunAsync(new TestWork("b", 1, _log), Cancellation);
        _ = queue.Open(WorkLane.Interactive).RunAsync(new TestWork("i", 1, _log, (_, _) => Meanwhile(), Meanwhile), Cancellation);

        Assert.True(queue.TryRunNext(WorkerClass.Interactive));
        Assert.True(queue.TryRunNext(WorkerClass.Interactive));

        Assert.Equal([false, false], ranMeanwhile);
        Assert.Equal(["i begin", "i 0"], _log);
        Assert.True(queue.TryRunNext(WorkerClass.Background));
    }

    [Fact]
    public async Task Background_workers_that_were_held_back_go_on_when_an_interactive_one_has_nothing_to_do()
    {
        using var pool = new WorkerPool(1, WorkerPolicy.Normal);
        using var held = new SemaphoreSlim(0);
        using var gate = new ManualResetEventSlim();
        var interactive = pool.Queue.Open(WorkLane.Interactive).RunAsync(Held("i", 1, held, gate), Cancellation);
        await held.WaitAsync(Cancellation);
        var backfill = pool.Queue.Open(WorkLane.Backfill).RunAsync(new TestWork("b", 1, _log), Cancellation);

        gate.Set();
        await Task.WhenAll(interactive, backfill);

        Assert.Equal(["i begin", "i 0", "b begin", "b 0"], _log);
    }

    [Fact]
    public async Task Interactive_work_does_not_wait_for_backfills_that_hold_every_worker_of_theirs()
    {
        using var pool = new WorkerPool(2, WorkerPolicy.Normal);
        using var held = new SemaphoreSlim(0);
        using var gate = new ManualResetEventSlim();
        var backfill = pool.Queue.Open(WorkLane.Backfill).RunAsync(Held("b", 10, held, gate), Cancellation);
        await held.WaitAsync(Cancellation);
        await held.WaitAsync(Cancellation);

        await pool.Queue.Open(WorkLane.Interactive).RunAsync(new TestWork("i", 5, _log), Cancellation);

        Assert.False(backfill.IsCompleted);
        Assert.Equal((0, 2), (pool.Queue.BusyCount(WorkerClass.Interactive), pool.Queue.BusyCount(WorkerClass.Background)));
        gate.Set();
        await backfill;
    }

    [Theory]
    [InlineData(WorkLane.Interactive)]
    [InlineData(WorkLane.Backfill)]
    public async Task One_work_alone_has_every_worker_of_its_class(WorkLane lane)
    {
        using var pool = new WorkerPool(3, WorkerPolicy.Normal);
        using var together = new Barrier(3);

        await pool.Queue.Open(lane).RunAsync(new TestWork("w", 3, _log, (_, _) => together.SignalAndWait(Cancellation)), Cancellation);

        Assert.Equal(1, together.CurrentPhaseNumber);
    }

    [Fact]
    public void A_background_worker_leaves_telling_to_another_thread()
    {
        var toTell = new List<WorkJob>();
        using var queue = new WorkQueue(1, toTell.Add);
        var backfill = queue.Open(WorkLane.Backfill).RunAsync(new TestWork("b", 1, _log), Cancellation);

        while (queue.TryRunNext(WorkerClass.Background))
        {
        }

        var done = Assert.Single(toTell);
        Assert.False(done.Done.IsCompleted || backfill.IsCompleted);
        Assert.Equal(0, queue.Count);
        done.Tell();
        Assert.True(done.Done.IsCompletedSuccessfully);
    }

    private TestWork Held(string name, int tasks, SemaphoreSlim held, ManualResetEventSlim gate) => new(name, tasks, _log, (_, _) =>
    {
        held.Release();
        gate.Wait(Cancellation);
    });
}
