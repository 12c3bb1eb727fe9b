using FeatureService.Scheduling;

namespace FeatureService.Tests.Scheduling;

public sealed class DoorbellTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_ring_wakes_one_sleeper_and_is_kept_where_nobody_sleeps(bool isSystems)
    {
        using Doorbell bell = isSystems ? Doorbell.Create() : new SemaphoreDoorbell();
        bell.Ring(2);
        bell.Ring();

        bell.Wait();
        bell.Wait();
        bell.Wait();

        using var woken = new SemaphoreSlim(0);
        var sleepers = Enumerable.Range(0, 2).Select(_ => Task.Factory.StartNew(
            () =>
            {
                bell.Wait();
                woken.Release();
            },
            Cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        bell.Ring();
        await woken.WaitAsync(Cancellation);
        Assert.Equal(0, woken.CurrentCount);
        bell.Ring();
        await Task.WhenAll(sleepers);
    }

    [Fact]
    public void On_Linux_sleepers_share_no_lock_with_those_who_wake_them()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "elsewhere no thread is under SCHED_IDLE");
        using var bell = Doorbell.Create();

        Assert.IsType<EventFileDoorbell>(bell);
    }
}
