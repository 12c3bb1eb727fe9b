using System.Buffers;
using FeatureService.Caching;
using FeatureService.Contracts.V1;
using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Planning;
using FeatureService.Engine.Snapshots;
using FeatureService.Pipeline;
using FeatureService.Pipeline.Verification;
using FeatureService.Registry;
using FeatureService.Scheduling;
using FeatureService.Telemetry;
using FeatureService.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace FeatureService.Tests.Pipeline;

/// <summary>What a small request leaves to the collector: the collections of a busy service are what its slowest answers wait for.</summary>
public sealed class AllocationTests : IDisposable
{
    private readonly ServiceMetrics _metrics = new(TimeProvider.System);
    private readonly WorkerPool _workers;
    private readonly Admission _admission = new(new AdmissionLimits(4, 4, 4));

    private static string View => "view: twenty\nfeatures:\n" + string.Concat(
        Enumerable.Range(1, 10).Select(weeks => $"  opens_{weeks}: count(app_opens) over {weeks}w\n  km_{weeks}: avg(rides.km) over {weeks}w\n"));

    public AllocationTests() => _workers = new WorkerPool(2, WorkerPolicy.Normal, _metrics);

    public void Dispose()
    {
        _workers.Dispose();
        _admission.Dispose();
        _metrics.Dispose();
    }

    [Fact]
    public async Task A_request_for_a_row_allocates_little()
    {
        // It stands: nothing is moved to a worker for the time that it takes.
        var time = new FakeTimeProvider();
        await using var cache = new BlockCache(new CacheOptions(), 2, new CacheMetrics(_metrics), time);
        var pipeline = new VectorsPipeline(
            _admission,
            new SnapshotRegistry([new ServedSnapshot("default", "", new AtHand(Taxi.Snapshot), TimeProvider.System.GetUtcNow())]),
            new ViewRegistry(PublishedFiles.None),
            new BoundViews(),
            _workers,
            new CachedParts(cache, _workers, new CostScale()),
            new Verifier(0, _metrics, NullLogger<Verifier>.Instance),
            new PipelineLimits(),
            new CostScale(),
            time);
        var request = Taxi.Get(7);
        request.View = new ViewSelector { Definition = View };
        request.Grid.Weeks = new WeekRange { First = "2024-W12" };
        var target = new ArrayBufferWriter<byte>(1 << 16);
        for (var i = 0; i < 50; i++)
        {
            await AnswerAsync(pipeline, request, target);
        }

        const int Calls = 100;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Calls; i++)
        {
            // Computed by this thread, so each is done when it comes back.
            var call = AnswerAsync(pipeline, request, target);
            Assert.True(call.IsCompletedSuccessfully);
        }

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / Calls, 1, 13_000);
    }

    private async Task AnswerAsync(VectorsPipeline pipeline, GetFeatureVectorsRequest request, ArrayBufferWriter<byte> target)
    {
        using var trace = new RequestTrace(_metrics, "features.v1.FeatureVectorsService/GetFeatureVectors");
        using var reply = await pipeline.GetAsync(request, trace, TestContext.Current.CancellationToken);
        target.ResetWrittenCount();
        reply.WriteTo(target);
        trace.End("OK", null);
    }

    private sealed class AtHand(ISnapshot inner) : ISnapshot
    {
        public string Id => inner.Id;

        public Catalog Catalog => inner.Catalog;

        public Placement Placement => inner.Placement;

        public bool IsAtHand(Core.Keys.SliceId slice) => true;

        public int EntityCount(Core.Keys.SliceId slice) => inner.EntityCount(slice);

        public long CompleteUntil(int source) => inner.CompleteUntil(source);

        public SliceData Slice(Core.Keys.SliceId slice) => inner.Slice(slice);
    }
}
