using FeatureService.Client.FanOut;
using FeatureService.Client.Tests.Fake;
using FeatureService.Client.Transport;
using FeatureService.Client.Transport.Pods;
using FeatureService.Core.Keys;

namespace FeatureService.Client.Tests;

public sealed class SampleTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void Ranks_are_those_of_every_version()
    {
        ulong[] ranks =
        [
            EntitySample.OfCount(1).Rank(EntityKey.Of(1)),
            EntitySample.OfCount(1, -7).Rank(EntityKey.Of(1)),
            EntitySample.OfPercent(1).Rank(EntityKey.Of("é")),
        ];
        Assert.Equal([935533381143019749UL, 6590753479607275082UL, 11340000072259916861UL], ranks);
    }

    [Fact]
    public async Task A_number_takes_the_lowest_ranks_whatever_pods_and_partitions()
    {
        var sample = EntitySample.OfCount(25, 11);
        var expected = Enumerable.Range(0, 400).Select(k => (long)k).OrderBy(k => sample.Rank(EntityKey.Of(k))).Take(25).Order();
        Assert.Equal(expected, await KeysAsync(new FakeGrid(), sample));
        Assert.Equal(expected, await KeysAsync(new FakeGrid(partitions: 1, slices: 1), sample));
        Assert.NotEqual(expected, await KeysAsync(new FakeGrid(), EntitySample.OfCount(25, 12)));
    }

    [Fact]
    public async Task A_share_is_about_as_large_as_asked_spread_and_held_by_larger_ones()
    {
        var grid = new FakeGrid(4000);
        var small = await KeysAsync(grid, EntitySample.OfPercent(5));
        var large = await KeysAsync(grid, EntitySample.OfPercent(25));
        Assert.InRange(small.Count, 150, 250);
        Assert.InRange(large.Count, 900, 1100);
        Assert.Empty(small.Except(large));
        var partitions = large.CountBy(k => grid.Placement.SliceOf(EntityKey.HashOf(k)).Partition).Select(p => p.Value).ToArray();
        Assert.Equal(4, partitions.Length);
        Assert.All(partitions, count => Assert.InRange(count, 190, 310));
    }

    [Fact]
    public async Task A_sample_as_large_as_the_snapshot_is_the_snapshot()
    {
        var all = Enumerable.Range(0, 400).Select(k => (long)k);
        Assert.Equal(all, await KeysAsync(new FakeGrid(), EntitySample.OfCount(500)));
        Assert.Equal(all, await KeysAsync(new FakeGrid(), EntitySample.OfPercent(100)));
    }

    [Fact]
    public async Task A_sample_of_named_entities_is_refused()
    {
        await using var service = await FakeService.StartAsync();
        using var client = Clients.Of(service);
        var query = Clients.Query with { Sample = EntitySample.OfCount(1), Entities = [EntityKey.Of(1)] };
        await Assert.ThrowsAsync<ArgumentException>(async () => await client.BackfillAsync(query, Stop).GetAsyncEnumerator(Stop).MoveNextAsync());
    }

    [Fact]
    public async Task Steps_reach_the_service()
    {
        await using var service = await FakeService.StartAsync();
        using var client = Clients.Of(service);
        var query = Clients.Query with { Weeks = new WeekSpan("2024-W01", "2024-W12", 5), Entities = [EntityKey.Of(5)] };
        var weeks = new List<int>();
        await foreach (var batch in client.BackfillAsync(query, Stop))
        {
            weeks.AddRange(batch["week"].Values<int>());
        }

        Assert.Equal([19_723, 19_758, 19_793], weeks);
    }

    [Theory]
    [InlineData(0, null, 2)]
    [InlineData(3, null, 3)]
    [InlineData(3, 5, 5)]
    [InlineData(1_000_000, null, 64)]
    public async Task The_advice_of_the_topology_bounds_streams_unless_the_caller_does(int advised, int? option, int expected)
    {
        await using var service = await FakeService.StartAsync(new FakeGrid { BackfillsInFlight = advised });
        using var client = Clients.Of(o => o with { BackfillsPerEndpointMax = option }, service);
        await client.GetTopologyAsync(Stop);
        var leases = new List<PodLease>();
        while (leases.Count < expected)
        {
            leases.Add(await client.Pool.AcquireAsync(0, [], beyondLimit: false, _ => { }, Stop));
        }

        var more = client.Pool.AcquireAsync(0, [], beyondLimit: false, _ => { }, Stop);
        Assert.False(more.IsCompleted);
        leases[0].Dispose();
        (await more).Dispose();
    }

    private static async Task<IReadOnlyList<long>> KeysAsync(FakeGrid grid, EntitySample sample)
    {
        await using var one = await FakeService.StartAsync(grid);
        await using var two = await FakeService.StartAsync(grid);
        using var client = Clients.Of(one, two);
        var keys = new SortedSet<long>();
        await foreach (var batch in client.BackfillAsync(Clients.Query with { Sample = sample }, Stop))
        {
            keys.UnionWith(batch["user_id"].Values<long>().ToArray());
        }

        return [.. keys];
    }
}
