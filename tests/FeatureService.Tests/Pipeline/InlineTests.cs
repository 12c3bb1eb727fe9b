using FeatureService.Caching;
using FeatureService.Contracts.V1;
using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Execution;
using FeatureService.Engine.Planning;
using FeatureService.Engine.Snapshots;
using FeatureService.Pipeline;
using FeatureService.Pipeline.Verification;
using FeatureService.Registry;
using FeatureService.Scheduling;
using FeatureService.Telemetry;
using FeatureService.Tests.Support;
using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using SliceId = FeatureService.Core.Keys.SliceId;

namespace FeatureService.Tests.Pipeline;

/// <summary>Small requests are computed by the thread that has them, unless that takes too long.</summary>
public sealed class InlineTests : IDisposable
{
    private readonly ServiceMetrics _metrics = new(TimeProvider.System);
    // It stands: code that is not compiled yet takes no time.
    private readonly FakeTimeProvider _time = new();
    private readonly Verifier _noVerifier;
    private readonly WorkerPool _workers;
    private readonly BlockCache _cache;
    private readonly Admission _admission = new(new AdmissionLimits(4, 4, 4));

    public InlineTests()
    {
        _noVerifier = new Verifier(0, _metrics, NullLogger<Verifier>.Instance);
        _workers = new WorkerPool(2, WorkerPolicy.Normal, _metrics);
        _cache = new BlockCache(new CacheOptions(), 2, new CacheMetrics(_metrics), _time);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _workers.Dispose();
        _admission.Dispose();
        _metrics.Dispose();
    }

    [Fact]
    public async Task A_small_request_needs_no_worker_and_gets_the_same_answer()
    {
        using var readings = new MetricReadings(_metrics);
        var (small, inline) = await AnswerAsync(new AtHand(Taxi.Snapshot, isAtHand: true), Taxi.Get(7));
        Assert.True(inline);
        Assert.Empty(readings.Of("feature_service.queue.wait"));

        var (other, workers) = await AnswerAsync(new AtHand(Taxi.Snapshot, isAtHand: false), Taxi.Get(7));
        Assert.False(workers);
        Assert.Single(readings.Of("feature_service.queue.wait"));
        Assert.Equal(other, small);
    }

    [Fact]
    public async Task What_is_part_of_a_dataset_or_has_many_rows_goes_to_the_workers()
    {
        var part = Taxi.Get(7);
        part.PartOfDataset = true;
        Assert.False((await AnswerAsync(new AtHand(Taxi.Snapshot, isAtHand: true), part)).Inline);
        Assert.False((await AnswerAsync(new AtHand(Taxi.Snapshot, isAtHand: true), Taxi.Get([.. Enumerable.Range(0, 40).Select(key => (long)key)]))).Inline);
    }

    [Fact]
    public async Task Without_a_place_the_workers_do_it()
    {
        Assert.True(_workers.Inline.TryEnter());
        Assert.True(_workers.Inline.TryEnter());
        Assert.False((await AnswerAsync(new AtHand(Taxi.Snapshot, isAtHand: true), Taxi.Get(7))).Inline);

        _workers.Inline.Leave();
        _workers.Inline.Leave();
    }

    [Fact]
    public async Task Workers_go_on_where_the_time_is_over()
    {
        var (work, expected) = (Work(), Work());
        Assert.False(work.TryRunInline(TimeSpan.MaxValue, TimeSpan.FromTicks(-1), _time, Cancellation));
        Assert.Empty(work.Blocks);
        await _workers.Queue.Open(WorkLane.Interactive).RunAsync(work, Cancellation);

        Assert.True(expected.TryRunInline(TimeSpan.MaxValue, TimeSpan.MaxValue, _time, Cancellation));
        Assert.Equal(Bits(expected), Bits(work));
        work.Dispose();
        expected.Dispose();
    }

    [Fact]
    public async Task What_is_expected_to_take_long_is_not_begun()
    {
        using var work = Work();
        Assert.False(work.TryRunInline(TimeSpan.Zero, TimeSpan.MaxValue, _time, Cancellation));
        await _workers.Queue.Open(WorkLane.Interactive).RunAsync(work, Cancellation);
        Assert.Single(work.Blocks);
    }

    [Fact]
    public void More_rows_and_more_events_are_expected_to_take_longer()
    {
        var cost = ThePlan().ListCost;
        Assert.True(cost.Of(1, 0) > TimeSpan.Zero);
        Assert.True(cost.Of(2, 0) > cost.Of(1, 0));
        Assert.True(cost.Of(1, 10_000_000) > InlineGate.ExpectedMax);
        Assert.True(cost.Of(1, 20) < InlineGate.ExpectedMax);
    }

    private static Plan ThePlan()
    {
        var view = new BoundViews().Bind(Taxi.View, "v.view.yaml", Taxi.Snapshot);
        return Plan.Create(Taxi.Snapshot, view, view.Columns);
    }

    private static byte[] Bits(RowsWork work) => [.. work.Blocks.SelectMany(block => block.Columns.SelectMany(column => column.Data.ToArray()))];

    private RowsWork Work()
    {
        var plan = ThePlan();
        EntityKey[] keys = [.. Enumerable.Range(0, 300).Select(key => EntityKey.Of(key))];
        var week = Taxi.Snapshot.Catalog.Calendar.WeekOf(Taxi.Snapshot.CompleteUntil(0)) - 1;
        return new RowsWork(plan, () => RowsRun.OfList(plan, keys, [.. keys.Select(_ => week)]), _noVerifier);
    }

    private async Task<(ByteString Answer, bool Inline)> AnswerAsync(AtHand snapshot, GetFeatureVectorsRequest request)
    {
        var pipeline = new VectorsPipeline(
            _admission,
            new SnapshotRegistry([new ServedSnapshot("default", "", snapshot, TimeProvider.System.GetUtcNow())]),
            new ViewRegistry(PublishedFiles.None),
            new BoundViews(),
            _workers,
            new CachedParts(_cache, _workers, new CostScale()),
            _noVerifier,
            new PipelineLimits(),
            new CostScale(),
            _time);
        using var trace = new RequestTrace(_metrics, "features.v1.FeatureVectorsService/GetFeatureVectors");
        using var reply = await pipeline.GetAsync(request, trace, Cancellation);
        return (reply.Message.Payload, !snapshot.IsReadByWorker);
    }

    /// <summary>A snapshot that says whether its slices are at hand, and notes on which thread they are read.</summary>
    private sealed class AtHand(ISnapshot inner, bool isAtHand) : ISnapshot
    {
        private readonly int _reader = Environment.CurrentManagedThreadId;

        public bool IsReadByWorker { get; private set; }

        public string Id => inner.Id;

        public Catalog Catalog => inner.Catalog;

        public Placement Placement => inner.Placement;

        public bool IsAtHand(SliceId slice) => isAtHand;

        public int EntityCount(SliceId slice) => inner.EntityCount(slice);

        public long CompleteUntil(int source) => inner.CompleteUntil(source);

        public SliceData Slice(SliceId slice)
        {
            IsReadByWorker |= Environment.CurrentManagedThreadId != _reader;
            return inner.Slice(slice);
        }
    }
}
