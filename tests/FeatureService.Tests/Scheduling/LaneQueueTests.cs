using System.Collections.Concurrent;
using FeatureService.Scheduling;
using FeatureService.Tests.Support;

namespace FeatureService.Tests.Scheduling;

public sealed class LaneQueueTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Only_workers_of_its_own_wait_for_a_worker_that_was_stopped_inside_a_lane()
    {
        var workersLock = new Lock();
        var lane = new LaneQueue(WorkLane.Backfill, workersLock);
        using var queue = new WorkQueue(1, _ => { });
        var job = new WorkJob(queue.Open(WorkLane.Backfill), new TestWork("w", 1, new ConcurrentQueue<string>()), default);
        using var inside = new SemaphoreSlim(0);
        using var goOn = new ManualResetEventSlim();
        var stopped = OnThread(() =>
        {
            lock (workersLock)
            {
                inside.Release();
                goOn.Wait(Cancellation);
            }

            return true;
        });
        await inside.WaitAsync(Cancellation);

        lane.Add(job);
        Assert.Equal((true, 1, null), (lane.HasWork, lane.WaitingCount, lane.TakeStep(waits: false)));
        var own = OnThread(() => lane.TakeStep(waits: true) == (job, WorkJob.BeginStep));
        goOn.Set();

        await stopped;
        Assert.True(await own);
    }

    [Fact]
    public void A_lane_that_waits_is_due_behind_ten_steps_of_others()
    {
        var lane = new LaneQueue(WorkLane.Backfill, new Lock());
        using var queue = new WorkQueue(1, _ => { });
        Pass(lane, 50);
        Assert.False(lane.IsDue);

        lane.Add(new WorkJob(queue.Open(WorkLane.Backfill), new TestWork("w", 1, new ConcurrentQueue<string>()), default));
        Pass(lane, 9);
        Assert.False(lane.IsDue);
        Pass(lane, 1);
        Assert.True(lane.IsDue);

        Assert.NotNull(lane.TakeStep(waits: false));
        Assert.False(lane.IsDue);
    }

    private static Task<bool> OnThread(Func<bool> run) =>
        Task.Factory.StartNew(run, Cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static void Pass(LaneQueue lane, int steps)
    {
        for (var i = 0; i < steps; i++)
        {
            lane.Pass();
        }
    }
}
