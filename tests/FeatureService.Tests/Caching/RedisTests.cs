using FeatureService.Caching;
using FeatureService.Core.Calendar;
using FeatureService.Engine.Planning;
using FeatureService.Tests.Support;

namespace FeatureService.Tests.Caching;

/// <summary>The cache over a real redis-server, well and ill. Without a memory of its own, so that everything comes from there.</summary>
public sealed class RedisTests
{
    private const string View =
        """
        view: taxi
        features:
          opens_4w: count(app_opens) over 4w
          fares: count_distinct(rides.fare) over 13w
          last_area: last(rides.area) over 13w
        """;

    private static readonly Plan Plan = CacheDriver.Plan(Taxi.Snapshot, View);
    private static readonly WeekRange Weeks = new(2_815, 30);
    private static readonly List<byte[]> Expected = CacheDriver.Compute(Plan, Weeks);

    private static int BlockCount => Engine.Planning.Plan.Create(Plan.Snapshot, Plan.View, Plan.Columns).Columns.Count
        * CacheDriver.Slices(Plan.Snapshot).Count() * new CacheDriver().Open(Plan, Weeks, CachePolicy.Always).Chunks.Length;

    [Fact]
    public async Task Blocks_go_to_redis_with_a_lifetime_and_come_back_in_another_process()
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var connection = await redis.ConnectAsync();

        await FillAsync(redis);

