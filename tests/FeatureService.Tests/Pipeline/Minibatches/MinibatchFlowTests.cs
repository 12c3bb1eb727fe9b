using System.Threading.Channels;
using FeatureService.Contracts.V1;
using FeatureService.Pipeline;
using FeatureService.Pipeline.Replies;
using FeatureService.Pipeline.Requests;
using FeatureService.Pipeline.Verification;
using FeatureService.Registry;
using FeatureService.Scheduling;
using FeatureService.Telemetry;
using FeatureService.Testing;
using FeatureService.Tests.Support;
using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace FeatureService.Tests.Pipeline.Minibatches;

/// <summary>How a stream of minibatches behaves toward callers that read slowly, not at all, or send nothing.</summary>
public sealed class MinibatchFlowTests : IDisposable
{
    // A slice for each minibatch, so that what is computed can be told by what is read.
    private readonly GatedSnapshot _snapshot = new(Taxi.Make(1, 32), isOpen: true);
    private readonly WorkerPool _workers = new(2, WorkerPolicy.Normal);
    private readonly Admission _admission = new(new AdmissionLimits(4, 4, 4));
    private readonly FakeTimeProvider _time = new();
    private readonly ServiceMetrics _metrics = new(TimeProvider.System);
    private readonly RequestTrace _trace;
    private readonly Requests _requests = new();
    private readonly HeldReplies _replies = new();

    public MinibatchFlowTests() => _trace = new RequestTrace(_metrics, "features.v1.FeatureVectorsService/StreamFeatureVectors");

    public void Dispose()
    {
        _snapshot.Open();
        _workers.Dispose();
        _trace.Dispose();
        _metrics.Dispose();
        _admission.Dispose();
        _snapshot.Dispose();
    }

    [Fact]
    public async Task A_slow_reader_costs_no_more_than_the_parts_ahead()
    {
        var stream = StreamAsync(new PipelineLimits { MinibatchPartsAhead = 3 });
        foreach (var id in Enumerable.Range(1, 8))
        {
            _requests.Send(VectorStream.Minibatch((ulong)id, KeyOfSlice(id)));
        }

        // One is being written, the next waits for it in its buffer, three more are computed ahead.
        await _replies.NextWriteAsync();
        for (var i = 0; i < 5; i++)
        {
            await _snapshot.NextReadAsync();
        }

        await IdleAsync();
        Assert.Equal(5, _snapshot.SlicesRead);

        _replies.Open();
        _requests.End();
        await stream;
        Assert.Equal(8, _snapshot.SlicesRead);
        Assert.Equal(Enumerable.Range(1, 8).Select(id => (ulong)id), _replies.Messages.Select(m => m.Id));
        Assert.Equal(0, _admission.Count);
    }

    [Fact]
    public async Task What_comes_while_a_slow_reader_has_all_there_was_is_computed_ahead_too()
    {
        var stream = StreamAsync(new PipelineLimits { MinibatchPartsAhead = 3 });
        _requests.Send(VectorStream.Minibatch(1, KeyOfSlice(1)));
        await _replies.NextWriteAsync();
        await _snapshot.NextReadAsync();

        // The first answer is in the reader's hands, and nothing else was there to do.
        foreach (var id in Enumerable.Range(2, 4))
        {
            _requests.Send(VectorStream.Minibatch((ulong)id, KeyOfSlice(id)));
        }

        for (var i = 0; i < 4; i++)
        {
            await _snapshot.NextReadAsync();
        }

        _replies.Open();
        _requests.End();
        await stream;
        Assert.Equal(Enumerable.Range(1, 5).Select(id => (ulong)id), _replies.Messages.Select(m => m.Id));
    }

    [Fact]
    public async Task A_wide_minibatch_is_computed_no_further_ahead_than_a_slow_reader_takes_it()
    {
        var stream = StreamAsync(new PipelineLimits { MinibatchPartsAhead = 3, MessageBytesMax = 4096 });
        long[] keys = [.. Enumerable.Range(0, 32).Select(KeyOfSlice)];
        _requests.Send(VectorStream.Listed(1, keys.SelectMany(key => Enumerable.Range(0, 64).Select(_ => (key, "2024-W12")))));

        // Five parts of some 40 rows, each slice having 64.
        await _replies.NextWriteAsync();
        for (var i = 0; i < 3; i++)
        {
            await _snapshot.NextReadAsync();
        }

        await IdleAsync();
        Assert.InRange(_snapshot.SlicesRead, 3, 8);

        _replies.Open();
        _requests.End();
        await stream;
        Assert.Equal(32, _snapshot.SlicesRead);
        Assert.Equal(64 * 32, _replies.Messages.Sum(m => m.Columns[0].Rows));
    }

