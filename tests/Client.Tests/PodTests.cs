using System.Net;
using FeatureService.Client.FanOut;
using FeatureService.Client.FanOut.Minibatches;
using FeatureService.Client.Tests.Fake;
using FeatureService.Client.Transport;
using FeatureService.Core.Keys;
using FeatureService.Testing.Network;
using Grpc.Core;

namespace FeatureService.Client.Tests;

/// <summary>Pods behind names, balancers and broken networks, over real connections.</summary>
public sealed class PodTests
{
    private static readonly FakeGrid _grid = new(2_000, 64, 1) { BackfillsInFlight = 2 };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_name_with_two_addresses_is_two_pods()
    {
        await using var one = await FakeService.StartAsync(_grid);
        await using var two = await FakeService.StartAsync(_grid);
        await using var first = Listen(one, IPAddress.Parse("127.0.0.2"), 0);
        await using var second = Listen(two, IPAddress.Parse("127.0.0.3"), first.Port);
        using var client = Named(first.Port, () => [IPAddress.Parse("127.0.0.2"), IPAddress.Parse("127.0.0.3")]);
        Assert.Equal(Expected(), await KeysAsync(client));
        Assert.Equal(2, (await client.GetStatusAsync(Stop)).Count);
        Assert.InRange(one.StreamCount, 16, 48);
        Assert.InRange(two.StreamCount, 16, 48);
    }

    [Fact]
    public async Task A_pod_that_joins_a_name_gets_its_share_of_what_is_left()
    {
        var grid = new FakeGrid(2_000, 256, 1) { BackfillsInFlight = 2 };
        var services = new List<FakeService>();
        var networks = new List<TcpFaultProxy>();
        var addresses = Enumerable.Range(2, 4).Select(i => IPAddress.Parse($"127.0.0.{i}")).ToArray();
        foreach (var address in addresses)
        {
            services.Add(await FakeService.StartAsync(grid, _ => new StreamScript { SliceTime = TimeSpan.FromMilliseconds(20) }));
            networks.Add(Listen(services[^1], address, networks.Count == 0 ? 0 : networks[0].Port));
        }

        using var folder = new Testing.TempFolder();
        var known = 3;
        int[]? before = null;
        using (var client = Named(networks[0].Port, () => addresses[..known], shardsInFlight: 8))
        {
            var options = new Datasets.DatasetBuildOptions { Query = Clients.Query, Path = folder["set"], Format = new Datasets.CsvFormat() };
            await new Datasets.DatasetBuilder(client).BuildAsync(options, new Relay(progress =>
            {
                known = progress.ShardsDone >= 40 ? 4 : 3;
                before ??= services[3].StreamCount > 0 ? [.. services.Select(service => service.StreamCount)] : null;
            }), Stop);
        }

        int[] after = [.. services.Select((service, i) => service.StreamCount - (before?[i] ?? 0))];
        TestContext.Current.TestOutputHelper?.WriteLine($"streams of each pod since the fourth got its first: {string.Join(", ", after)}");
        var share = after.Average();
        Assert.True(share > 30, $"the fourth came too late: {string.Join(", ", after)}");
        Assert.All(after, streams => Assert.True(Math.Abs(streams - share) <= 0.2 * share, $"{streams} of {share}"));
        foreach (var (service, network) in services.Zip(networks))
        {
            await network.DisposeAsync();
            await service.DisposeAsync();
        }
    }

    [Fact]
    public async Task Connections_through_a_balancer_that_hides_pods_reach_all_of_them()
    {
        await using var one = await FakeService.StartAsync(_grid);
        await using var two = await FakeService.StartAsync(_grid);
        await using var balancer = Balance(one, two);
        using var client = Through(balancer, connections: 4);
        Assert.Equal(Expected(), await KeysAsync(client));
        Assert.True(one.StreamCount > 8 && two.StreamCount > 8, $"{one.StreamCount} and {two.StreamCount} streams");
    }

    [Fact]
    public async Task A_pod_behind_a_balancer_that_lacks_the_snapshot_is_left_by_a_new_connection()
    {
        await using var has = await FakeService.StartAsync(_grid);
        await using var lacks = await FakeService.StartAsync(_grid, _ => new StreamScript { SliceCountMax = 0, Refusal = "SNAPSHOT_GONE" });
        // The first connections lead to the one that has it and to the one that does not; what comes later to the first.
        await using var balancer = Balance(has, lacks, has, has, has, has, has, has);
        using var client = Through(balancer, connections: 2);
        Assert.Equal(Expected(), await KeysAsync(client));
        Assert.InRange(lacks.StreamCount, 1, 4);
        Assert.True(balancer.AcceptedCount > 2, $"{balancer.AcceptedCount} connections");
    }

    [Fact]
    public async Task A_pod_behind_a_balancer_that_answers_no_minibatch_is_left_by_a_new_connection()
    {
        var hold = new TaskCompletionSource();
        await using var hangs = await FakeService.StartAsync(_grid, _ => new StreamScript { Hold = hold.Task });
        await using var well = await FakeService.StartAsync(_grid);
        await using var balancer = Balance(hangs, well, well, well, well, well, well, well);
        using var client = Clients.Of(o => o with
        {
            Endpoints = [balancer.Address],
            StreamIdleTimeout = TimeSpan.FromMilliseconds(500),
            OutageTimeout = TimeSpan.FromSeconds(30),
        });

        var answers = new List<string>();
        await foreach (var answer in client.StreamFeatureVectorsAsync(new FeatureStreamQuery { View = Clients.Query.View }, Minibatches(), Stop))
        {
            answers.Add(answer.Correlation);
        }

        hold.SetResult();
        Assert.Equal(["first", "second"], answers);
        Assert.True(well.StreamCount > 0);
    }

