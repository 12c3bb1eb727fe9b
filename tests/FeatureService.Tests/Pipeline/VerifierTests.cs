using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Snapshots;
using FeatureService.Pipeline.Verification;
using FeatureService.Tests.Support;
using Microsoft.Extensions.Logging;

namespace FeatureService.Tests.Pipeline;

public sealed class VerifierTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Cells_of_both_kinds_of_answers_are_verified_and_have_the_same_bits()
    {
        await using var service = await TestService.StartAsync(Taxi.Snapshot, o => o with { Verify = 1 });
        using var readings = new MetricReadings(service.Host.Metrics);

        await service.Vectors.GetFeatureVectorsAsync(Taxi.Get([.. Enumerable.Range(0, 200).Select(user => (long)user)]), cancellationToken: Cancellation);
        using var call = service.Vectors.Backfill(Taxi.Backfill(), cancellationToken: Cancellation);
        await Received.SlicesAsync(call);

        var cells = readings.Of("feature_service.cells.verified");
        Assert.NotEmpty(cells);
        Assert.All(cells, reading => Assert.Equal("same", reading.Tags["feature_service.verdict"]));
    }

    [Fact]
    public async Task Nothing_is_verified_unless_it_is_asked_for()
    {
        await using var service = await TestService.StartAsync();
        using var readings = new MetricReadings(service.Host.Metrics);

        await service.Vectors.GetFeatureVectorsAsync(Taxi.Get(1, 2, 3), cancellationToken: Cancellation);

        Assert.Empty(readings.Of("feature_service.cells.verified"));
    }

    [Fact]
    public async Task A_cell_with_other_bits_is_counted_and_told_and_the_answer_is_given()
    {
        var log = new LogLines();
        // What the engine reads and what the naive evaluator reads afterwards are two different lives.
        var snapshot = new ChangingSnapshot(Taxi.Make(partitions: 1, slices: 1), Taxi.Make(partitions: 1, slices: 1, fareFactor: 3));
        await using var service = await TestService.StartAsync(snapshot, o => o with { Verify = 1, Logging = logging => logging.AddProvider(log) });
        using var readings = new MetricReadings(service.Host.Metrics);

        var answer = await service.Vectors.GetFeatureVectorsAsync(
            Taxi.Get([.. Enumerable.Range(0, 250).Select(user => (long)user)]), cancellationToken: Cancellation);

        Assert.NotEmpty(answer.Columns);
        Assert.Contains(readings.Of("feature_service.cells.verified"), reading => reading.Tags["feature_service.verdict"] == "different");
        Assert.Contains(log.Lines, line => line.Text.Contains("column fare_13w", StringComparison.Ordinal) && line.Text.Contains("entity", StringComparison.Ordinal));
    }

    [Fact]
    public void The_same_cells_are_chosen_in_about_their_share()
    {
        var choice = new CellChoice(0.02);
        var rows = Enumerable.Range(0, 20_000).Select(i => (Key: EntityKey.Of(i % 500), Week: 2_800 + (i / 500))).ToArray();
        var chosen = rows.Select(row => choice.ColumnsOf(row.Key, row.Week, 10)).ToArray();
        Assert.Equal(chosen, rows.Select(row => new CellChoice(0.02).ColumnsOf(row.Key, row.Week, 10)));
        Assert.InRange(chosen.Count(columns => !columns.Equals(..0)), 3_700, 4_300);
        Assert.Equal(11, chosen.Distinct().Count());
        Assert.All(rows, row => Assert.Equal(..0, new CellChoice(0).ColumnsOf(row.Key, row.Week, 10)));
        Assert.All(rows, row => Assert.Equal(..10, new CellChoice(1).ColumnsOf(row.Key, row.Week, 10)));
    }

    /// <summary>Gives each slice once, as the engine reads it, and then another.</summary>
    private sealed class ChangingSnapshot(ISnapshot first, ISnapshot then) : ISnapshot
    {
        private int _reads;

        public string Id => first.Id;

        public Catalog Catalog => first.Catalog;

        public Placement Placement => first.Placement;

        public long EventCount => first.EventCount;

        public int EntityCount(SliceId slice) => first.EntityCount(slice);

        public long CompleteUntil(int source) => first.CompleteUntil(source);

        public SliceData Slice(SliceId slice) => Interlocked.Increment(ref _reads) == 1 ? first.Slice(slice) : then.Slice(slice);
    }
}
