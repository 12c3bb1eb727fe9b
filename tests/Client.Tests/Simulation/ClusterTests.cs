using FeatureService.Client.Tests.Fake;

namespace FeatureService.Client.Tests.Simulation;

/// <summary>What a fan-out does about pods that come, go, hang, refuse and lag, each by itself, in virtual time.</summary>
public sealed class ClusterTests
{
    private static readonly FakeGrid _grid = new(1_024, 256, 1) { BackfillsInFlight = 2 };

    [Fact]
    public void Pods_that_are_alike_get_equal_shares_and_each_reads_only_its_part()
    {
        var cluster = new SimulatedCluster(_grid);
        for (var i = 0; i < 4; i++)
        {
            cluster.Add(sliceSeconds: 1);
        }

        Run(cluster);
        Assert.All(cluster.Pods, pod => Assert.InRange(pod.SliceCount, 64 * 0.8, 64 * 1.2));
        // What idle pods take over at the end apart, no partition is read by two.
        Assert.All(cluster.Pods, pod => Assert.True(pod.Partitions.Count <= 64 * PartitionPlacementLoadMax + 4, $"{pod.Partitions.Count} partitions"));
        var partitions = Enumerable.Range(0, 256).Count(partition => _grid.Keys(new Core.Keys.SliceId(partition, 0)).Count > 0);
        Assert.Equal(partitions, cluster.Pods.Sum(pod => pod.Partitions.Count));
    }

    [Fact]
    public void Pods_of_different_speed_all_work_to_the_end()
    {
        var cluster = new SimulatedCluster(_grid);
        cluster.Add(sliceSeconds: 0.5);
        cluster.Add(sliceSeconds: 1);
        cluster.Add(sliceSeconds: 2);
        Run(cluster);
        // Two streams each: 4 + 2 + 1 slices a second, were they to end together.
        Assert.InRange(cluster.Time.Elapsed.TotalSeconds, 256 / 7.0, 1.1 * 256 / 7);
    }

    [Fact]
    public void A_pod_that_starts_late_gets_its_share()
    {
        var cluster = new SimulatedCluster(_grid);
        for (var i = 0; i < 3; i++)
        {
            cluster.Add(sliceSeconds: 2);
        }

        var late = cluster.Add(sliceSeconds: 2, isNamed: false);
        var before = new int[3];
        cluster.At(10, "a fourth pod starts", () => cluster.Named.Add(late.Address));
        cluster.At(21, "it is known", () => before = [.. cluster.Pods.Take(3).Select(pod => pod.SliceCount)]);
        Run(cluster);
        int[] after = [.. cluster.Pods.Take(3).Select((pod, i) => pod.SliceCount - before[i]), late.SliceCount];
        TestContext.Current.TestOutputHelper?.WriteLine($"slices of each pod after the fourth was known: {string.Join(", ", after)}");
        var share = after.Average();
        Assert.All(after, slices => Assert.InRange(slices, 0.8 * share, 1.2 * share));
    }

    [Fact]
    public void A_pod_that_is_gone_from_the_name_ends_what_it_has_and_gets_no_more()
    {
        var cluster = new SimulatedCluster(_grid);
        cluster.Add(sliceSeconds: 2);
        var gone = cluster.Add(sliceSeconds: 2);
        cluster.At(10, "the second is to go", () => cluster.Named.Remove(gone.Address));
        var known = 0;
        cluster.At(32, "that is known", () => known = gone.SliceCount);
        var build = Run(cluster);
        Assert.InRange(gone.SliceCount, known, known + 2);
        Assert.Equal(0, build.Progress.Retries);
    }

    [Fact]
    public void A_pod_that_hangs_loses_its_shards_within_seconds_and_gets_work_again_when_it_answers()
    {
        var cluster = new SimulatedCluster(_grid);
        var well = cluster.Add(sliceSeconds: 1);
        var hung = cluster.Add(sliceSeconds: 1);
        cluster.At(10, "the second hangs", hung.Hang);
        var (wellAt, wellThen, hungAt) = (0, 0, 0);
        cluster.At(15.1, "its shards are elsewhere", () => (wellAt, hungAt, wellThen) = (well.SliceCount, hung.SliceCount, hung.Open));
        cluster.At(40, "it answers again", hung.Resume);
        var build = Run(cluster);
        Assert.Equal(0, wellThen);
        Assert.Equal(2, build.Progress.Pods[1].Failures);
        Assert.True(well.SliceCount > wellAt + 40, $"{well.SliceCount} slices, {wellAt} before");
        Assert.True(hung.SliceCount > hungAt + 20, $"{hung.SliceCount} slices, {hungAt} before");
    }

    [Fact]
    public void One_pod_of_many_that_has_the_snapshot_is_found()
    {
        var cluster = new SimulatedCluster(new FakeGrid(64, 16, 1) { BackfillsInFlight = 2 }) { Workers = 1 };
        for (var i = 0; i < 12; i++)
        {
            cluster.Add(sliceSeconds: 1).HasSnapshot = i == 7;
        }

        Run(cluster);
        Assert.True(cluster.Time.Elapsed < TimeSpan.FromSeconds(25), $"{cluster.Time.Elapsed}");
    }

    [Fact]
    public void A_pod_too_slow_to_answer_small_calls_in_time_is_left_and_then_waited_for()
    {
        var cluster = new SimulatedCluster(new FakeGrid(64, 16, 1) { BackfillsInFlight = 2 });
        var only = cluster.Add(sliceSeconds: 7);
        only.AnswerTime = TimeSpan.FromSeconds(2.5);
        cluster.Options = cluster.Options with { OutageTimeout = TimeSpan.FromMinutes(2) };
        Run(cluster);
    }

