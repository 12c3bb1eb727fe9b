using FeatureService.Client.FanOut;
using FeatureService.Client.Tests.Fake;
using FeatureService.Client.Transport;
using FeatureService.Core.Keys;
using Grpc.Core;

namespace FeatureService.Client.Tests;

public sealed class FanOutTests
{
    private static readonly Status Gone = new(StatusCode.Unavailable, "gone");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_grid_comes_in_row_order_and_whole()
    {
        await using var service = await FakeService.StartAsync();
        using var client = Clients.Of(service);
        Assert.Equal(Expected(service.Grid), await KeysAsync(client));
    }

    [Fact]
    public async Task Two_endpoints_share_the_work()
    {
        await using var one = await FakeService.StartAsync();
        await using var two = await FakeService.StartAsync();
        using var client = Clients.Of(one, two);
        Assert.Equal(Expected(one.Grid), await KeysAsync(client));
        Assert.True(one.StreamCount > 0 && two.StreamCount > 0, $"{one.StreamCount} and {two.StreamCount} streams");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    public async Task A_stream_that_is_cut_is_continued_behind_the_last_whole_slice(int messagesMore)
    {
        var cut = new StreamScript { SliceCountMax = 2, MessageCountMore = messagesMore, Failure = Gone, RowsPerMessage = 9 };
        await using var service = await FakeService.StartAsync(script: n => n == 1 ? cut : new StreamScript());
        using var client = Clients.Of(service);
        Assert.Equal(Expected(service.Grid), await KeysAsync(client));
        Assert.Equal(5, service.StreamCount);
        Assert.Contains("2", service.Cursors);
    }

    [Fact]
    public async Task A_stream_that_ends_early_in_order_is_continued_at_once()
    {
        await using var service = await FakeService.StartAsync(script: _ => new StreamScript { SliceCountMax = 1 });
        using var client = Clients.Of(service);
        Assert.Equal(Expected(service.Grid), await KeysAsync(client));
        Assert.Equal(16, service.StreamCount);
    }

    [Fact]
    public async Task An_endpoint_that_is_down_is_left_to_the_others()
    {
        await using var up = await FakeService.StartAsync();
        await using var down = await FakeService.StartAsync();
        await down.StopAsync();
        using var client = Clients.Of(down, up);
        Assert.Equal(Expected(up.Grid), await KeysAsync(client));
    }

    [Fact]
    public async Task A_wrong_checksum_is_retried()
    {
        await using var service = await FakeService.StartAsync(script: n => new StreamScript { WrongChecksum = n == 0 });
        using var client = Clients.Of(service);
        Assert.Equal(Expected(service.Grid), await KeysAsync(client));
    }

    [Fact]
    public async Task A_checksum_that_stays_wrong_fails_and_says_so()
    {
        await using var service = await FakeService.StartAsync(script: _ => new StreamScript { WrongChecksum = true });
        using var client = Clients.Of(service);
        var failure = await Assert.ThrowsAsync<FeatureServiceException>(() => KeysAsync(client));
        Assert.Equal(StatusCode.DataLoss, failure.Status);
        Assert.Contains("checksum", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(99, "encoding 99 was not offered")]
    [InlineData((int)Contracts.V1.Encoding.Unspecified, "encoding Unspecified was not offered")]
    [InlineData((int)Contracts.V1.Encoding.Runs, "run ends missing")]
    public async Task A_chunk_in_a_form_that_cannot_be_read_fails_and_says_so(int encoding, string expected)
    {
        await using var service = await FakeService.StartAsync(script: _ => new StreamScript { Encoding = (Contracts.V1.Encoding)encoding });
        using var client = Clients.Of(service);
        var failure = await Assert.ThrowsAsync<FeatureServiceException>(() => KeysAsync(client));
        Assert.Equal(StatusCode.DataLoss, failure.Status);
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_request_is_not_retried()
    {
        var refusal = new StreamScript { SliceCountMax = 0, Failure = new Status(StatusCode.InvalidArgument, "no such column") };
        await using var service = await FakeService.StartAsync(script: _ => refusal);
        using var client = Clients.Of(service);
        var failure = await Assert.ThrowsAsync<FeatureServiceException>(() => KeysAsync(client));
        Assert.Equal("no such column", failure.Message);
        Assert.True(service.StreamCount <= 4, $"{service.StreamCount} streams for 4 shards");
    }

    [Fact]
    public async Task A_service_that_stays_away_ends_the_work_as_partial()
    {
        await using var service = await FakeService.StartAsync(script: _ => new StreamScript { SliceCountMax = 0, Failure = Gone });
        using var client = Clients.Of(o => o with { OutageTimeout = TimeSpan.FromMilliseconds(300) }, service);
        var failure = await Assert.ThrowsAsync<PartialBuildException>(() => KeysAsync(client));
        Assert.Contains("gone", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_busy_service_is_asked_again()
    {
        var busy = new StreamScript { SliceCountMax = 0, Failure = new Status(StatusCode.ResourceExhausted, "queue full") };
        await using var service = await FakeService.StartAsync(script: n => n < 3 ? busy : new StreamScript());
        using var client = Clients.Of(service);
        Assert.Equal(Expected(service.Grid), await KeysAsync(client));
    }

    [Fact]
    public async Task Named_entities_are_grouped_by_slice_whatever_their_order()
    {
        await using var service = await FakeService.StartAsync();
        using var client = Clients.Of(service);
        var query = Clients.Query with { Entities = [.. new long[] { 391, 5, 17, 200, 3 }.Select(EntityKey.Of)] };
        var expected = Expected(service.Grid).Where(k => k is 391 or 5 or 17 or 200 or 3);
        Assert.Equal(expected, await KeysAsync(client, query));
    }

    [Fact]
    public async Task An_entity_named_twice_is_refused()
    {
        await using var service = await FakeService.StartAsync();
        using var client = Clients.Of(service);
        var query = Clients.Query with { Entities = [EntityKey.Of(5), EntityKey.Of(5)] };
        var error = await Assert.ThrowsAsync<ArgumentException>(() => KeysAsync(client, query));
        Assert.Contains("'5' is named twice", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reader_that_stops_stops_the_service()
    {
        // 400 slices of 64 KiB payload and more: far beyond what windows, buffers and two batches hold.
        await using var service = await FakeService.StartAsync(new FakeGrid(40_000, 1, 64), _ => new StreamScript { RowsPerMessage = 1000 });
        using var client = Clients.Of(o => o with { ShardsInFlightMax = 1 }, service);
        var query = Clients.Query with { Weeks = new WeekSpan("2020-01-06", "2021-12-27") };
        await using var batches = client.BackfillAsync(query, Stop).GetAsyncEnumerator(Stop);
        Assert.True(await batches.MoveNextAsync());
        var sent = await SettledAsync(() => service.MessageCount);
        var all = service.Grid.Keys(new SliceId(0, 0)).Count * 104L * 64 * 6 / 1000;
        Assert.True(sent < all / 2, $"{sent} of about {all} messages were sent to a reader that does not read");
    }

    private static async Task<long> SettledAsync(Func<long> count)
    {
        var last = -1L;
        for (var now = count(); now != last; now = count())
        {
            last = now;
            await Task.Delay(TimeSpan.FromMilliseconds(300), Stop);
        }

        return last;
    }

    private static IEnumerable<long> Expected(FakeGrid grid) =>
        from partition in Enumerable.Range(0, grid.Placement.Partitions)
        from slice in Enumerable.Range(0, grid.Placement.SlicesPerPartition)
        from key in grid.Keys(new SliceId(partition, slice))
        from week in Enumerable.Range(0, 3)
        select key;

    private static async Task<List<long>> KeysAsync(FeatureServiceClient client, BackfillQuery? query = null)
    {
        var keys = new List<long>();
        await foreach (var batch in client.BackfillAsync(query ?? Clients.Query, Stop))
        {
            keys.AddRange(batch["user_id"].Values<long>());
        }

        return keys;
    }
}
