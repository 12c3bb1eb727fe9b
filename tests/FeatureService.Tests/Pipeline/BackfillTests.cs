using FeatureService.Contracts.V1;
using FeatureService.Pipeline;
using FeatureService.Testing;
using FeatureService.Tests.Support;
using Grpc.Core;

namespace FeatureService.Tests.Pipeline;

public sealed class BackfillTests
{
    private const string Wide =
        """
        view: wide
        features:
          n: count(e) over 4w
          s: last(e.s) over 52w
          f: sum(e.f) over 8w
          b: max(e.b) over 3w
          d: first(e.d) over 9w
          t: last(e.t) over 9w
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_slices_come_in_order_each_with_its_end()
    {
        await using var service = await TestService.StartAsync();

        using var call = service.Vectors.Backfill(Taxi.Backfill(), cancellationToken: Cancellation);
        var slices = await Received.SlicesAsync(call);

        Assert.Equal(
            Enumerable.Range(0, 8).Select(i => (i / 4, i % 4)), slices.Select(s => (s.Slice.Partition, s.Slice.Slice)));
        Assert.Equal(Taxi.Users * 11, slices.Sum(s => (int)s.End.Rows));
        Assert.All(slices, s =>
        {
            Assert.Equal(s.End.Checksum, s.Checksum);
            Assert.All(s.Values().Values, column => Assert.Equal((int)s.End.Rows, column.Count));
            Assert.Equal(["user_id", "week", "row_status"], s.Messages[0].Columns.Take(3).Select(c => c.Column));
        });
        Assert.Equal([false, false, false, false, false, false, false, true], slices.Select(s => s.End.Last));
        Assert.Equal([true, .. Enumerable.Repeat(false, 7)], slices.Select(s => s.Messages[0].Header is not null));
    }

    [Fact]
    public async Task Only_encodings_that_the_request_lists_are_sent_and_the_values_are_the_same()
    {
        var snapshot = new GeneratedSnapshot(400, 30, 60, 2);
        await using var service = await TestService.StartAsync(snapshot);
        var request = new BackfillRequest { View = new ViewSelector { Definition = Wide }, Grid = new Grid { Weeks = Taxi.Weeks("2020-W20", "2020-W49") } };
        using var plainCall = service.Vectors.Backfill(request, cancellationToken: Cancellation);
        var plain = await Received.SlicesAsync(plainCall);
        var seen = new HashSet<Encoding>();
        foreach (Encoding[] accepted in (Encoding[][])[[Encoding.Narrow], [Encoding.Runs, Encoding.Plain], [Encoding.Plain, Encoding.Repeated, Encoding.Runs, Encoding.Narrow, Encoding.Sparse, (Encoding)99]])
        {
            var encoded = request.Clone();
            encoded.AcceptEncodings.Add(accepted);
            using var call = service.Vectors.Backfill(encoded, cancellationToken: Cancellation);

            var slices = await Received.SlicesAsync(call);

            var chunks = slices.SelectMany(s => s.Messages).SelectMany(m => m.Columns).ToList();
            Assert.All(chunks, chunk => Assert.True(chunk.Encoding == Encoding.Plain || accepted.Contains(chunk.Encoding)));
            seen.UnionWith(chunks.Select(chunk => chunk.Encoding));
            Assert.All(plain.Zip(slices), pair => Assert.All(
                pair.First.Values(), column => Assert.Equal(column.Value, pair.Second.Values()[column.Key])));
            Assert.Equal(slices.Select(s => s.End.Checksum), slices.Select(s => s.Checksum));
        }

        Assert.All(plain.SelectMany(s => s.Messages).SelectMany(m => m.Columns), chunk => Assert.Equal(Encoding.Plain, chunk.Encoding));
        Assert.Superset(new HashSet<Encoding> { Encoding.Plain, Encoding.Repeated, Encoding.Runs, Encoding.Narrow }, seen);
    }

    [Fact]
    public async Task A_list_is_answered_in_the_encodings_that_the_request_lists()
    {
        await using var service = await TestService.StartAsync();
        var encoded = Taxi.Get(1, 2, 3);
        encoded.AcceptEncodings.Add([Encoding.Narrow, Encoding.Repeated]);

        var expected = await service.Vectors.GetFeatureVectorsAsync(Taxi.Get(1, 2, 3), cancellationToken: Cancellation);
        var answer = await service.Vectors.GetFeatureVectorsAsync(encoded, cancellationToken: Cancellation);

        Assert.All(expected.Columns, chunk => Assert.Equal(Encoding.Plain, chunk.Encoding));
        Assert.Contains(answer.Columns, chunk => chunk.Encoding == Encoding.Repeated);
        Assert.All(expected.Columns.Zip(answer.Columns), pair => Assert.Equal(
            Received.Values(pair.First, expected.Payload.Span), Received.Values(pair.Second, answer.Payload.Span)));
    }

    [Fact]
    public async Task A_population_decides_the_rows_of_a_backfill_unless_the_request_ignores_it()
    {
        await using var service = await TestService.StartAsync();
        var request = Taxi.Backfill();
        request.View = new ViewSelector { Definition = Taxi.View + "\npopulation: opens_4w > 1" };
        var ignoring = request.Clone();
        ignoring.Grid.IgnorePopulation = true;

        using var all = service.Vectors.Backfill(ignoring, cancellationToken: Cancellation);
        using var some = service.Vectors.Backfill(request, cancellationToken: Cancellation);
        var (allSlices, someSlices) = (await Received.SlicesAsync(all), await Received.SlicesAsync(some));

        Assert.Equal(Taxi.Users * 11, allSlices.Sum(s => (int)s.End.Rows));
        Assert.InRange(someSlices.Sum(s => (int)s.End.Rows), 100, 2_000);
        Assert.Equal(
            allSlices.Sum(s => s.Values()["opens_4w"].Count(opens => opens is > 1L)), someSlices.Sum(s => s.Values()["opens_4w"].Count));
        Assert.All(someSlices.SelectMany(s => s.Values()["opens_4w"]), opens => Assert.True(opens is > 1L));
        Assert.Equal(someSlices.Select(s => s.End.Checksum), someSlices.Select(s => s.Checksum));
    }

    [Fact]
    public async Task A_cursor_goes_with_the_population_that_it_was_received_with()
    {
        await using var service = await TestService.StartAsync();
        var request = Taxi.Backfill();
        request.View = new ViewSelector { Definition = Taxi.View + "\npopulation: opens_4w > 1" };
        using var call = service.Vectors.Backfill(request, cancellationToken: Cancellation);
        var other = request.Clone();
        other.Grid.IgnorePopulation = true;
        other.Cursor = (await Received.SlicesAsync(call))[0].End.Cursor;

        using var refused = service.Vectors.Backfill(other, cancellationToken: Cancellation);
        var violations = await Expect.ViolationsAsync(() => Received.SlicesAsync(refused));

        Assert.Contains("belongs to another request", Assert.Single(violations), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Vectors_of_named_rows_are_given_whatever_the_population_says()
    {
        await using var service = await TestService.StartAsync();
        var request = Taxi.Get(1, 2);
        request.View = new ViewSelector { Definition = Taxi.View + "\npopulation: opens_4w > 1000" };

        var answer = await service.Vectors.GetFeatureVectorsAsync(request, cancellationToken: Cancellation);

        Assert.All(answer.Columns, column => Assert.Equal(22u, column.Rows));
    }

    [Fact]
    public async Task A_run_of_slices_is_a_part_of_all()
    {
        await using var service = await TestService.StartAsync();
        var request = Taxi.Backfill();
        request.Grid.Slices = new SliceRun { Partition = 1, FirstSlice = 1, SliceCount = 2 };

        using var all = service.Vectors.Backfill(Taxi.Backfill(), cancellationToken: Cancellation);
        using var run = service.Vectors.Backfill(request, cancellationToken: Cancellation);

        Assert.Equal((await Received.SlicesAsync(all)).Skip(5).Take(2).Select(s => s.Checksum), (await Received.SlicesAsync(run)).Select(s => s.Checksum));
    }

    [Theory]
    [InlineData(1 << 20)]
    [InlineData(20_000)]
    [InlineData(2_000)]
    public async Task No_message_is_larger_than_the_limit_and_the_rows_stay_the_same(int messageBytesMax)
    {
        var snapshot = new GeneratedSnapshot(400, 30, 60, 2);
        await using var service = await TestService.StartAsync(snapshot);
        await using var narrow = await TestService.StartAsync(
            snapshot, o => o with { Limits = o.Limits with { MessageBytesMax = messageBytesMax, PartBytesMax = messageBytesMax * 3L } });
        var request = new BackfillRequest
        {
            View = new ViewSelector { Definition = Wide },
            Grid = new Grid { Weeks = Taxi.Weeks("2020-W20", "2020-W49") },
        };

        using var wideCall = service.Vectors.Backfill(request, cancellationToken: Cancellation);
        using var narrowCall = narrow.Vectors.Backfill(request, cancellationToken: Cancellation);
        var expected = await Received.SlicesAsync(wideCall);
        var actual = await Received.SlicesAsync(narrowCall);

        Assert.Equal(2, actual.Count);
        Assert.All(expected.Zip(actual), pair =>
        {
            var (wide, cut) = (pair.First.Values(), pair.Second.Values());
            Assert.Equal(wide.Keys.Order(), cut.Keys.Order());
            Assert.All(wide, column => Assert.Equal(column.Value, cut[column.Key]));
            Assert.Equal(pair.Second.End.Checksum, pair.Second.Checksum);
            // The frame's five bytes count too.
            Assert.All(pair.Second.Messages, m => Assert.InRange(m.CalculateSize() + 5, 0, messageBytesMax));
            Assert.True(messageBytesMax == 1 << 20 || pair.Second.Messages.Count > 10);
        });
    }

    [Fact]
    public async Task A_stream_resumed_from_any_cursor_has_the_same_bytes()
    {
        await using var service = await TestService.StartAsync();
        using var whole = service.Vectors.Backfill(Taxi.Backfill(), cancellationToken: Cancellation);
        var slices = await Received.SlicesAsync(whole);

        for (var i = 0; i < slices.Count; i++)
        {
            var request = Taxi.Backfill();
            request.Cursor = slices[i].End.Cursor;
            // Another way to write the same weeks.
            request.Grid.Weeks = Taxi.Weeks("2024-03-04", "2024-05-13");
            using var rest = service.Vectors.Backfill(request, cancellationToken: Cancellation);
            Assert.Equal(slices.Skip(i + 1).Select(s => s.Checksum), (await Received.SlicesAsync(rest)).Select(s => s.Checksum));
        }
    }

    [Fact]
    public async Task A_cursor_of_another_request_is_refused()
    {
        await using var service = await TestService.StartAsync();
        using var whole = service.Vectors.Backfill(Taxi.Backfill(), cancellationToken: Cancellation);
        var cursor = (await Received.SlicesAsync(whole))[2].End.Cursor;
        Action<BackfillRequest>[] changes =
        [
            r => r.Grid.Weeks.Last = "2024-W21",
            r => r.Grid.Keys = Taxi.Keys(1, 2),
            r => r.Grid.Slices = new SliceRun { SliceCount = 1 },
            r => r.Columns.Labels = false,
            r => r.View.Definition = r.View.Definition.Replace("over 4w", "over 5w", StringComparison.Ordinal),
        ];

        foreach (var change in changes)
        {
            var request = Taxi.Backfill();
            request.Cursor = cursor;
            change(request);
            using var call = service.Vectors.Backfill(request, cancellationToken: Cancellation);
            Assert.StartsWith(
                "cursor: belongs to another request", Assert.Single(await Expect.ViolationsAsync(() => Received.SlicesAsync(call))), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_cursor_of_a_snapshot_that_is_not_here_says_that_it_is_gone()
    {
        await using var service = await TestService.StartAsync();
        await using var other = await TestService.StartAsync(Taxi.Make(2, 4, fareFactor: 2));
        using var whole = other.Vectors.Backfill(Taxi.Backfill(), cancellationToken: Cancellation);
        var request = Taxi.Backfill();
        request.Cursor = (await Received.SlicesAsync(whole))[0].End.Cursor;

        using var call = service.Vectors.Backfill(request, cancellationToken: Cancellation);
        var gone = await Expect.StatusAsync(StatusCode.FailedPrecondition, () => Received.SlicesAsync(call));

        Assert.Equal("SNAPSHOT_GONE", Expect.Reason(gone));
    }

    [Fact]
    public async Task A_slice_without_entities_has_an_end_too()
    {
        await using var service = await TestService.StartAsync(new GeneratedSnapshot(3, 5, 20, 16));
        var request = new BackfillRequest { View = new ViewSelector { Definition = Wide }, Grid = new Grid { Weeks = Taxi.Weeks() } };

        using var call = service.Vectors.Backfill(request, cancellationToken: Cancellation);
        var slices = await Received.SlicesAsync(call);

        Assert.Equal(16, slices.Count);
        Assert.Contains(slices, s => s.End.Rows == 0);
        Assert.Equal(33UL, slices.Aggregate(0UL, (sum, s) => sum + s.End.Rows));
    }

    [Theory]
    [InlineData(1 << 20, 1)]
    [InlineData(5_000, 5)]
    public async Task Workers_read_slices_also_those_that_are_computed_in_parts(long partBytesMax, int messagesMin)
    {
        using var snapshot = new GatedSnapshot(Taxi.Make(1, 1), isOpen: true);
        await using var service = await TestService.StartAsync(snapshot, o => o with { Limits = o.Limits with { PartBytesMax = partBytesMax } });
        var request = new BackfillRequest { View = new ViewSelector { Definition = Taxi.View }, Grid = new Grid { Weeks = Taxi.Weeks("2024-W10", "2024-W12") } };

        using var call = service.Vectors.Backfill(request, cancellationToken: Cancellation);
        var slice = Assert.Single(await Received.SlicesAsync(call));

        Assert.InRange(slice.Messages.Count, messagesMin, 1_000);
        Assert.Equal(1, snapshot.SlicesRead);
        Assert.False(snapshot.IsReadByPool);
    }

    [Fact]
    public void A_part_never_splits_an_entity_and_parts_make_up_the_slice()
    {
        var snapshot = new GeneratedSnapshot(1000, 1, 20, 2);
        var view = Engine.Definitions.ViewCompiler.Compile(Wide, "v", snapshot.Catalog).View!;
        var plan = Engine.Planning.Plan.Create(snapshot, view, view.Columns);
        var rows = FeatureService.Pipeline.Requests.GridRows.OfAll(new Core.Calendar.WeekRange(2800, 10), snapshot.Placement);
        var task = new FeatureService.Pipeline.Requests.BackfillTask(new FeatureService.Pipeline.Requests.Selection("taxi", snapshot, plan), rows, 0, Core.Columns.Encodings.EncodingSet.Plain, FeatureService.Caching.CachePolicy.Auto);

        var parts = SlicePart.Of(task, 50_000).ToList();

        Assert.True(parts.Count > 10);
        foreach (var slice in parts.GroupBy(p => p.Slice))
        {
            var keys = slice.SelectMany(p => p.ReadKeys()!.Numbers.ToArray());
            Assert.Equal(snapshot.Slice(slice.Key).Keys.Numbers.ToArray(), keys);
            Assert.Equal([true], slice.Where(p => p.EndsSlice).Select(p => p == slice.Last()));
        }
    }
}