    [Fact]
    public void A_shard_that_is_late_is_given_to_a_second_pod_and_the_first_to_bring_a_slice_counts()
    {
        var cluster = new SimulatedCluster(_grid) { Workers = 4 };
        cluster.Add(sliceSeconds: 1);
        var slow = cluster.Add(sliceSeconds: 1);
        cluster.At(20, "the second is a hundred times as slow", () => slow.SliceTime = TimeSpan.FromSeconds(100));
        var build = Run(cluster);
        // While the first pod has shards of its own it has no room for others'.
        Assert.True(build.Progress.Doubled >= 1, $"{build.Progress.Doubled} doubled");
        // The first alone takes a second for two; a shard that begins on the second when they are all begun would add a hundred.
        Assert.True(cluster.Time.Elapsed < TimeSpan.FromSeconds(150), $"{cluster.Time.Elapsed}");
    }

    [Fact]
    public void No_shard_is_doubled_where_all_pods_are_slow_alike()
    {
        var cluster = new SimulatedCluster(_grid);
        cluster.Add(sliceSeconds: 8);
        cluster.Add(sliceSeconds: 8);
        Assert.Equal(0, Run(cluster).Progress.Doubled);
    }

    [Fact]
    public void A_pod_that_has_no_room_is_left_alone_for_as_long_as_it_asks()
    {
        var cluster = new SimulatedCluster(_grid);
        var full = cluster.Add(sliceSeconds: 1);
        full.StreamsMax = 0;
        cluster.At(60, "there is room", () => full.StreamsMax = 2);
        var build = Run(cluster);
        // It asks for half a second, which is taken with up to a quarter more; after some refusals pauses are longer.
        Assert.InRange(build.Progress.Retries, 2, 60);
        Assert.True(cluster.Time.Elapsed < TimeSpan.FromSeconds(60 + 128 + 10), $"{cluster.Time.Elapsed}");
    }

    [Fact]
    public void A_place_that_a_stream_leaves_is_taken_at_once_though_another_was_refused()
    {
        var cluster = new SimulatedCluster(new FakeGrid(64, 16, 1) { BackfillsInFlight = 2 });
        cluster.Add(sliceSeconds: 0.1).StreamsMax = 1;

        var build = Run(cluster);

        // The slices take 1.6 s one after another; with half a second for each refusal, as it asks, it would be 8.6 s.
        Assert.True(build.Progress.Retries >= 5, $"{build.Progress.Retries} retries");
        Assert.True(cluster.Time.Elapsed < TimeSpan.FromSeconds(3), $"{cluster.Time.Elapsed}");
    }

    [Fact]
    public void A_stream_that_has_brought_all_is_left_when_its_place_is_free()
    {
        var cluster = new SimulatedCluster(new FakeGrid(64, 16, 1) { BackfillsInFlight = 1 });
        var pod = cluster.Add(sliceSeconds: 0.1);
        (pod.StreamsMax, pod.EndTime) = (1, TimeSpan.FromMilliseconds(20));

        Assert.Equal(0, Run(cluster).Progress.Retries);
    }

    [Fact]
    public void A_stream_that_does_not_end_is_left_after_a_moment()
    {
        var cluster = new SimulatedCluster(new FakeGrid(64, 16, 1) { BackfillsInFlight = 1 });
        cluster.Add(sliceSeconds: 0.1).EndTime = TimeSpan.FromMinutes(10);
        Run(cluster);

        // A second and a slice for each of the sixteen shards.
        Assert.True(cluster.Time.Elapsed < TimeSpan.FromSeconds(20), $"{cluster.Time.Elapsed}");
    }

    [Fact]
    public void Pods_that_stay_full_end_the_work_after_the_time_for_that()
    {
        var cluster = new SimulatedCluster(_grid);
        cluster.Add(sliceSeconds: 1).StreamsMax = 0;
        SynchronizationContext.SetSynchronizationContext(null);
        var build = new SimulatedBuild(cluster);
        build.Run();
        Assert.Equal("no progress for 600 s: queue full", Assert.IsType<FanOut.PartialBuildException>(build.Failure).Message);
    }

    [Fact]
    public void Pods_that_were_lost_before_the_work_began_end_it_too()
    {
        var cluster = new SimulatedCluster(_grid);
        var only = cluster.Add(sliceSeconds: 1);
        var build = new SimulatedBuild(cluster)
        {
            BeforeWork = async client =>
            {
                only.Crash();
                await Assert.ThrowsAsync<Transport.FeatureServiceException>(() => client.GetTopologyAsync(TestContext.Current.CancellationToken));
            },
        };
        SynchronizationContext.SetSynchronizationContext(null);
        build.Run();
        Assert.StartsWith("no progress for 30 s: ", Assert.IsType<FanOut.PartialBuildException>(build.Failure).Message, StringComparison.Ordinal);
        Assert.InRange(cluster.Time.Elapsed, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(32));
    }

    [Fact]
    public void A_name_that_cannot_be_looked_up_any_more_takes_no_pod_away()
    {
        var cluster = new SimulatedCluster(_grid);
        cluster.Add(sliceSeconds: 1);
        cluster.At(5, "the name is lost", () => cluster.IsNameLost = true);
        Assert.Equal(0, Run(cluster).Progress.Retries);
    }

    private const double PartitionPlacementLoadMax = FanOut.PartitionPlacement.LoadMax;

    private static SimulatedBuild Run(SimulatedCluster cluster)
    {
        SynchronizationContext.SetSynchronizationContext(null);
        var build = new SimulatedBuild(cluster);
        build.Run();
        Assert.Null(build.Failure);
        build.CheckComplete();
        return build;
    }
}
