using System.Globalization;
using FeatureService.Caching;
using FeatureService.Core.Calendar;
using FeatureService.Tests.Support;

namespace FeatureService.Tests.Caching;

/// <summary>Three servers in cluster mode: keys lie on all of them, and one that dies takes only its own.</summary>
public sealed class RedisClusterTests
{
    private const string View =
        """
        view: taxi
        features:
          opens_4w: count(app_opens) over 4w
          fares: count_distinct(rides.fare) over 13w
          last_area: last(rides.area) over 13w
        """;

    [Fact]
    public async Task Blocks_lie_on_all_servers_are_found_and_a_dead_server_costs_its_own_alone()
    {
        await using var first = await RedisProcess.StartAsync("--cluster-enabled", "yes", "--cluster-require-full-coverage", "no", "--cluster-node-timeout", "1000");
        await using var second = await RedisProcess.StartAsync("--cluster-enabled", "yes", "--cluster-require-full-coverage", "no", "--cluster-node-timeout", "1000");
        await using var third = await RedisProcess.StartAsync("--cluster-enabled", "yes", "--cluster-require-full-coverage", "no", "--cluster-node-timeout", "1000");
        RedisProcess[] servers = [first, second, third];
        await JoinAsync(servers);
        var plan = CacheDriver.Plan(Taxi.Snapshot, View);
        var weeks = new WeekRange(2_815, 30);
        var expected = CacheDriver.Compute(plan, weeks);
        await using (var writer = RedisTests.Driver(string.Join(',', servers.Select(s => s.Address))))
        {
            await RedisTests.ConnectedAsync(writer);
            Assert.Equal(expected, await writer.ComputeAsync(plan, weeks, CachePolicy.Always));
            await RedisTests.SettledAsync(writer);
        }

        var counts = new List<int>();
        foreach (var server in servers)
        {
            await using var connection = await server.ConnectAsync();
            counts.Add(connection.GetServer(server.Address).Keys(pattern: "team:*").Count());
        }

        Assert.All(counts, count => Assert.True(count > 0, string.Join(' ', counts)));

        // One address is enough to find the others.
        await using var driver = RedisTests.Driver(second.Address);
        await RedisTests.ConnectedAsync(driver);
        Assert.Equal(expected, await driver.ComputeAsync(plan, weeks, CachePolicy.Always));
        Assert.Equal((counts.Sum(), 0, 0), driver.Totals);

        third.Kill();
        Assert.Equal(expected, await driver.ComputeAsync(plan, weeks, CachePolicy.Always));
        await RedisTests.ConnectedAsync(driver);
        var before = driver.Totals.Hits;
        Assert.Equal(expected, await driver.ComputeAsync(plan, weeks, CachePolicy.Always));
        Assert.True(driver.Totals.Hits > before, "nothing was found on the servers that are left");
    }

    private static async Task JoinAsync(RedisProcess[] servers)
    {
        const int Slots = 16_384;
        for (var i = 0; i < servers.Length; i++)
        {
            await using var connection = await servers[i].ConnectAsync();
            var server = connection.GetServer(servers[i].Address);
            var (from, to) = (Slots * i / servers.Length, (Slots * (i + 1) / servers.Length) - 1);
            await server.ExecuteAsync("CLUSTER", "ADDSLOTSRANGE", from, to);
            await server.ExecuteAsync("CLUSTER", "SET-CONFIG-EPOCH", i + 1);
            foreach (var other in servers.Take(i))
            {
                await server.ExecuteAsync("CLUSTER", "MEET", "127.0.0.1", other.Port.ToString(CultureInfo.InvariantCulture));
            }
        }

        foreach (var server in servers)
        {
            await RedisProcess.Until(async () => await IsWholeAsync(server), "the cluster");
        }
    }

    private static async Task<bool> IsWholeAsync(RedisProcess server)
    {
        await using var connection = await server.ConnectAsync();
        var info = (string)(await connection.GetServer(server.Address).ExecuteAsync("CLUSTER", "INFO"))!;
        return info.Contains("cluster_state:ok", StringComparison.Ordinal)
            && info.Contains("cluster_slots_ok:16384", StringComparison.Ordinal)
            && info.Contains("cluster_size:3", StringComparison.Ordinal);
    }
}
