using System.Diagnostics;

namespace FeatureService.EndToEnd.Tests.Soak;

/// <summary>Faults of the Redis that services share: they cost time, and neither a build nor a value.</summary>
internal static class RedisFaults
{
    public static Task KillAsync(SoakRun run) => WithAsync(run, (redis, _) =>
    {
        redis.Kill();
        return Task.CompletedTask;
    });

    public static Task RestartAsync(SoakRun run) => WithAsync(run, async (redis, build) =>
    {
        redis.Kill();
        await run.MomentAsync(build, 20, 50);
        await redis.StartAsync();
    });

    /// <summary>It neither answers nor breaks a connection.</summary>
    public static Task StopAsync(SoakRun run) => WithAsync(run, async (redis, build) =>
    {
        redis.Hold();
        await run.MomentAsync(build, 30, 60);
        redis.GoOn();
    });

    public static Task FlushAsync(SoakRun run) => WithAsync(run, (redis, _) => redis.FlushAsync());

    public static Task FillAsync(SoakRun run) => WithAsync(run, (redis, _) => redis.FillAsync());

    /// <summary>One build fills it; then a hundredth of the entries is random, and another build, by services without a memory of it, reads them.</summary>
    public static Task DamageAsync(SoakRun run) => WithAsync(
        run,
        async (redis, build) =>
        {
            await SoakRun.EndsWellAsync(build);
            await FilledAsync(run, redis);
            Assert.True(await redis.DamageAsync(0.01, run.Random) > 0);
            for (var pod = 0; pod < run.Fleet.Count; pod++)
            {
                run.Fleet.Kill(pod);
            }

            await run.Fleet.EnsureAsync();
            using var again = run.Start("--cache", "always", "--overwrite");
            await SoakRun.EndsWellAsync(again);
        });

    /// <summary>
    /// The primary is killed and its replica promoted in its place, both of which services are told of; then it is emptied, and a build after
    /// that one must find it written again.
    /// </summary>
    public static async Task FailOverAsync(SoakRun run)
    {
        Assert.SkipUnless(RedisServer.IsInstalled, "there is no redis-server on PATH");
        using var redis = new RedisServer();
        using var replica = new RedisServer(redis);
        await redis.StartAsync();
        await replica.StartAsync();
        await ThroughAsync(run, $"{redis.Address},{replica.Address}", async build =>
        {
            redis.Kill();
            await run.MomentAsync(build, 20, 50);
            await replica.PromoteAsync();
            await SoakRun.EndsWellAsync(build);
            await replica.FlushAsync();
            await FilledAsync(run, replica);
        });
    }

    /// <summary>Builds until services have written something: where Redis is late, they leave it out.</summary>
    private static async Task FilledAsync(SoakRun run, RedisServer redis)
    {
        var started = Stopwatch.GetTimestamp();
        while (await redis.CountAsync() == 0)
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromMinutes(3), $"{redis.Address} got no writes for three minutes");
            using var again = run.Start("--cache", "refresh", "--overwrite");
            await SoakRun.EndsWellAsync(again);
        }
    }

    private static async Task WithAsync(SoakRun run, Func<RedisServer, RunningCommand, Task> fault)
    {
        Assert.SkipUnless(RedisServer.IsInstalled, "there is no redis-server on PATH");
        using var redis = new RedisServer();
        await redis.StartAsync();
        await ThroughAsync(run, redis.Address, build => fault(redis, build));
    }

    private static async Task ThroughAsync(SoakRun run, string addresses, Func<RunningCommand, Task> fault)
    {
        for (var pod = 0; pod < run.Fleet.Count; pod++)
        {
            run.Fleet.Kill(pod);
        }

        var before = run.Fleet.More;
        run.Fleet.More = [.. before, "--redis", addresses];
        try
        {
            await run.Fleet.EnsureAsync();
            using var build = run.Start("--cache", "always");
            await run.MomentAsync(build, 0, 40);
            await fault(build);
            await SoakRun.EndsWellAsync(build);
        }
        finally
        {
            run.Fleet.More = before;
            for (var pod = 0; pod < run.Fleet.Count; pod++)
            {
                run.Fleet.Kill(pod);
            }
        }
    }
}
