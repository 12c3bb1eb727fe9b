using FeatureService.Caching;
using FeatureService.Core.Calendar;
using FeatureService.Engine.Planning;
using FeatureService.Tests.Support;
using StackExchange.Redis;

namespace FeatureService.Tests.Caching;

/// <summary>A primary and its replica, both of which the service is told of: the primary dies, and the replica is promoted in its place.</summary>
public sealed class RedisFailoverTests
{
    private static readonly Plan s_plan = CacheDriver.Plan(Taxi.Snapshot, "view: taxi\nfeatures:\n  fares: count_distinct(rides.fare) over 13w\n  last_area: last(rides.area) over 13w\n");
    private static readonly WeekRange s_weeks = new(2_815, 30);

    [Fact]
    public async Task While_there_is_only_a_replica_it_is_read_and_once_it_is_promoted_it_is_written()
    {
        await using var primary = await RedisProcess.StartAsync();
        await using var replica = await RedisProcess.StartAsync("--replicaof", "127.0.0.1", primary.PortText);
        await using var connection = await primary.ConnectAsync();
        await using var observer = await replica.ConnectAsync();
        var (source, copy) = (connection.GetServer(primary.Address), observer.GetServer(replica.Address));
        var expected = CacheDriver.Compute(s_plan, s_weeks);
        await using var driver = RedisTests.Driver($"{primary.Address},{replica.Address}");
        await RedisTests.ConnectedAsync(driver);
        await driver.ComputeAsync(s_plan, s_weeks, CachePolicy.Always);
        await RedisTests.SettledAsync(driver);
        var written = Keys(source);
        Assert.True(written > 0);
        await RedisProcess.Until(() => Task.FromResult(Keys(copy) == written), "the replica's copy");

        primary.Kill();
        await RedisProcess.Until(
            async () =>
            {
                var (hits, _, _) = driver.Totals;
                Assert.Equal(expected, await driver.ComputeAsync(s_plan, s_weeks, CachePolicy.Always));
                return driver.Totals.Hits > hits;
            },
            "the replica's answers");
        await replica.PromoteAsync();
        await using var promoted = await replica.ConnectAsync();
        await promoted.GetServer(replica.Address).FlushAllDatabasesAsync();
        await RedisProcess.Until(
            async () =>
            {
                Assert.Equal(expected, await driver.ComputeAsync(s_plan, s_weeks, CachePolicy.Refresh));
                await RedisTests.SettledAsync(driver);
                return Keys(copy) == written;
            },
            "the writes");
    }

    private static long Keys(IServer server) => server.Keys(pattern: "team:b1:*").LongCount();
}