    [Fact]
    public async Task A_connection_that_breaks_again_and_again_loses_no_row()
    {
        await using var service = await FakeService.StartAsync(_grid, _ => new StreamScript { RowsPerMessage = 7 });
        await using var network = Balance(service);
        network.Fault = new ProxyFault { BytesMax = 150_000, RunBytesMax = 4_096 };
        using var client = Through(network, connections: 1);
        Assert.Equal(Expected(), await KeysAsync(client));
        Assert.True(network.AcceptedCount > 1, $"{network.AcceptedCount} connections");
    }

    [Fact]
    public async Task A_pod_that_swallows_everything_is_noticed_and_left_to_the_others()
    {
        await using var well = await FakeService.StartAsync(_grid);
        await using var hung = await FakeService.StartAsync(_grid);
        await using var hole = Balance(hung);
        using var client = Clients.Of(
            o => o with
            {
                Endpoints = [well.Address, hole.Address],
                ProbeAfter = TimeSpan.FromMilliseconds(200),
                ProbeTimeout = TimeSpan.FromMilliseconds(200),
            },
            well);
        await client.GetTopologyAsync(Stop);
        await client.GetTopologyAsync(Stop);
        hole.Fault = new ProxyFault { BlackHole = true };
        Assert.Equal(Expected(), await KeysAsync(client));
    }

    [Fact]
    public async Task A_dataset_says_what_each_pod_did()
    {
        await using var one = await FakeService.StartAsync(_grid);
        await using var two = await FakeService.StartAsync(_grid, n => n == 0
            ? new StreamScript { SliceCountMax = 0, Failure = new Status(StatusCode.Unavailable, "gone") }
            : new StreamScript());
        using var folder = new Testing.TempFolder();
        using var client = Clients.Of(one, two);
        var last = default(Datasets.DatasetProgress);
        var options = new Datasets.DatasetBuildOptions { Query = Clients.Query, Path = folder["set"], Format = new Datasets.CsvFormat() };
        await new Datasets.DatasetBuilder(client).BuildAsync(options, new Relay(progress => last = progress), Stop);
        Assert.Equal(1, last.FanOut.Retries);
        Assert.Equal(2, last.FanOut.Pods.Count);
        Assert.Equal(6_000, last.FanOut.Pods.Sum(pod => pod.Rows));
        Assert.Equal(last.ShardCount, last.FanOut.Pods.Sum(pod => pod.Done));
        Assert.Equal(1, last.Fraction);
        Assert.Equal(TimeSpan.Zero, last.TimeLeft);
    }

    private static TcpFaultProxy Listen(FakeService service, IPAddress address, int port) =>
        TcpFaultProxy.Start([TcpFaultProxy.EndPointOf(service.Address)], listen: new IPEndPoint(address, port));

    private static TcpFaultProxy Balance(params FakeService[] services) =>
        TcpFaultProxy.Start([.. services.Select(service => TcpFaultProxy.EndPointOf(service.Address))]);

    private static FeatureServiceClient Named(int port, Func<IReadOnlyList<IPAddress>> addresses, int shardsInFlight = 4) => Clients.Of(o => o with
    {
        Endpoints = [$"dns:///pods:{port}"],
        Resolve = (_, _) => Task.FromResult(addresses()),
        ResolveInterval = TimeSpan.FromMilliseconds(50),
        ShardsInFlightMax = shardsInFlight,
    });

    private static FeatureServiceClient Through(TcpFaultProxy balancer, int connections) => Clients.Of(o => o with
    {
        Endpoints = [balancer.Address],
        ConnectionsPerEndpoint = connections,
        ShardsInFlightMax = 8,
    });

    private static IEnumerable<long> Expected() =>
        from partition in Enumerable.Range(0, _grid.Placement.Partitions)
        from key in _grid.Keys(new SliceId(partition, 0))
        from week in Enumerable.Range(0, 3)
        select key;

    private static async IAsyncEnumerable<Minibatch<string>> Minibatches()
    {
        yield return new Minibatch<string>([new FeatureRow(EntityKey.Of(1), "2024-01-01")], "first");
        yield return new Minibatch<string>([new FeatureRow(EntityKey.Of(2), "2024-01-01")], "second");
        await Task.CompletedTask;
    }

    private static async Task<List<long>> KeysAsync(FeatureServiceClient client)
    {
        var keys = new List<long>();
        await foreach (var batch in client.BackfillAsync(Clients.Query, Stop))
        {
            keys.AddRange(batch["user_id"].Values<long>());
        }

        return keys;
    }

    private sealed class Relay(Action<Datasets.DatasetProgress> report) : IProgress<Datasets.DatasetProgress>
    {
        public void Report(Datasets.DatasetProgress value) => report(value);
    }
}
