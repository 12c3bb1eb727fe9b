using System.Collections.Concurrent;
using FeatureService.Scheduling;
using FeatureService.Tests.Support;

namespace FeatureService.Tests.Scheduling;

public sealed class WorkQueueTests
{
    private readonly ConcurrentQueue<string> _log = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_task_runs_once_and_the_result_is_gathered_once()
    {
        using var pool = new WorkerPool(4, WorkerPolicy.Normal);
        var works = Enumerable.Range(0, 50).Select(i => new TestWork($"{i}", i, _log)).ToArray();

        await Task.WhenAll(works.Select(w => pool.Queue.Open(WorkLane.Backfill).RunAsync(w, Cancellation)));

        Assert.All(works, w => Assert.Equal(1, w.Completed));
        Assert.Equal(50 + Enumerable.Range(0, 50).Sum(), _log.Count);
        Assert.Equal(_log.Count, _log.Distinct().Count());
        Assert.Equal(0, pool.Queue.Count);
    }

    [Fact]
    public async Task Requests_take_turns_task_by_task()
    {
        using var pool = new WorkerPool(1, WorkerPolicy.Normal);
        var queued = await QueueBehindGateAsync(pool, WorkLane.Backfill, ("a", WorkLane.Backfill, 3), ("b", WorkLane.Backfill, 3));

        await queued;

        Assert.Equal(["a begin", "b begin", "a 0", "b 0", "a 1", "b 1", "a 2", "b 2"], _log.Skip(2));
    }

    [Fact]
    public async Task A_failing_task_fails_its_work_alone_and_drops_the_rest_of_it()
    {
        using var pool = new WorkerPool(1, WorkerPolicy.Normal);
        var bad = new TestWork("bad", 100, _log, (task, _) => throw new InvalidDataException($"task {task}"));
        var good = new TestWork("good", 3, _log);

        var failed = pool.Queue.Open(WorkLane.Backfill).RunAsync(bad, Cancellation);
        await pool.Queue.Open(WorkLane.Backfill).RunAsync(good, Cancellation);

        var error = await Assert.ThrowsAsync<InvalidDataException>(() => failed);
        Assert.Equal("task 0", error.Message);
        Assert.Equal(0, bad.Completed);
        Assert.DoesNotContain("bad 1", _log);
    }

    [Fact]
    public async Task Cancelling_drops_what_is_queued_and_waits_for_what_runs()
    {
        using var pool = new WorkerPool(1, WorkerPolicy.Normal);
        using var cancellation = new CancellationTokenSource();
        using var running = new SemaphoreSlim(0);
        var stopped = false;
        var work = new TestWork("w", 10, _log, (_, token) =>
        {
            running.Release();
            token.WaitHandle.WaitOne();
            Volatile.Write(ref stopped, true);
            token.ThrowIfCancellationRequested();
        });

        var task = pool.Queue.Open(WorkLane.Interactive).RunAsync(work, cancellation.Token);
        await running.WaitAsync(Cancellation);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task);
        Assert.True(Volatile.Read(ref stopped));
        Assert.Equal(["w begin", "w 0"], _log);
        Assert.Equal(0, pool.Queue.Count);
    }

    [Fact]
    public async Task Work_that_is_cancelled_in_the_queue_never_runs()
    {
        using var pool = new WorkerPool(1, WorkerPolicy.Normal);
        using var cancellation = new CancellationTokenSource();
        using var gate = new ManualResetEventSlim();
        var first = pool.Queue.Open(WorkLane.Backfill).RunAsync(new TestWork("first", 1, _log, (_, _) => gate.Wait(Cancellation)), Cancellation);
        var second = pool.Queue.Open(WorkLane.Backfill).RunAsync(new TestWork("second", 1, _log), cancellation.Token);

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        gate.Set();
        await first;

        Assert.DoesNotContain(_log, line => line.StartsWith("second", StringComparison.Ordinal) && line != "second begin");
    }

    [Fact]
    public async Task Works_that_are_cancelled_at_any_moment_end_once_and_leave_nothing()
    {
        using var pool = new WorkerPool(2, WorkerPolicy.Normal);
        var works = Enumerable.Range(0, 300).Select(i => new TestWork($"{i}", i % 8, _log)).ToArray();
        using var start = new SemaphoreSlim(0);
        var ended = works.Select(async (work, i) =>
        {
            using var cancellation = new CancellationTokenSource();
            var run = pool.Queue.Open(i % 2 == 0 ? WorkLane.Backfill : WorkLane.Interactive).RunAsync(work, cancellation.Token);
            await start.WaitAsync(Cancellation);
            await cancellation.CancelAsync();
            await run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return run.IsCompletedSuccessfully || run.IsCanceled;
        }).ToArray();
        start.Release(works.Length);

        Assert.All(await Task.WhenAll(ended), Assert.True);
        Assert.All(works, work => Assert.InRange(work.Completed, 0, 1));
        Assert.Equal(_log.Count, _log.Distinct().Count());
        Assert.Equal(0, pool.Queue.Count);
        Assert.All(WorkLanes.All, lane => Assert.Equal(0, pool.Queue.WaitingCount(lane)));
    }

    [Fact]
    public async Task Closing_the_pool_ends_everything_that_waits()
    {
        var pool = new WorkerPool(1, WorkerPolicy.Normal);
        using var running = new SemaphoreSlim(0);
        var flow = pool.Queue.Open(WorkLane.Backfill);
        var works = Enumerable.Range(0, 5).Select(i => flow.RunAsync(
            new TestWork($"{i}", 1, _log, (_, _) => running.Release()), Cancellation)).ToArray();
        await running.WaitAsync(Cancellation);

        pool.Dispose();

        await Task.WhenAll(works).ContinueWith(_ => { }, Cancellation, TaskContinuationOptions.None, TaskScheduler.Default);
        Assert.All(works, w => Assert.True(w.IsCompletedSuccessfully || w.IsCanceled));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => flow.RunAsync(new TestWork("late", 1, _log), Cancellation));
    }

    [Fact]
    public async Task Continuations_never_run_on_a_worker()
    {
        using var pool = new WorkerPool(1, WorkerPolicy.Normal);

        await pool.Queue.Open(WorkLane.Interactive).RunAsync(new TestWork("w", 1, _log), Cancellation);

        Assert.False(Thread.CurrentThread.Name?.StartsWith("worker", StringComparison.Ordinal) ?? false);
    }

    /// <summary>Holds the only worker until everything is queued.</summary>
    private async Task<Task> QueueBehindGateAsync(
        WorkerPool pool, WorkLane gateLane, params (string Name, WorkLane Lane, int Tasks)[] works)
    {
        using var held = new SemaphoreSlim(0);
        using var gate = new ManualResetEventSlim();
        var first = pool.Queue.Open(gateLane).RunAsync(
            new TestWork("gate", 1, _log, (_, _) =>
            {
                held.Release();
                gate.Wait(Cancellation);
            }),
            Cancellation);
        await held.WaitAsync(Cancellation);
        var queued = works.Select(w => pool.Queue.Open(w.Lane).RunAsync(new TestWork(w.Name, w.Tasks, _log), Cancellation)).ToArray();
        gate.Set();
        await first;
        return Task.WhenAll(queued);
    }
}
