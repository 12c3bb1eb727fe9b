using System.Runtime.CompilerServices;
using FeatureService.Core.Keys;
using FeatureService.Engine.Snapshots;

namespace FeatureService.Engine.Tests.Snapshots;

public sealed class RecentSlicesTests
{
    [Fact]
    public void The_last_slices_stay_as_long_as_they_are_not_too_many()
    {
        var recent = new RecentSlices(entitiesMax: 100);
        var first = Add(recent, 60);
        var second = Add(recent, 40);
        GC.Collect();
        Assert.True(IsAlive(first));
        Assert.Equal(2, recent.Count);

        var third = Add(recent, 1);
        GC.Collect();
        Assert.False(IsAlive(first));
        Assert.True(IsAlive(second));
        Assert.True(IsAlive(third));
    }

    [Fact]
    public void A_slice_that_is_too_large_alone_is_not_kept()
    {
        var recent = new RecentSlices(entitiesMax: 100);
        Add(recent, 101);
        Assert.Equal(0, recent.Count);
        Add(recent, 100);
        Assert.Equal(1, recent.Count);
    }

    [Fact]
    public void Who_meets_a_thread_that_was_stopped_while_it_kept_a_slice_goes_on_without()
    {
        var own = new Lock();
        var recent = new RecentSlices(100, own);
        using var isStopped = new ManualResetEventSlim();
        using var end = new ManualResetEventSlim();
        var stopped = new Thread(() =>
        {
            lock (own)
            {
                isStopped.Set();
                end.Wait();
            }
        });
        stopped.Start();
        isStopped.Wait(TestContext.Current.CancellationToken);
        var adding = new Thread(() => Add(recent, 1));

        adding.Start();
        var hasGoneOn = adding.Join(TimeSpan.FromSeconds(20));

        end.Set();
        stopped.Join();
        adding.Join();
        Assert.True(hasGoneOn);
        Assert.Equal(0, recent.Count);
        Add(recent, 1);
        Assert.Equal(1, recent.Count);
    }

    [Fact]
    public void A_slice_that_was_read_is_at_hand_though_nobody_holds_it()
    {
        using var snapshot = MappedSnapshot.Open(Path.Combine(AppContext.BaseDirectory, "Snapshots", "format-1"));
        var slice = snapshot.Placement.SliceOf(EntityKey.Of("1").Hash);
        Assert.False(snapshot.IsAtHand(slice));
        Touch(snapshot, slice);
        GC.Collect();
        Assert.True(snapshot.IsAtHand(slice));
    }

    /// <summary>A method of its own: what a method has made may live to its end.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference<SliceData> Add(RecentSlices recent, int entities)
    {
        var slice = new SliceData(new EntityKeys(new long[entities]), new int[entities], []);
        recent.Add(slice);
        return new WeakReference<SliceData>(slice);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool IsAlive(WeakReference<SliceData> slice) => slice.TryGetTarget(out _);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Touch(MappedSnapshot snapshot, SliceId slice) => Assert.NotEqual(0, snapshot.Slice(slice).EntityCount);
}
