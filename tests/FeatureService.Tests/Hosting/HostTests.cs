using FeatureService.Contracts.V1;
using FeatureService.Hosting;
using FeatureService.Testing;
using FeatureService.Tests.Support;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Reflection.V1Alpha;

namespace FeatureService.Tests.Hosting;

public sealed class HostTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Several_services_run_in_one_process_and_stop_apart()
    {
        await using var first = await TestService.StartAsync();
        await using var second = await TestService.StartAsync(change: o => o with { Listen = "http://127.0.0.1:0" });
        using var channel = Grpc.Net.Client.GrpcChannel.ForAddress(second.Host.Address);
        var vectors = new FeatureVectorsService.FeatureVectorsServiceClient(channel);

        var one = await first.Vectors.GetFeatureVectorsAsync(Taxi.Get(1), cancellationToken: Cancellation);
        await first.Host.StopAsync();
        var other = await vectors.GetFeatureVectorsAsync(Taxi.Get(1), cancellationToken: Cancellation);

        Assert.Equal(one, other);
        Assert.Matches(@"^http://127\.0\.0\.1:\d{2,5}$", second.Host.Address);
        Assert.False(File.Exists(first.Host.Address["unix:".Length..]));
    }

    [Fact]
    public async Task A_socket_that_a_killed_process_left_behind_is_taken_over_but_a_living_one_is_not()
    {
        await using var first = await TestService.StartAsync();
        var path = first.Host.Address["unix:".Length..];
        await Assert.ThrowsAsync<IOException>(() => TestService.StartAsync(change: o => o with { Listen = first.Host.Address }));

        await first.Host.StopAsync();
        using (var left = new System.Net.Sockets.Socket(
            System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified))
        {
            // Renamed, as the socket would remove the file that it has bound.
            left.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(path + "x"));
            File.Move(path + "x", path);
        }

        Assert.True(File.Exists(path));
        await using var second = await TestService.StartAsync(change: o => o with { Listen = "unix:" + path });
        await second.Cluster.GetTopologyAsync(new GetTopologyRequest(), cancellationToken: Cancellation);
    }

    [Fact]
    public async Task Options_are_checked_before_anything_is_opened()
    {
        var error = await Assert.ThrowsAsync<ServiceOptionsException>(() => FeatureServiceHost.StartAsync(
            new ServiceOptions { Listen = "nowhere", Snapshots = [], Workers = 0 }, Cancellation));

        Assert.Equal(["listen", "snapshot", "workers"], error.Errors.Select(e => e[..e.IndexOf(':', StringComparison.Ordinal)]));
    }

    [Fact]
    public async Task An_address_that_is_taken_is_told()
    {
        await using var first = await TestService.StartAsync(change: o => o with { Listen = "http://127.0.0.1:0" });

        var error = await Assert.ThrowsAsync<IOException>(() => TestService.StartAsync(change: o => o with { Listen = first.Host.Address }));

        Assert.Contains(first.Host.Address["http://".Length..], error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Health_serves_until_the_service_drains(bool inMemory)
    {
        using var snapshot = new GatedSnapshot(Taxi.Snapshot, isOpen: false);
        await using var service = await TestService.StartAsync(snapshot, o => At(o, inMemory));
        using var watch = service.Health.Watch(new HealthCheckRequest { Service = "readiness" }, cancellationToken: Cancellation);
        Assert.True(await watch.ResponseStream.MoveNext(Cancellation));
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, watch.ResponseStream.Current.Status);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, (await service.Health.CheckAsync(new HealthCheckRequest(), cancellationToken: Cancellation)).Status);
        await Expect.StatusAsync(StatusCode.NotFound, service.Health.CheckAsync(new HealthCheckRequest { Service = "x" }, cancellationToken: Cancellation));
        var inFlight = service.Vectors.GetFeatureVectorsAsync(Taxi.Get(1), cancellationToken: Cancellation);
        await snapshot.NextReadAsync();

        var stopping = service.Host.StopAsync();

        Assert.True(await watch.ResponseStream.MoveNext(Cancellation));
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.NotServing, watch.ResponseStream.Current.Status);
        var refused = await Expect.StatusAsync(StatusCode.Unavailable, service.Vectors.GetFeatureVectorsAsync(Taxi.Get(2), cancellationToken: Cancellation));
        Assert.Equal("DRAINING", Expect.Reason(refused));
        Assert.False(stopping.IsCompleted);
        snapshot.Open();
        Assert.Equal(11U, (await inFlight).Columns[0].Rows);
        await stopping;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_service_that_is_full_says_when_to_come_back(bool inMemory)
    {
        using var snapshot = new GatedSnapshot(Taxi.Snapshot, isOpen: false);
        await using var service = await TestService.StartAsync(snapshot, o => At(o, inMemory) with { RequestsMax = 1 });
        var inside = service.Vectors.GetFeatureVectorsAsync(Taxi.Get(1), cancellationToken: Cancellation);
        await snapshot.NextReadAsync();

        var full = await Expect.StatusAsync(
            StatusCode.ResourceExhausted, service.Vectors.GetFeatureVectorsAsync(Taxi.Get(1), cancellationToken: Cancellation));

        Assert.Equal("QUEUE_FULL", Expect.Reason(full));
        Assert.True(full.GetRpcStatus()!.GetDetail<Google.Rpc.RetryInfo>()!.RetryDelay.ToTimeSpan() > TimeSpan.Zero);
        Assert.NotNull(full.GetRpcStatus()!.GetDetail<Google.Rpc.QuotaFailure>());
        Assert.Equal("100", full.Trailers.GetValue("grpc-retry-pushback-ms"));
        snapshot.Open();
        await inside;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_passed_deadline_stops_the_work(bool inMemory)
    {
        using var snapshot = new GatedSnapshot(Taxi.Make(1, 16), isOpen: false);
        await using var service = await TestService.StartAsync(snapshot, o => At(o, inMemory) with { Workers = 1 });

        // On a busy machine a call can expire before it reaches a worker: it is given longer until one does.
        var patience = TimeSpan.FromMilliseconds(200);
        var read = snapshot.NextReadAsync();
        Task ended;
        do
        {
            ended = ExpireAsync(service, patience);
            patience *= 2;
        }
        while (await Task.WhenAny(read, ended) != read);
        await ended;

        // The server's own timer may be a little later: it drops what is queued behind the slice that is held.
        await Eventually.TrueAsync(() => service.Host.Queue.Count <= 1, Cancellation);

        snapshot.Open();
        await service.Host.StopAsync();

        Assert.Equal(1, snapshot.SlicesRead);
    }

    private static ServiceOptions At(ServiceOptions options, bool inMemory) => inMemory ? options with { Listen = null } : options;

    private static async Task ExpireAsync(TestService service, TimeSpan patience)
    {
        using var call = service.Vectors.Backfill(
            Taxi.Backfill(), deadline: TimeProvider.System.GetUtcNow().UtcDateTime + patience, cancellationToken: Cancellation);
        await Expect.StatusAsync(StatusCode.DeadlineExceeded, () => Received.SlicesAsync(call));
    }

    [Fact]
    public async Task A_snapshot_that_turns_out_damaged_is_data_loss()
    {
        await using var service = await TestService.StartAsync(new DamagedSnapshot(Taxi.Snapshot));

        var lost = await Expect.StatusAsync(
            StatusCode.DataLoss, service.Vectors.GetFeatureVectorsAsync(Taxi.Get(1), cancellationToken: Cancellation));

        Assert.Contains("part.arrow at offset 64", lost.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reflection_lists_the_services()
    {
        await using var service = await TestService.StartAsync();
        using var call = new ServerReflection.ServerReflectionClient(service.Channel).ServerReflectionInfo(cancellationToken: Cancellation);

        await call.RequestStream.WriteAsync(new ServerReflectionRequest { ListServices = "" }, Cancellation);
        Assert.True(await call.ResponseStream.MoveNext(Cancellation));
        var names = call.ResponseStream.Current.ListServicesResponse.Service.Select(s => s.Name);
        await call.RequestStream.CompleteAsync();

        Assert.Superset(
            new HashSet<string> { "features.v1.FeatureVectorsService", "features.v1.FeatureViewsService", "features.v1.ClusterService", "grpc.health.v1.Health" },
            names.ToHashSet());
    }
}