        var keys = connection.GetServer(redis.Address).Keys(pattern: "team:b1:*").ToArray();
        Assert.Equal(BlockCount, keys.Length);
        Assert.All(keys, key => Assert.InRange(connection.GetDatabase().KeyTimeToLive(key)!.Value.TotalMinutes, 53, 66));
        Assert.True(keys.Select(key => Math.Round(connection.GetDatabase().KeyTimeToLive(key)!.Value.TotalMinutes)).Distinct().Count() > 3);
        await AssertAllFoundAsync(redis);
    }

    [Fact]
    public async Task Damaged_and_foreign_values_are_computed_again_and_replaced()
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var connection = await redis.ConnectAsync();
        await FillAsync(redis);
        var (database, random) = (connection.GetDatabase(), new Random(1));
        var keys = connection.GetServer(redis.Address).Keys(pattern: "team:*").OrderBy(key => key.ToString(), StringComparer.Ordinal).ToArray();
        for (var i = 0; i < keys.Length; i++)
        {
            var bytes = (byte[])database.StringGet(keys[i])!;
            switch (i % 5)
            {
                case 0:
                    bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                    database.StringSet(keys[i], bytes);
                    break;
                case 1:
                    database.StringSet(keys[i], bytes[..random.Next(bytes.Length)]);
                    break;
                case 2:
                    database.StringSet(keys[i], database.StringGet(keys[(i + 7) % keys.Length]));
                    break;
                case 3:
                    database.StringSet(keys[i], "not ours");
                    break;
                default:
                    // Not even a string: Redis answers with an error.
                    database.KeyDelete(keys[i]);
                    database.ListLeftPush(keys[i], "x");
                    break;
            }
        }

        await using var driver = Driver(redis.Address);
        await ConnectedAsync(driver);
        for (var i = 0; i < 20 && driver.Totals.Damaged < keys.Length / 5; i++)
        {
            Assert.Equal(Expected, await driver.ComputeAsync(Plan, Weeks, CachePolicy.Always));
            await SettledAsync(driver);
        }

        Assert.True(driver.Totals.Damaged >= keys.Length / 5);
        await AssertAllFoundAsync(redis);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Without_an_answer_everything_is_computed_and_once_it_is_there_it_is_used(bool isHanging)
    {
        await using var redis = await RedisProcess.StartAsync();
        if (isHanging)
        {
            redis.Stop();
        }
        else
        {
            redis.Kill();
        }

        await using var driver = Driver(redis.Address, TimeSpan.FromSeconds(1));
        Assert.Equal(Expected, await driver.ComputeAsync(Plan, Weeks, CachePolicy.Always));

        if (isHanging)
        {
            redis.Continue();
        }
        else
        {
            await redis.StartAsync();
        }

        await using var connection = await redis.ConnectAsync();
        await RedisProcess.Until(
            async () =>
            {
                await ConnectedAsync(driver);
                Assert.Equal(Expected, await driver.ComputeAsync(Plan, Weeks, CachePolicy.Refresh));
                await SettledAsync(driver);
                return connection.GetServer(redis.Address).Keys(pattern: "team:b1:*").Count() == BlockCount;
            },
            "all blocks");
        await AssertAllFoundAsync(redis);
    }

    [Fact]
    public async Task A_redis_that_hangs_costs_a_bounded_delay_then_nothing_and_is_used_again_by_itself()
    {
        await using var redis = await RedisProcess.StartAsync();
        await FillAsync(redis);
        await using var driver = Driver(redis.Address, TimeSpan.FromSeconds(1));
        using var readings = new MetricReadings(driver.Metrics);
        await ConnectedAsync(driver);
        await driver.ComputeAsync(Plan, Weeks, CachePolicy.Always);
        var grid = driver.Open(Plan, Weeks, CachePolicy.Always);
        var slices = CacheDriver.Slices(Plan.Snapshot).ToArray();
        await ConnectedAsync(driver);
        redis.Stop();

        // Each call waits for one batch at most, for the second that a batch has; the fifth opens the breaker.
        var waits = new List<double>();
        for (var i = 0; i < 20 && !driver.Cache.State.ReadsStopped; i++)
        {
            var before = Waits();
            await CacheDriver.ComputeAsync(grid, slices[i % slices.Length]);
            waits.Add(Waits() - before);
        }

        Assert.True(driver.Cache.State.ReadsStopped);
        Assert.InRange(waits.Count, 1, 2 * CircuitBreaker.ConsecutiveMax);
        Assert.All(waits, count => Assert.InRange(count, 0, 1));
        Assert.InRange(waits.Sum(), 1, CircuitBreaker.ConsecutiveMax);

        // Then none waits.
        var sum = Waits();
        Assert.Equal(Expected, await driver.ComputeAsync(Plan, Weeks, CachePolicy.Always));
        var keys = new[] { new BlockKey(1, "f") };
        Assert.All(Enumerable.Range(0, 1_000), _ => Assert.True(driver.Cache.FindAsync(keys, 1_000, CancellationToken.None).IsCompletedSuccessfully));
        Assert.Equal(sum, Waits());

        redis.Continue();
        await RedisProcess.Until(
            async () =>
            {
                await ConnectedAsync(driver);
                var (hits, _, _) = driver.Totals;
                Assert.Equal(Expected, await driver.ComputeAsync(Plan, Weeks, CachePolicy.Always));
                return driver.Totals.Hits == hits + BlockCount;
            },
            "all blocks, each within its second");

        double Waits() => readings.Of("feature_service.cache.failures").Where(r => r.Tags["feature_service.cache.operation"] == "read").Sum(r => r.Value);
    }

    [Fact]
    public async Task A_redis_that_is_full_is_still_read_and_takes_entries_again_when_it_has_room()
    {
        await using var redis = await RedisProcess.StartAsync("--maxmemory-policy", "noeviction");
        await using var connection = await redis.ConnectAsync();
        await FillAsync(redis);
        var server = connection.GetServer(redis.Address);
        var kept = server.Keys(pattern: "team:*").OrderBy(key => key.ToString(), StringComparer.Ordinal).ToArray();
        foreach (var key in kept.Where((_, i) => i % 2 == 0))
        {
            connection.GetDatabase().KeyDelete(key);
        }

        server.ConfigSet("maxmemory", "1");
        await using var driver = Driver(redis.Address);
        using var readings = new MetricReadings(driver.Metrics);
        await ConnectedAsync(driver);
        for (var i = 0; i < 10 && !driver.Cache.State.WritesStopped; i++)
        {
            Assert.Equal(Expected, await driver.ComputeAsync(Plan, Weeks, CachePolicy.Always));
            await SettledAsync(driver);
        }

        Assert.True(driver.Cache.State.WritesStopped);
        Assert.False(driver.Cache.State.ReadsStopped);
        Assert.True(driver.Totals.Hits > 0);
        Assert.Contains(readings.Of("feature_service.cache.failures"), r => r.Tags["error.type"] == "server" && r.Tags["feature_service.cache.operation"] == "write");

        server.ConfigSet("maxmemory", "0");
        await RedisProcess.Until(
            async () =>
            {
                Assert.Equal(Expected, await driver.ComputeAsync(Plan, Weeks, CachePolicy.Refresh));
                await SettledAsync(driver);
                return server.Keys(pattern: "team:*").Count() == BlockCount;
            },
            "all blocks");
        Assert.False(driver.Cache.State.WritesStopped);
    }

    [Fact]
    public async Task A_redis_that_is_restarted_empty_is_filled_again()
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var driver = Driver(redis.Address);
        await ConnectedAsync(driver);
        await driver.ComputeAsync(Plan, Weeks, CachePolicy.Always);
        await SettledAsync(driver);
        redis.Kill();
        Assert.Equal(Expected, await driver.ComputeAsync(Plan, Weeks, CachePolicy.Always));
        await redis.StartAsync();
        await ConnectedAsync(driver);

        Assert.Equal(Expected, await driver.ComputeAsync(Plan, Weeks, CachePolicy.Refresh));
        await SettledAsync(driver);

        await AssertAllFoundAsync(redis);
    }

    [Fact]
    public async Task A_redis_that_answers_errors_costs_no_call()
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var connection = await redis.ConnectAsync();
        await FillAsync(redis);
        // The user may do nothing: every command is answered with NOPERM.
        await connection.GetDatabase().ExecuteAsync("ACL", "SETUSER", "default", "nocommands", "+client", "+hello", "+acl", "+ping", "+echo", "+info", "+config", "+cluster");
        await using var driver = Driver(redis.Address);
        await ConnectedAsync(driver);

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(Expected, await driver.ComputeAsync(Plan, Weeks, CachePolicy.Always));
        }

        Assert.True(driver.Cache.State.ReadsStopped);
        await connection.GetDatabase().ExecuteAsync("ACL", "SETUSER", "default", "allcommands");
        await ConnectedAsync(driver);
        await AssertAllFoundAsync(redis);
    }

    [Fact]
    public async Task A_database_that_redis_does_not_have_costs_no_call()
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var driver = Driver(redis.Address + ",defaultDatabase=99");
        using var readings = new MetricReadings(driver.Metrics);
        await RedisProcess.Until(() => Task.FromResult(driver.Cache.State.IsConnected), "the connection");

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(Expected, await driver.ComputeAsync(Plan, Weeks, CachePolicy.Always));
            await SettledAsync(driver);
        }

        Assert.True(driver.Cache.State.ReadsStopped);
        Assert.Contains(readings.Of("feature_service.cache.failures"), r => r.Tags["error.type"] == "other" && r.Tags["feature_service.cache.operation"] == "read");
    }

    /// <param name="address">The servers.</param>
    /// <param name="callMax">
    /// How long a call waits for Redis: by default so long that an answer that is only late, on a machine that is busy with other tests,
    /// does not count as none.
    /// </param>
    internal static CacheDriver Driver(string address, TimeSpan? callMax = null) => new(new CacheOptions
    {
        Redis = address,
        Namespace = "team",
        Lifetime = TimeSpan.FromHours(1),
        MemoryBytes = 0,
        CallMax = callMax ?? TimeSpan.FromSeconds(15),
    });

    internal static Task ConnectedAsync(CacheDriver driver) => RedisProcess.Until(
        () => Task.FromResult(driver.Cache.State is { IsConnected: true, ReadsStopped: false, WritesStopped: false }), "the connection");

    internal static Task SettledAsync(CacheDriver driver) => RedisProcess.Until(() => Task.FromResult(driver.Cache.IsSettled), "the end of writing");

    private static async Task FillAsync(RedisProcess redis)
    {
        await using var driver = Driver(redis.Address);
        await ConnectedAsync(driver);
        Assert.Equal(Expected, await driver.ComputeAsync(Plan, Weeks, CachePolicy.Always));
        await SettledAsync(driver);
    }

    private static async Task AssertAllFoundAsync(RedisProcess redis)
    {
        await using var driver = Driver(redis.Address);
        await ConnectedAsync(driver);
        Assert.Equal(Expected, await driver.ComputeAsync(Plan, Weeks, CachePolicy.Always));
        Assert.Equal((BlockCount, 0, 0), driver.Totals);
    }
}
