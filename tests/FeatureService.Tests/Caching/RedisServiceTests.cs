using FeatureService.Caching;
using FeatureService.Contracts.V1;
using FeatureService.Testing;
using FeatureService.Testing.Network;
using FeatureService.Tests.Support;
using Microsoft.Extensions.Logging;
using CachePolicy = FeatureService.Contracts.V1.CachePolicy;

namespace FeatureService.Tests.Caching;

/// <summary>Whole services over one redis-server.</summary>
public sealed class RedisServiceTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_one_service_has_computed_another_finds()
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var first = await StartAsync(redis.Address);
        await using var second = await StartAsync(redis.Address);
        var computed = await ChecksumsAsync(first);
        await RedisProcess.Until(() => Task.FromResult(first.Host.Cache.IsSettled), "the end of writing");

        Assert.Equal(computed, await ChecksumsAsync(second));

        Assert.Equal(0, second.Host.Cache.Metrics.Totals.Misses);
        Assert.True(second.Host.Cache.Metrics.Totals.Hits > 0);
        Assert.Equal("connected", (await second.Cluster.GetStatusAsync(new GetStatusRequest(), cancellationToken: Cancellation)).Cache.Redis);
    }

    [Fact]
    public async Task A_service_starts_and_serves_without_the_redis_that_it_is_told_of()
    {
        var address = $"127.0.0.1:{FreePort.Next()}";
        await using var service = await TestService.StartAsync(change: o => o with { Cache = Options(address) });
        await using var plain = await TestService.StartAsync(change: o => o with { Cache = new CacheOptions { MemoryBytes = 0 } });

        Assert.Equal(await ChecksumsAsync(plain), await ChecksumsAsync(service));
        Assert.Equal(0, service.Host.Cache.Metrics.Totals.Hits);
        Assert.NotEqual("connected", (await service.Cluster.GetStatusAsync(new GetStatusRequest(), cancellationToken: Cancellation)).Cache.Redis);
    }

    [Fact]
    public async Task The_log_tells_once_that_redis_is_gone_and_once_that_it_is_back()
    {
        await using var redis = await RedisProcess.StartAsync();
        using var lines = new LogLines();
        using var factory = LoggerFactory.Create(logging => logging.AddProvider(lines));
        await using var service = await StartAsync(redis.Address, TimeSpan.FromMilliseconds(200));
        using var watch = new RedisWatch(service.Host.Cache, TimeProvider.System, factory.CreateLogger<RedisWatch>());
        watch.Look();
        Assert.Empty(lines.Lines);

        redis.Stop();
        await Eventually.TrueAsync(
            async () =>
            {
                await ChecksumsAsync(service);
                return service.Host.Cache.State.ReadsStopped;
            },
            Cancellation);
        watch.Look();
        watch.Look();
        redis.Continue();
        await RedisProcess.Until(() => Task.FromResult(service.Host.Cache.State.Redis == CacheState.Connected), "the connection");
        watch.Look();

        Assert.Equal(
            [(LogLevel.Warning, "redis: stopped: columns are kept in this service's memory alone"), (LogLevel.Information, "redis: connected")],
            lines.Lines.Select(line => (line.Level, line.Text)));
    }

    [Fact]
    public async Task Single_answers_ask_a_redis_that_hangs_for_nothing_and_streams_go_on_without_it()
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var service = await StartAsync(redis.Address, TimeSpan.FromSeconds(1));
        var computed = await ChecksumsAsync(service);
        await RedisProcess.Until(() => Task.FromResult(service.Host.Cache.IsSettled), "the end of writing");
        redis.Stop();

        Assert.Equal(computed, await ChecksumsAsync(service));
        var before = service.Host.Cache.Metrics.Totals;
        for (var i = 0; i < 50; i++)
        {
            await service.Vectors.GetFeatureVectorsAsync(Taxi.Get(i), cancellationToken: Cancellation);
        }

        Assert.Equal(before, service.Host.Cache.Metrics.Totals);
        redis.Continue();
        await RedisProcess.Until(() => Task.FromResult(service.Host.Cache.State is { IsConnected: true, ReadsStopped: false }), "the connection");
        await RedisProcess.Until(
            async () =>
            {
                Assert.Equal(computed, await ChecksumsAsync(service));
                return service.Host.Cache.Metrics.Totals.Hits > before.Hits;
            },
            "an answer of Redis within its second");
    }

    private static async Task<TestService> StartAsync(string address, TimeSpan? callMax = null)
    {
        var service = await TestService.StartAsync(change: o => o with { Cache = Options(address, callMax) });
        await RedisProcess.Until(() => Task.FromResult(service.Host.Cache.State.IsConnected), "the connection");
        return service;
    }

    private static CacheOptions Options(string address, TimeSpan? callMax = null) => new() { Redis = address, MemoryBytes = 0, CallMax = callMax ?? TimeSpan.FromSeconds(15) };

    private static async Task<List<ulong>> ChecksumsAsync(TestService service)
    {
        var request = Taxi.Backfill();
        request.Grid.Weeks = Taxi.Weeks("2023-W30", "2024-W30");
        request.CachePolicy = CachePolicy.Always;
        using var call = service.Vectors.Backfill(request, cancellationToken: Cancellation);
        return [.. (await Received.SlicesAsync(call)).Select(slice => slice.End.Checksum)];
    }
}
