using FeatureService.Contracts.V1;
using FeatureService.Hosting;
using FeatureService.Testing;
using FeatureService.Tests.Support;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.Time.Testing;

namespace FeatureService.Tests.Hosting.InMemory;

/// <summary>A service that only its own process reaches behaves as one on a socket.</summary>
public sealed class InMemoryServiceTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Services_of_one_process_do_not_meet_and_stop_apart()
    {
        await using var first = await StartAsync(Taxi.Make(2, 4));
        await using var second = await StartAsync(Taxi.Make(2, 4, fareFactor: 3));

        var one = await first.Vectors.GetFeatureVectorsAsync(Taxi.Get(1), cancellationToken: Cancellation);
        var other = await second.Vectors.GetFeatureVectorsAsync(Taxi.Get(1), cancellationToken: Cancellation);
        await first.Host.StopAsync();

        Assert.Equal("in-memory", first.Host.Address);
        Assert.NotEqual(one.Header.SnapshotId, other.Header.SnapshotId);
        Assert.Equal(other, await second.Vectors.GetFeatureVectorsAsync(Taxi.Get(1), cancellationToken: Cancellation));
        await Expect.StatusAsync(StatusCode.Unavailable, first.Vectors.GetFeatureVectorsAsync(Taxi.Get(1), cancellationToken: Cancellation));
        await Assert.ThrowsAsync<IOException>(() => first.Host.ConnectAsync(Cancellation).AsTask());
    }

    [Fact]
    public async Task A_service_that_listens_at_an_address_is_reached_there_alone()
    {
        await using var service = await TestService.StartAsync();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => service.Host.ConnectAsync(Cancellation).AsTask());

        Assert.Contains(service.Host.Address, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_and_metrics_may_listen_beside_it()
    {
        await using var service = await StartAsync(
            Taxi.Snapshot, o => o with { Health = "http://127.0.0.1:0", Metrics = "http://127.0.0.1:0" });

        Assert.Matches(@"^http://127\.0\.0\.1:\d{2,5}$", service.Host.HealthAddress);
        using var http = new HttpClient();
        Assert.Contains("feature_service", await http.GetStringAsync($"{service.Host.MetricsAddress}/metrics", Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_answers_are_those_of_a_service_on_a_socket()
    {
        await using var memory = await StartAsync(Taxi.Snapshot);
        await using var socket = await TestService.StartAsync();
        var request = Taxi.Backfill();
        request.Grid.Weeks = Taxi.Weeks("2020-W01", "2024-W50");

        using var one = memory.Vectors.Backfill(request, cancellationToken: Cancellation);
        using var other = socket.Vectors.Backfill(request, cancellationToken: Cancellation);
        var slices = await Received.SlicesAsync(one);

        Assert.True(slices.Sum(slice => slice.Messages.Sum(message => (long)message.Payload.Length)) > 2 << 20);
        Assert.Equal(Answers(slices), Answers(await Received.SlicesAsync(other)));
    }

    [Fact]
    public async Task More_calls_are_in_flight_than_one_connection_takes()
    {
        // A connection takes 100 streams.
        const int Calls = 250;
        using var snapshot = new GatedSnapshot(Taxi.Snapshot, isOpen: false);
        await using var service = await StartAsync(snapshot, o => o with { RequestsMax = 300 });

        var calls = Enumerable.Range(0, Calls)
            .Select(i => service.Vectors.GetFeatureVectorsAsync(Taxi.Get(i), cancellationToken: Cancellation).ResponseAsync).ToArray();
        await Eventually.TrueAsync(() => service.Host.Queue.Count == Calls, Cancellation);

        snapshot.Open();
        var answers = await Task.WhenAll(calls);

        Assert.All(answers.Index(), answer => Assert.Equal(
            (long)answer.Index, Received.Values(answer.Item.Columns[0], answer.Item.Payload.Span).First()));
    }

    [Fact]
    public async Task A_reader_that_stopped_stops_the_service_and_is_cut_off()
    {
        var time = new FakeTimeProvider();
        using var snapshot = new GatedSnapshot(Taxi.Make(1, 32), isOpen: true);
        await using var service = await StartAsync(snapshot, o => o with { Time = time });
        var request = Taxi.Backfill();
        request.Grid.Weeks = Taxi.Weeks("2014-W01", "2024-W50");

        using var call = service.Vectors.Backfill(request, cancellationToken: Cancellation);
        Assert.True(await call.ResponseStream.MoveNext(Cancellation));
        do
        {
            time.Advance(TimeSpan.FromSeconds(10));
        }
        while ((await service.Cluster.GetStatusAsync(new GetStatusRequest(), cancellationToken: Cancellation)).Pool.Lanes[^1].Requests > 0);

        Assert.InRange(snapshot.SlicesRead, 1, 16);
        await Expect.StatusAsync(StatusCode.Unavailable, () => Received.SlicesAsync(call));
    }

    [Fact]
    public Task A_call_that_is_cancelled_amid_its_stream_stops_the_work() =>
        StopsTheWorkAsync((cancel, _) => cancel.Cancel(), StatusCode.Cancelled);

    [Fact]
    public Task A_connection_that_its_caller_closes_amid_a_stream_stops_the_work() =>
        StopsTheWorkAsync((_, connection) => connection.Dispose(), StatusCode.Unavailable);

    [Fact]
    public async Task A_stop_ends_a_stream_behind_a_cursor_from_which_another_service_goes_on()
    {
        using var snapshot = new GatedSnapshot(Taxi.Snapshot, isOpen: false);
        await using var service = await StartAsync(snapshot);
        await using var other = await StartAsync(Taxi.Snapshot);
        using var call = service.Vectors.Backfill(Taxi.Backfill(), cancellationToken: Cancellation);
        await snapshot.NextReadAsync();

        var stopping = service.Host.StopAsync();
        snapshot.Open();
        var slices = await Received.SlicesAsync(call);
        await stopping;

        Assert.InRange(slices.Count, 1, 7);
        Assert.False(slices[^1].End.Last);
        var rest = Taxi.Backfill();
        rest.Cursor = slices[^1].End.Cursor;
        using var resumed = other.Vectors.Backfill(rest, cancellationToken: Cancellation);
        Assert.Equal(8, slices.Count + (await Received.SlicesAsync(resumed)).Count);
    }

    [Fact]
    public async Task A_stop_cuts_a_stream_whose_caller_does_not_read()
    {
        using var snapshot = new GatedSnapshot(Taxi.Make(1, 32), isOpen: true);
        await using var service = await StartAsync(snapshot, o => o with { DrainMax = TimeSpan.FromMilliseconds(1) });
        var request = Taxi.Backfill();
        request.Grid.Weeks = Taxi.Weeks("2014-W01", "2024-W50");
        using var call = service.Vectors.Backfill(request, cancellationToken: Cancellation);
        Assert.True(await call.ResponseStream.MoveNext(Cancellation));
        await ReaderHoldsItUpAsync(service, snapshot);

        await service.Host.StopAsync();

        await Expect.StatusAsync(StatusCode.Unavailable, () => Received.SlicesAsync(call));
    }

    /// <summary>
    /// Waits until a stream computes nothing more: look after look nothing is queued or runs, and no further slice was read. A look is a
    /// call, so whatever the stream has still to do on threads of the runtime gets its turn between them.
    /// </summary>
    private static async Task ReaderHoldsItUpAsync(TestService service, GatedSnapshot snapshot)
    {
        var (read, looks) = (0, 0);
        while (looks < 50)
        {
            await service.Cluster.GetStatusAsync(new GetStatusRequest(), cancellationToken: Cancellation);
            looks = service.Host.Queue.Count == 0 && snapshot.SlicesRead == read ? looks + 1 : 0;
            read = snapshot.SlicesRead;
        }
    }

    /// <summary>The messages without the CPU time that they took and what the cache had of them, in which no two runs agree.</summary>
    private static IEnumerable<BackfillResponse> Answers(IEnumerable<ReceivedSlice> slices) => slices.SelectMany(slice => slice.Messages).Select(message =>
    {
        message.SliceEnd?.ClearCpuMicros();
        message.SliceEnd?.ClearCachedValues();
        return message;
    });

    private static Task<TestService> StartAsync(Engine.Snapshots.ISnapshot snapshot, Func<ServiceOptions, ServiceOptions>? change = null) =>
        TestService.StartAsync(snapshot, options => (change?.Invoke(options) ?? options) with { Listen = null });

    private static async Task StopsTheWorkAsync(Action<CancellationTokenSource, Stream> stop, StatusCode expected)
    {
        using var snapshot = new GatedSnapshot(Taxi.Make(1, 32), isOpen: false);
        await using var service = await StartAsync(snapshot, o => o with { Workers = 1 });
        using var cancel = new CancellationTokenSource();
        var connection = await service.Host.ConnectAsync(Cancellation);
        using var http = new SocketsHttpHandler { ConnectCallback = (_, _) => ValueTask.FromResult(connection) };
        using var channel = GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions { HttpHandler = http });
        using var call = new FeatureVectorsService.FeatureVectorsServiceClient(channel).Backfill(Taxi.Backfill(), cancellationToken: cancel.Token);
        await snapshot.NextReadAsync();
        await Eventually.TrueAsync(() => service.Host.Queue.Count >= 2, Cancellation);

        stop(cancel, connection);

        // The slice that is held stays; the one behind it is dropped.
        await Eventually.TrueAsync(() => service.Host.Queue.Count <= 1, Cancellation);

        snapshot.Open();
        await Expect.StatusAsync(expected, () => Received.SlicesAsync(call));
        await service.Host.StopAsync();
        Assert.Equal(1, snapshot.SlicesRead);
    }
}
