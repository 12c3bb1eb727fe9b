using FeatureService.Contracts.V1;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Reference;
using FeatureService.Tests.Support;
using Grpc.Core;
using EntityKey = FeatureService.Core.Keys.EntityKey;

namespace FeatureService.Tests.Pipeline;

public sealed class VectorsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_grid_comes_in_the_order_named_and_its_bytes_read_as_the_contract_says()
    {
        await using var service = await TestService.StartAsync();

        var answer = await service.Vectors.GetFeatureVectorsAsync(Taxi.Get(17, 999_999, 3), cancellationToken: Cancellation);

        Assert.Equal(Taxi.Snapshot.Id, answer.Header.SnapshotId);
        Assert.Equal(
            ["user_id", "week", "opens_4w", "fare_13w", "km_13w", "last_area", "opens_next", "row_status"],
            answer.Header.Columns.Select(c => c.Name));
        Assert.All(answer.Columns, chunk => Assert.All(Ranges(chunk), range => Assert.Equal(0U, range.Offset % 64)));
        var values = answer.Columns.ToDictionary(c => c.Column, c => Received.Values(c, answer.Payload.Span));
        Assert.Equal(answer.Header.Columns.Select(c => c.Name).Order(), values.Keys.Order());
        Assert.Equal(Enumerable.Range(0, 33).Select(i => (object?)(i < 11 ? 17L : i < 22 ? 999_999L : 3L)), values["user_id"]);
        Assert.Equal(Enumerable.Range(0, 33).Select(i => (object?)(19_786 + (i % 11 * 7))), values["week"]);
        AssertIsReference(values);
    }

    [Fact]
    public async Task A_list_keeps_its_rows_order_and_duplicates()
    {
        await using var service = await TestService.StartAsync();
        var request = Taxi.Get(1);
        request.List = new RowList { Keys = Taxi.Keys(5, 2, 5), Weeks = { "2024-W12", "2024-03-11", "2024-W12" } };

        var answer = await service.Vectors.GetFeatureVectorsAsync(request, cancellationToken: Cancellation);

        var values = answer.Columns.ToDictionary(c => c.Column, c => Received.Values(c, answer.Payload.Span));
        Assert.Equal([5L, 2L, 5L], values["user_id"]);
        Assert.Equal([19_800, 19_793, 19_800], values["week"]);
        AssertIsReference(values);
    }

    [Fact]
    public async Task Columns_come_in_the_order_of_the_view_and_labels_only_when_asked_for()
    {
        await using var service = await TestService.StartAsync();
        var named = Taxi.Get(1);
        named.Columns = new ColumnSelector { Names = { "opens_next", "fare_13w" } };
        var features = Taxi.Get(1);
        features.Columns = null;

        var first = await service.Vectors.GetFeatureVectorsAsync(named, cancellationToken: Cancellation);
        var second = await service.Vectors.GetFeatureVectorsAsync(features, cancellationToken: Cancellation);

        Assert.Equal(["user_id", "week", "fare_13w", "opens_next", "row_status"], first.Header.Columns.Select(c => c.Name));
        Assert.DoesNotContain(second.Header.Columns, c => c.Role == ColumnRole.Label);
    }

    [Fact]
    public async Task An_overflow_fails_a_small_answer_and_is_listed_by_a_backfill()
    {
        await using var service = await TestService.StartAsync(Taxi.Make(1, 2, fareFactor: long.MaxValue / 300));
        var backfill = Taxi.Backfill();

        var error = await Expect.StatusAsync(
            StatusCode.OutOfRange, service.Vectors.GetFeatureVectorsAsync(Taxi.Get(299), cancellationToken: Cancellation));
        using var call = service.Vectors.Backfill(backfill, cancellationToken: Cancellation);
        var slices = await Received.SlicesAsync(call);

        Assert.Contains("fare_13w", error.Status.Detail, StringComparison.Ordinal);
        Assert.Contains("299", error.Status.Detail, StringComparison.Ordinal);
        Assert.All(slices, slice =>
        {
            var values = slice.Values();
            Assert.InRange(slice.End.ErrorCount, 101UL, slice.End.Rows);
            Assert.InRange(slice.End.Errors.Count, 50, 100);
            Assert.All(slice.End.Errors, e =>
            {
                Assert.Equal("fare_13w", e.Column);
                Assert.Null(values["fare_13w"][(int)e.Row]);
                Assert.Equal(values["user_id"][(int)e.Row]!.ToString(), e.Entity);
            });
        });
    }

    [Fact]
    public async Task A_part_of_a_dataset_lists_cells_without_a_value_in_place_of_failing()
    {
        await using var service = await TestService.StartAsync(Taxi.Make(1, 2, fareFactor: long.MaxValue / 300));
        var request = Taxi.Get(1);
        request.List = new RowList { Keys = Taxi.Keys(299, 5, 298), Weeks = { "2024-W16", "2024-W12", "2024-W12" } };
        request.PartOfDataset = true;

        var answer = await service.Vectors.GetFeatureVectorsAsync(request, cancellationToken: Cancellation);

        Assert.Equal(2UL, answer.ErrorCount);
        Assert.Equal([(0U, "299", "2024-04-15"), (2U, "298", "2024-03-18")], answer.Errors.Select(e => (e.Row, e.Entity, e.Week)));
        Assert.All(answer.Errors, e => Assert.Equal("fare_13w", e.Column));
        var fares = Received.Values(answer.Columns.Single(c => c.Column == "fare_13w"), answer.Payload.Span);
        Assert.Equal([true, false, true], fares.Select(fare => fare is null));
    }

    [Fact]
    public async Task A_part_of_a_dataset_waits_with_the_backfills()
    {
        using var snapshot = new GatedSnapshot(Taxi.Snapshot, isOpen: false);
        await using var service = await TestService.StartAsync(snapshot, o => o with { RequestsMax = 1, BackfillsMax = 1 });
        var request = Taxi.Get(1);
        request.PartOfDataset = true;
        var inside = service.Vectors.GetFeatureVectorsAsync(request, cancellationToken: Cancellation);
        await snapshot.NextReadAsync();

        var full = await Expect.StatusAsync(
            StatusCode.ResourceExhausted, service.Vectors.GetFeatureVectorsAsync(request, cancellationToken: Cancellation));
        var interactive = service.Vectors.GetFeatureVectorsAsync(Taxi.Get(1), cancellationToken: Cancellation);

        Assert.Equal("QUEUE_FULL", Expect.Reason(full));
        snapshot.Open();
        await inside;
        await interactive;
    }

    [Fact]
    public async Task The_same_rows_are_the_same_bytes_by_either_way()
    {
        await using var service = await TestService.StartAsync();
        var backfill = Taxi.Backfill();
        backfill.Grid.Keys = Taxi.Keys([.. Enumerable.Range(0, 40).Select(i => (long)(40 - i))]);

        using var call = service.Vectors.Backfill(backfill, cancellationToken: Cancellation);
        var slices = await Received.SlicesAsync(call);

        Assert.Equal(8, slices.Count);
        foreach (var slice in slices)
        {
            var values = slice.Values();
            var keys = values["user_id"].Cast<long>().Distinct().ToArray();
            Assert.Equal(keys.Order(), keys);
            var answer = await service.Vectors.GetFeatureVectorsAsync(Taxi.Get(keys), cancellationToken: Cancellation);
            Assert.All(answer.Columns, chunk => Assert.Equal(values[chunk.Column], Received.Values(chunk, answer.Payload.Span)));
        }
    }

    private static IEnumerable<ByteRange> Ranges(ColumnChunk chunk) =>
        ((ByteRange?[])[chunk.Validity, chunk.Values, chunk.Offsets, chunk.Dictionary]).OfType<ByteRange>();

    private static void AssertIsReference(Dictionary<string, List<object?>> values)
    {
        var snapshot = Taxi.Snapshot;
        var view = ViewCompiler.Compile(Taxi.View, "v", snapshot.Catalog).View!;
        var reference = new ReferenceEvaluator(snapshot);
        for (var row = 0; row < values["user_id"].Count; row++)
        {
            var entity = reference.Entity(EntityKey.Of((long)values["user_id"][row]!));
            var week = snapshot.Catalog.Calendar.WeekOfDay((int)values["week"][row]!);
            foreach (var column in view.Columns)
            {
                Assert.Equal(entity.Value(column, week), values[column.Name][row]);
            }

            Assert.Equal(entity.Status(view.Columns, week), values["row_status"][row]);
        }
    }
}