    [Fact]
    public async Task A_caller_that_reads_nothing_is_cut_off_after_a_while_though_nothing_is_left_to_send()
    {
        var stream = StreamAsync(new PipelineLimits());
        _requests.Send(VectorStream.Minibatch(1, 5));
        await _replies.NextWriteAsync();

        await Eventually.TrueAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                return stream.IsCompleted;
            },
            TestContext.Current.CancellationToken);

        var stalled = await Assert.ThrowsAsync<RequestException>(() => stream);
        Assert.Equal((FailureKind.Unavailable, "STALLED"), (stalled.Kind, stalled.Reason));
        Assert.True(_replies.IsReset);
        Assert.Equal(0, _admission.Count);
    }

    [Fact]
    public async Task A_caller_that_sends_nothing_may_take_its_time()
    {
        _replies.Open();
        var stream = StreamAsync(new PipelineLimits());
        _requests.Send(VectorStream.Minibatch(1, 5));
        await _replies.NextWriteAsync();

        _time.Advance(TimeSpan.FromHours(5));
        Assert.False(stream.IsCompleted);
        _requests.Send(VectorStream.Minibatch(2, 5));
        await _replies.NextWriteAsync();
        _requests.End();

        await stream;
    }

    [Fact]
    public async Task A_breach_of_the_rules_ends_a_stream_whose_caller_does_not_read()
    {
        var stream = StreamAsync(new PipelineLimits());
        _requests.Send(VectorStream.Minibatch(1, 5));
        await _replies.NextWriteAsync();

        _requests.Send(VectorStream.Selection);

        Assert.Equal(FailureKind.InvalidArgument, (await Assert.ThrowsAsync<RequestException>(() => stream)).Kind);
        Assert.Equal(0, _workers.Queue.Count);
    }

    [Fact]
    public async Task An_id_that_is_unanswered_may_not_be_sent_again()
    {
        var stream = StreamAsync(new PipelineLimits());
        foreach (var id in (ulong[])[1, 2, 3, 3])
        {
            _requests.Send(VectorStream.Minibatch(id, 5));
        }

        var broken = await Assert.ThrowsAsync<RequestException>(() => stream);
        Assert.Equal("minibatch.id: 3 is not answered yet: expected another id", broken.Message);
    }

    [Fact]
    public async Task Eight_ids_may_be_unanswered_and_no_ninth()
    {
        var stream = StreamAsync(new PipelineLimits());
        _requests.Send(VectorStream.Minibatch(1, 5));
        await _replies.NextWriteAsync();

        // The second counts as answered while it waits behind the first, which is in the caller's hands.
        foreach (var id in Enumerable.Range(2, 8))
        {
            _requests.Send(VectorStream.Minibatch((ulong)id, 5));
        }

        await IdleAsync();
        Assert.False(stream.IsCompleted);
        _requests.Send(VectorStream.Minibatch(10, 5));
        _requests.Send(VectorStream.Minibatch(11, 5));

        var broken = await Assert.ThrowsAsync<RequestException>(() => stream);
        Assert.Matches("^minibatch.id: 8 ids are unanswered: expected 1[01] behind the last message of one of them$", broken.Message);
    }

    private Task StreamAsync(PipelineLimits limits)
    {
        var pipeline = new MinibatchPipeline(
            _admission,
            new SnapshotRegistry([new ServedSnapshot("default", "", _snapshot, _time.GetUtcNow())]),
            new ViewRegistry(PublishedFiles.None),
            new BoundViews(),
            _workers,
            new Verifier(0, _metrics, NullLogger<Verifier>.Instance),
            limits,
            _time);
        _requests.Send(VectorStream.Selection);
        return pipeline.StreamAsync(_requests, _replies, failure => ByteString.CopyFromUtf8(failure.Message), _trace, CancellationToken.None);
    }

    /// <summary>The first key of a slice.</summary>
    private long KeyOfSlice(int slice) => Enumerable.Range(0, Taxi.Users)
        .First(key => _snapshot.Placement.SliceOf(FeatureService.Core.Keys.EntityKey.HashOf((long)key)).Slice == slice % 32);

    private Task IdleAsync() => Eventually.TrueAsync(() => _workers.Queue.Count == 0, TestContext.Current.CancellationToken);

    private sealed class Requests : IRequestStream<StreamFeatureVectorsRequest>
    {
        private readonly Channel<StreamFeatureVectorsRequest> _messages = Channel.CreateUnbounded<StreamFeatureVectorsRequest>();

        public void Send(StreamFeatureVectorsRequest message) => Assert.True(_messages.Writer.TryWrite(message));

        public void End() => _messages.Writer.Complete();

        public async Task<StreamFeatureVectorsRequest?> NextAsync(CancellationToken cancellation) =>
            await _messages.Reader.WaitToReadAsync(cancellation) && _messages.Reader.TryRead(out var message) ? message : null;
    }

    /// <summary>A caller that reads when the test says so.</summary>
    private sealed class HeldReplies : IReplyStream<StreamFeatureVectorsResponse>
    {
        private readonly SemaphoreSlim _writes = new(0);
        private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly CancellationTokenSource _reset = new();

        public List<StreamFeatureVectorsResponse> Messages { get; } = [];

        public bool IsReset => _reset.IsCancellationRequested;

        public Task WriteAsync(StreamFeatureVectorsResponse message, CancellationToken cancellation)
        {
            Messages.Add(message);
            _writes.Release();
            return HeldAsync(cancellation);
        }

        public void Reset() => _reset.Cancel();

        public Task NextWriteAsync() => _writes.WaitAsync(TestContext.Current.CancellationToken);

        public void Open() => _opened.TrySetResult();

        private async Task HeldAsync(CancellationToken cancellation)
        {
            using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _reset.Token);
            await _opened.Task.WaitAsync(end.Token);
        }
    }
}
