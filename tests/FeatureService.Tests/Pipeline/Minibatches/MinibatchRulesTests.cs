using FeatureService.Contracts.V1;
using FeatureService.Pipeline;
using FeatureService.Testing;
using FeatureService.Tests.Support;
using Grpc.Core;
using Microsoft.Extensions.Time.Testing;

namespace FeatureService.Tests.Pipeline.Minibatches;

/// <summary>What ends a stream of minibatches.</summary>
public sealed class MinibatchRulesTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_message_selects_and_no_other()
    {
        await using var service = await TestService.StartAsync();

        using var none = await VectorStream.OpenAsync(service, VectorStream.Minibatch(1, 5));
        Assert.Equal(["selection: expected in the first message of a stream"], await Expect.ViolationsAsync(none.NextAsync));
        using var empty = await VectorStream.OpenAsync(service, new StreamFeatureVectorsRequest());
        Assert.Equal(["selection: expected in the first message of a stream"], await Expect.ViolationsAsync(empty.NextAsync));
        using var twice = await VectorStream.OpenAsync(service);
        await twice.SendAsync(VectorStream.Selection);
        Assert.Equal(["minibatch: expected in every message of a stream behind the first"], await Expect.ViolationsAsync(twice.NextAsync));
    }

    [Fact]
    public async Task A_selection_that_is_wrong_is_refused_with_every_fault()
    {
        await using var service = await TestService.StartAsync();
        var first = VectorStream.Selection;
        first.Selection.Columns = new ColumnSelector { Names = { "km", "km_13w", "km_13w" } };
        first.Selection.AcceptEncodings.Add(Encoding.Unspecified);

        using var stream = await VectorStream.OpenAsync(service, first);

        Assert.Equal(
            ["columns.names[0]", "columns.names[2]", "accept_encodings[0]"],
            (await Expect.ViolationsAsync(stream.NextAsync)).Select(v => v[..v.IndexOf(':', StringComparison.Ordinal)]));
    }

    [Fact]
    public async Task Columns_that_leave_a_message_no_room_for_values_are_refused()
    {
        await using var service = await TestService.StartAsync(change: o => o with { Limits = new PipelineLimits { MessageBytesMax = 1700 } });
        using var stream = await VectorStream.OpenAsync(service);

        Assert.Equal(
            ["selection.columns.names: what surrounds 5 columns takes three quarters of a message: ask for fewer columns"],
            await Expect.ViolationsAsync(stream.NextAsync));
    }

    [Fact]
    public async Task A_text_that_no_message_holds_fails_its_minibatch_alone()
    {
        await using var service = await TestService.StartAsync(
            Taxi.Make(2, 4, areaLength: 5000), o => o with { Limits = new PipelineLimits { MessageBytesMax = 4096 } });
        using var stream = await VectorStream.OpenAsync(service);

        await stream.SendAsync(VectorStream.Minibatch(1, 5));
        await stream.SendAsync(VectorStream.Minibatch(2, 999_999));

        var failed = VectorStream.StatusOf((await stream.NextAsync())!);
        Assert.Equal(((int)StatusCode.OutOfRange, "TEXT_TOO_LONG"), (failed.Code, failed.GetDetail<Google.Rpc.ErrorInfo>()!.Reason));
        Assert.Contains("'last_area'", failed.Message, StringComparison.Ordinal);
        Assert.Equal(11, VectorStream.ValuesOf((await stream.NextAsync())!)["last_area"].Count);
    }

    [Fact]
    public async Task An_id_may_be_used_again_once_it_is_answered()
    {
        await using var service = await TestService.StartAsync();
        using var stream = await VectorStream.OpenAsync(service);
        for (var i = 0; i < 20; i++)
        {
            await stream.SendAsync(VectorStream.Minibatch(9, i));
            Assert.NotNull(await stream.NextAsync());
        }
    }

    [Fact]
    public async Task So_many_rows_may_be_unanswered_and_no_more()
    {
        await using var service = await TestService.StartAsync(change: o => o with { Limits = new PipelineLimits { UnansweredRowsMax = 100 } });
        using var stream = await VectorStream.OpenAsync(service);
        for (var id = 1UL; id <= 5; id++)
        {
            await stream.SendAsync(VectorStream.Minibatch(id, [.. Enumerable.Range(0, 9).Select(i => (long)i)]));
            Assert.NotNull(await stream.NextAsync());
        }

        await stream.SendAsync(VectorStream.Minibatch(6, [.. Enumerable.Range(0, 10).Select(i => (long)i)]));

        Assert.Equal(
            ["minibatch.rows: 110 rows of id 6 beside 0 that are unanswered: expected at most 100 together"],
            await Expect.ViolationsAsync(stream.NextAsync));
    }

    [Fact]
    public async Task A_deadline_ends_a_stream_and_what_it_computes()
    {
        using var snapshot = new GatedSnapshot(Taxi.Snapshot, isOpen: false);
        await using var service = await TestService.StartAsync(snapshot);
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

        snapshot.Open();
        await service.Host.StopAsync();
        Assert.Equal(0, service.Host.Queue.Count);
    }

    private static Task ExpireAsync(TestService service, TimeSpan patience) => Expect.StatusAsync(StatusCode.DeadlineExceeded, async () =>
    {
        using var stream = new VectorStream(
            service.Vectors.StreamFeatureVectors(deadline: TimeProvider.System.GetUtcNow().UtcDateTime + patience, cancellationToken: Cancellation));
        await EndAsync(stream, VectorStream.Selection, VectorStream.Minibatch(1, 5));
    });

    [Fact]
    public async Task A_draining_service_answers_what_it_has_read_and_ends_the_stream_in_order()
    {
        // Callers have so long to read what is on its way as they need: the clock stands until the service is stopped below.
        var time = new FakeTimeProvider();
        using var snapshot = new GatedSnapshot(Taxi.Snapshot, isOpen: false);
        await using var service = await TestService.StartAsync(snapshot, o => o with { Time = time });
        using var idle = await VectorStream.OpenAsync(service);
        using var stream = await VectorStream.OpenAsync(service);
        await stream.SendAsync(VectorStream.Minibatch(1, 5));
        await snapshot.NextReadAsync();
        await Eventually.TrueAsync(
            async () => (await service.Cluster.GetStatusAsync(new GetStatusRequest(), cancellationToken: Cancellation)).Pool.Lanes[1].Requests == 2,
            Cancellation);

        var stopping = service.Host.StopAsync();

        Assert.Null(await idle.NextAsync());
        Assert.False(stopping.IsCompleted);
        snapshot.Open();
        Assert.Equal(1UL, (await stream.NextAsync())![0].Id);
        Assert.Null(await stream.NextAsync());
        await service.StopAsync();
    }

    [Fact]
    public async Task A_draining_or_full_service_lets_no_stream_in()
    {
        // Callers have so long to read what is on its way as they need: the clock stands until the service is stopped below.
        var time = new FakeTimeProvider();
        using var snapshot = new GatedSnapshot(Taxi.Snapshot, isOpen: false);
        await using var service = await TestService.StartAsync(snapshot, o => o with { TrainingMax = 1, Time = time });
        using var inside = await VectorStream.OpenAsync(service);
        await inside.SendAsync(VectorStream.Minibatch(1, 5));
        await snapshot.NextReadAsync();

        var full = await Expect.StatusAsync(StatusCode.ResourceExhausted, () => OpenAsync(service));
        var stopping = service.Host.StopAsync();
        var late = await Expect.StatusAsync(StatusCode.Unavailable, () => OpenAsync(service));

        snapshot.Open();
        Assert.Equal(("QUEUE_FULL", "DRAINING"), (Expect.Reason(full), Expect.Reason(late)));
        Assert.NotNull(await inside.NextAsync());
        await service.StopAsync();
    }

    private static async Task OpenAsync(TestService service)
    {
        using var stream = new VectorStream(service.Vectors.StreamFeatureVectors(cancellationToken: Cancellation));
        await EndAsync(stream, VectorStream.Selection);
    }

    /// <summary>Sends messages and reads what ends the stream.</summary>
    private static async Task EndAsync(VectorStream stream, params StreamFeatureVectorsRequest[] messages)
    {
        try
        {
            foreach (var message in messages)
            {
                await stream.SendAsync(message);
            }
        }
        catch (Exception exception) when (exception is InvalidOperationException or RpcException)
        {
            // A stream that is refused or late may have ended before its messages are sent; what ended it is read.
        }

        await stream.NextAsync();
    }

    [Fact]
    public async Task A_caller_that_goes_leaves_nothing_behind()
    {
        using var snapshot = new GatedSnapshot(Taxi.Snapshot, isOpen: false);
        await using var service = await TestService.StartAsync(snapshot);
        var stream = await VectorStream.OpenAsync(service);
        await stream.SendAsync(VectorStream.Minibatch(1, 5));
        await snapshot.NextReadAsync();

        stream.Dispose();
        snapshot.Open();
        await service.Host.StopAsync();

        Assert.Equal(0, service.Host.Queue.Count);
    }
}
