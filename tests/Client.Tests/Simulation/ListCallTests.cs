using FeatureService.Client.FanOut;
using FeatureService.Client.Tests.Fake;
using FeatureService.Client.Transport;
using FeatureService.Core.Keys;

namespace FeatureService.Client.Tests.Simulation;

/// <summary>Calls for the rows of a spine, which wait where the service is busy.</summary>
public sealed class ListCallTests
{
    [Fact]
    public void A_service_that_is_busy_and_answers_small_calls_is_waited_for()
    {
        var cluster = Cluster();
        // Longer than a call may take, twice; each is asked for again.
        cluster.Pods[0].ListTimes.Enqueue(TimeSpan.FromSeconds(70));
        cluster.Pods[0].ListTimes.Enqueue(TimeSpan.FromSeconds(70));

        Assert.Null(Ask(cluster));
        Assert.InRange(cluster.Time.Elapsed.TotalSeconds, 120, 130);
    }

    [Fact]
    public void A_service_that_answers_nothing_ends_the_work()
    {
        var cluster = Cluster();
        cluster.Pods[0].ListTimes.Enqueue(TimeSpan.FromSeconds(70));
        cluster.At(1, "it hangs", cluster.Pods[0].Hang);

        Assert.IsType<PartialBuildException>(Ask(cluster));
        Assert.InRange(cluster.Time.Elapsed.TotalSeconds, 30, 90);
    }

    private static SimulatedCluster Cluster()
    {
        SynchronizationContext.SetSynchronizationContext(null);
        var cluster = new SimulatedCluster(new FakeGrid(10, 1, 1));
        cluster.Add(sliceSeconds: 1);
        return cluster;
    }

    /// <summary>Asks for two rows; why it failed, or null where they are there.</summary>
    private static Exception? Ask(SimulatedCluster cluster)
    {
        using var client = new FeatureServiceClient(cluster.Options);
        using var run = new FanOutRun(cluster.Options);
        var asking = AskAsync(client, run);
        while (!asking.IsCompleted)
        {
            Assert.True(cluster.Time.Step(), $"nothing is left to happen; {cluster.Time.Stray}");
        }

        Assert.True(cluster.Time.Stray is null, cluster.Time.Stray);
        return asking.Exception?.InnerException;
    }

    private static async Task AskAsync(FeatureServiceClient client, FanOutRun run)
    {
        var target = await ViewOnSnapshot.CreateAsync(client, Clients.Query, CancellationToken.None);
        int[] days = [.. Enumerable.Repeat(FakeGrid.FirstDay(new DateOnly(2024, 1, 1)), 2)];
        var answers = await new ListFetcher(client, target, run).FetchAsync(
            new ListedRows(new EntityKeys(new long[] { 1, 2 }), days), new[] { 0, 1 }, CancellationToken.None);
        Assert.Equal(2, answers.Sum(answer => answer.Rows.Length));
    }
}
