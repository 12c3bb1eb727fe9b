using FeatureService.Client.Tests.Fake;
using FeatureService.Client.Transport;
using Grpc.Core;

namespace FeatureService.Client.Tests.Simulation;

/// <summary>Calls with one answer: where they are made again, how often, and when not.</summary>
public sealed class UnaryCallTests
{
    [Fact]
    public void Retries_are_a_tenth_of_the_calls_at_most_however_many_fail()
    {
        var cluster = Cluster(2);
        cluster.Pods.ForEach(pod => pod.FailShare = 0.5);
        const int calls = 2_000;
        var failed = Count(cluster, calls);
        var attempts = cluster.Pods.Sum(pod => pod.CallCount) - cluster.Pods.Sum(pod => pod.ProbeCount);
        // The ten that a client may begin with come on top.
        Assert.InRange(attempts, calls + 1, (1.1 * calls) + 10);
        Assert.InRange(failed, calls / 3, calls * 2 / 3);
    }

    [Fact]
    public void A_pod_that_is_down_fails_no_call()
    {
        var cluster = Cluster(3);
        cluster.Pods[1].Crash();
        Assert.Equal(0, Count(cluster, 200));
    }

    [Fact]
    public void Pods_that_are_restarted_one_after_the_other_fail_no_call()
    {
        var cluster = Cluster(3);
        for (var restart = 0; restart < 20; restart++)
        {
            var pod = cluster.Pods[restart % 3];
            cluster.At(1 + (0.5 * restart), $"{pod.Address} stops", pod.Crash);
            cluster.At(1.3 + (0.5 * restart), $"{pod.Address} starts", pod.Start);
        }

        Assert.Equal(0, Count(cluster, 6_000));
        Assert.True(cluster.Time.Elapsed > TimeSpan.FromSeconds(11), $"{cluster.Time.Elapsed}");
    }

    [Fact]
    public void A_pod_that_hangs_fails_no_call_and_holds_up_few()
    {
        var cluster = Cluster(3);
        cluster.Pods[1].Hang();
        Assert.Equal(0, Count(cluster, 200));
        // One waits until the pod is found silent; each look whether it is back costs the calls nothing.
        Assert.True(cluster.Time.Elapsed < TimeSpan.FromSeconds(6), $"{cluster.Time.Elapsed}");
    }

    [Fact]
    public void Pods_that_are_all_down_fail_a_call_soon()
    {
        var cluster = Cluster(2);
        cluster.Pods.ForEach(pod => pod.Crash());
        Assert.Equal(1, Count(cluster, 1));
        Assert.True(cluster.Time.Elapsed < TimeSpan.FromSeconds(2), $"{cluster.Time.Elapsed}");
    }

    private static SimulatedCluster Cluster(int pods)
    {
        SynchronizationContext.SetSynchronizationContext(null);
        var cluster = new SimulatedCluster(new FakeGrid(10, 1, 1));
        for (var i = 0; i < pods; i++)
        {
            cluster.Add(sliceSeconds: 1);
        }

        return cluster;
    }

    /// <summary>Makes calls one after the other.</summary>
    /// <returns>How many failed.</returns>
    private static int Count(SimulatedCluster cluster, int calls)
    {
        using var client = new FeatureServiceClient(cluster.Options);
        var counting = CountAsync(client, calls);
        while (!counting.IsCompleted)
        {
            Assert.True(cluster.Time.Step(), "nothing is left to happen, and a call has not ended");
        }

        return counting.GetAwaiter().GetResult();
    }

    private static async Task<int> CountAsync(FeatureServiceClient client, int calls)
    {
        var failed = 0;
        for (var call = 0; call < calls; call++)
        {
            try
            {
                await client.GetTopologyAsync();
            }
            catch (FeatureServiceException failure)
            {
                Assert.Equal(StatusCode.Unavailable, failure.Status);
                failed++;
            }
        }

        return failed;
    }
}
