using FeatureService.Testing.Network;

namespace FeatureService.EndToEnd.Tests.Soak;

/// <summary>Faults of the network between the client and one or all of the services.</summary>
internal static class NetworkFaults
{
    public static Task DelayAsync(SoakRun run) => ThroughAsync(run, random => new ProxyFault
    {
        Delay = TimeSpan.FromMilliseconds(random.Next(1, 5)),
        Jitter = TimeSpan.FromMilliseconds(random.Next(1, 10)),
        RunBytesMax = random.Next(16 << 10, 64 << 10),
    });

    public static Task CutAsync(SoakRun run) => ThroughAsync(run, random => Ending(random, ProxyEnd.Reset));

    public static Task TruncateAsync(SoakRun run) => ThroughAsync(run, random => Ending(random, ProxyEnd.Reset) with { RunBytesMax = random.Next(1000, 5000) });

    public static Task HalfCloseAsync(SoakRun run) => ThroughAsync(run, random => Ending(random, ProxyEnd.HalfClose));

    private static ProxyFault Ending(Random random, ProxyEnd end) => new() { BytesMax = random.Next(100_000, 8_000_000), End = end };

    /// <summary>Builds through a proxy before each service: one of them, at a moment of the build, gets a fault, which passes later.</summary>
    private static async Task ThroughAsync(SoakRun run, Func<Random, ProxyFault> fault)
    {
        var proxies = run.Fleet.Addresses.Select(address => TcpFaultProxy.Start(address, run.Random.Next())).ToArray();
        try
        {
            using var build = run.Start(proxies.Select(proxy => proxy.Address));
            for (var moment = 0; moment < 3; moment++)
            {
                await run.MomentAsync(build, moment * 15, (moment + 1) * 15);
                var proxy = proxies[run.Random.Next(proxies.Length)];
                proxy.Fault = fault(run.Random);
                await run.MomentAsync(build, (moment + 1) * 15, (moment + 1) * 20);
                proxy.Fault = ProxyFault.None;
            }

            await SoakRun.EndsWellAsync(build);
        }
        finally
        {
            foreach (var proxy in proxies)
            {
                await proxy.DisposeAsync();
            }
        }
    }
}
