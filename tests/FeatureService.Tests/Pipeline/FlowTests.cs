using FeatureService.Caching;
using FeatureService.Contracts.V1;
using FeatureService.Engine.Planning;
using FeatureService.Pipeline;
using FeatureService.Pipeline.Replies;
using FeatureService.Pipeline.Verification;
using FeatureService.Registry;
using FeatureService.Scheduling;
using FeatureService.Telemetry;
using FeatureService.Testing;
using FeatureService.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace FeatureService.Tests.Pipeline;

/// <summary>How a stream behaves toward readers that are slow, gone, or never there.</summary>
public sealed class FlowTests : IDisposable
{
    private static readonly Verifier s_noVerifier = new(0, new ServiceMetrics(TimeProvider.System), NullLogger<Verifier>.Instance);

    private readonly GatedSnapshot _snapshot = new(Taxi.Make(1, 32), isOpen: true);
    private readonly WorkerPool _workers = new(2, WorkerPolicy.Normal);
    private readonly Admission _admission = new(new AdmissionLimits(4, 4, 4));
    private readonly FakeTimeProvider _time = new();
    private readonly ServiceMetrics _metrics = new(TimeProvider.System);
    private readonly BlockCache _cache;
    private readonly RequestTrace _trace;
    private readonly VectorsPipeline _pipeline;

    public FlowTests()
    {
        _cache = new BlockCache(new CacheOptions(), 2, new CacheMetrics(_metrics), _time);
        _trace = new RequestTrace(_metrics, "features.v1.FeatureVectorsService/Backfill");
        _pipeline = new VectorsPipeline(
            _admission,
            new SnapshotRegistry([new ServedSnapshot("default", "", _snapshot, _time.GetUtcNow())]),
            new ViewRegistry(PublishedFiles.None),
            new BoundViews(),
            _workers,
            new CachedParts(_cache, _workers, new CostScale()),
            s_noVerifier,
            new PipelineLimits(),
            new CostScale(),
            _time);
    }

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
    public async Task A_slow_reader_costs_no_more_than_the_slices_ahead()
    {
        var reader = new HeldReader();
        var stream = _pipeline.BackfillAsync(Taxi.Backfill(), reader, _trace, CancellationToken.None);

        // One slice is being written, the next waits for it in its buffer, two more are computed ahead.
        await reader.NextWriteAsync();
        for (var i = 0; i < 4; i++)
        {
            await _snapshot.NextReadAsync();
        }

        await IdleAsync();
        Assert.Equal(4, _snapshot.SlicesRead);

        reader.Open();
        await stream;
        Assert.Equal(32, _snapshot.SlicesRead);
        Assert.Equal(0, _admission.Count);
    }

    [Fact]
    public async Task A_reader_that_stopped_is_cut_off_after_a_while()
    {
        var reader = new HeldReader();
        var stream = _pipeline.BackfillAsync(Taxi.Backfill(), reader, _trace, CancellationToken.None);
        await reader.NextWriteAsync();
        for (var i = 0; i < 4; i++)
        {
            await _snapshot.NextReadAsync();
        }

        await IdleAsync();
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(stream.IsCompleted);
        await Eventually.TrueAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                return stream.IsCompleted;
            },
            TestContext.Current.CancellationToken);

        var stalled = await Assert.ThrowsAsync<RequestException>(() => stream);
        Assert.Equal((FailureKind.Unavailable, "STALLED"), (stalled.Kind, stalled.Reason));
        Assert.True(reader.IsReset);
        Assert.Equal(0, _workers.Queue.Count);
        Assert.Equal(0, _admission.Count);
    }

    [Fact]
    public async Task A_reader_that_goes_stops_what_is_queued_and_running()
    {
        using var closed = new GatedSnapshot(Taxi.Make(1, 32), isOpen: false);
        using var gone = new CancellationTokenSource();
        var pipeline = new VectorsPipeline(
            _admission, new SnapshotRegistry([new ServedSnapshot("default", "", closed, _time.GetUtcNow())]), new ViewRegistry(PublishedFiles.None), new BoundViews(), _workers, new CachedParts(_cache, _workers, new CostScale()), s_noVerifier, new PipelineLimits(), new CostScale(), _time);
        var stream = pipeline.BackfillAsync(Taxi.Backfill(), new HeldReader(), _trace, gone.Token);
        await closed.NextReadAsync();

        await gone.CancelAsync();
        closed.Open();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stream);
        Assert.InRange(closed.SlicesRead, 1, 2);
        Assert.Equal(0, _workers.Queue.Count);
        Assert.Equal(0, _admission.Count);
    }

    [Fact]
    public async Task A_buffer_is_not_filled_again_before_its_write_has_ended()
    {
        var reader = new HeldReader { KeepsWatch = true };
        var stream = _pipeline.BackfillAsync(Taxi.Backfill(), reader, _trace, CancellationToken.None);
        for (var i = 0; i < 32; i++)
        {
            await reader.NextWriteAsync();
            await IdleAsync();
            reader.OpenOne();
        }

        await stream;
        Assert.Equal(32, reader.WatchedCount);
    }

    [Fact]
    public async Task A_draining_service_ends_a_stream_behind_the_slice_that_it_is_at()
    {
        var reader = new HeldReader();
        var stream = _pipeline.BackfillAsync(Taxi.Backfill(), reader, _trace, CancellationToken.None);
        await reader.NextWriteAsync();

        var drained = _admission.DrainAsync();
        reader.Open();
        await stream;
        await drained;

        Assert.InRange(reader.Messages.Count, 1, 4);
        Assert.NotEmpty(reader.Messages[^1].SliceEnd.Cursor);
        Assert.False(reader.Messages[^1].SliceEnd.Last);
    }

    private Task IdleAsync() => Eventually.TrueAsync(() => _workers.Queue.Count == 0, TestContext.Current.CancellationToken);

    /// <summary>A reader that takes a message when the test says so.</summary>
    private sealed class HeldReader : IReplyStream<BackfillResponse>
    {
        private readonly SemaphoreSlim _writes = new(0);
        private readonly SemaphoreSlim _gate = new(0);
        private readonly CancellationTokenSource _reset = new();
        private volatile bool _isOpen;

        public List<BackfillResponse> Messages { get; } = [];

        public bool IsReset => _reset.IsCancellationRequested;

        /// <summary>Whether the bytes of each message are compared before and after the wait.</summary>
        public bool KeepsWatch { get; init; }

        public int WatchedCount { get; private set; }

        public async Task WriteAsync(BackfillResponse message, CancellationToken cancellation)
        {
            Messages.Add(message);
            var before = KeepsWatch ? message.Payload.ToByteArray() : [];
            _writes.Release();
            if (!_isOpen)
            {
                using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _reset.Token);
                await _gate.WaitAsync(end.Token);
            }

            if (KeepsWatch)
            {
                Assert.Equal(before, message.Payload.ToByteArray());
                WatchedCount++;
            }
        }

        public void Reset() => _reset.Cancel();

        public Task NextWriteAsync() => _writes.WaitAsync(TestContext.Current.CancellationToken);

        public void OpenOne() => _gate.Release();

        public void Open()
        {
            _isOpen = true;
            _gate.Release(100);
        }
    }
}
