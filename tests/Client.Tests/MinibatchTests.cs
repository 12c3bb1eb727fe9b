using System.Runtime.CompilerServices;
using FeatureService.Client.FanOut.Minibatches;
using FeatureService.Client.Tests.Fake;
using FeatureService.Client.Transport;
using FeatureService.Core.Keys;
using FeatureService.Testing;
using Grpc.Core;

namespace FeatureService.Client.Tests;

public sealed class MinibatchTests
{
    private static readonly Status Gone = new(StatusCode.Unavailable, "gone");
    private static readonly FeatureStreamQuery Query = new() { View = ViewReference.OfText("view: fake") };

    private int _taken;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answers_come_as_sent_each_with_its_rows_and_the_callers_value()
    {
        await using var service = await FakeService.StartAsync(script: _ => new StreamScript { RowsPerMessage = 7 });
        using var client = Clients.Of(service);

        var answers = await ReadAsync(client, Minibatches(20));

        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"batch {i}"), answers.Select(a => a.Correlation));
        Assert.All(answers, AssertRight);
        Assert.Equal(1, service.StreamCount);
    }

    [Theory]
    [InlineData(AnswerOrder.AsSent, new[] { 0, 1, 2, 3 })]
    [InlineData(AnswerOrder.AsAnswered, new[] { 1, 0, 3, 2 })]
    public async Task Answers_that_come_out_of_order_are_handed_out_in_the_order_that_is_asked_for(AnswerOrder order, int[] expected)
    {
        await using var service = await FakeService.StartAsync(script: _ => new StreamScript { SwapsAnswers = true });
        using var client = Clients.Of(service);

        var answers = await ReadAsync(client, Minibatches(4), Query with { Order = order });

        Assert.Equal(expected.Select(i => $"batch {i}"), answers.Select(a => a.Correlation));
        Assert.All(answers, AssertRight);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(2, true)]
    [InlineData(0, false)]
    [InlineData(2, false)]
    public async Task What_a_broken_or_ended_stream_has_not_answered_is_asked_of_another(int messagesMore, bool isBroken)
    {
        var cut = new StreamScript { SliceCountMax = 3, MessageCountMore = messagesMore, RowsPerMessage = 4, Failure = isBroken ? Gone : null };
        await using var one = await FakeService.StartAsync(script: _ => cut);
        await using var two = await FakeService.StartAsync(script: n => n == 0 ? cut : new StreamScript { RowsPerMessage = 5 });
        using var client = Clients.Of(one, two);

        var answers = await ReadAsync(client, Minibatches(30));

        Assert.Equal(Enumerable.Range(0, 30).Select(i => $"batch {i}"), answers.Select(a => a.Correlation));
        Assert.All(answers, AssertRight);
        Assert.True(one.StreamCount > 0 && two.StreamCount > 0, $"{one.StreamCount} and {two.StreamCount} streams");
        var asked = one.Minibatches.Concat(two.Minibatches).ToArray();
        Assert.Equal(30, asked.Select(a => a.Id).Distinct().Count());
        Assert.True(asked.Length > 30, "what was sent and not answered is sent again");
    }

    [Fact]
    public async Task A_minibatch_that_fails_has_its_own_failure_and_the_stream_goes_on()
    {
        await using var service = await FakeService.StartAsync(new FakeGrid { HasOverflowed = (key, _) => key == 2 });
        using var client = Clients.Of(service);

        var answers = await ReadAsync(client, Minibatches(5));

        Assert.Equal([false, false, true, false, false], answers.Select(a => a.Failure is not null));
        Assert.Equal((StatusCode.OutOfRange, "INT64_OVERFLOW"), (answers[2].Failure!.Status, answers[2].Failure!.Reason));
        Assert.Same(answers[2].Failure, Assert.Throws<FeatureServiceException>(() => answers[2].Vectors));
        Assert.Equal(1, service.StreamCount);
    }

    [Fact]
    public async Task No_more_than_eight_minibatches_are_taken_ahead_of_what_is_answered()
    {
        var hold = new TaskCompletionSource();
        await using var service = await FakeService.StartAsync(script: _ => new StreamScript { Hold = hold.Task });
        using var client = Clients.Of(service);
        var reading = ReadAsync(client, Minibatches(20));
        await Eventually.TrueAsync(() => service.Minibatches.Count == 1 && Volatile.Read(ref _taken) == 9, Stop);

        hold.SetResult();
        Assert.Equal(20, (await reading).Count);
    }

    [Fact]
    public async Task A_reader_that_is_slow_stops_the_taking()
    {
        await using var service = await FakeService.StartAsync();
        using var client = Clients.Of(service);
        var read = 0;
        await foreach (var answer in client.StreamFeatureVectorsAsync(Query, Minibatches(30), Stop))
        {
            AssertRight(answer);
            read++;
            // Eight beyond those that were read, and one that waits for a place.
            await Eventually.TrueAsync(() => Volatile.Read(ref _taken) == Math.Min(30, read + 9), Stop);
            Assert.InRange(service.Minibatches.Count, read, read + 8);
        }

        Assert.Equal(30, read);
    }

    [Fact]
    public async Task Rows_are_bounded_too_and_a_minibatch_of_too_many_is_refused()
    {
        var hold = new TaskCompletionSource();
        await using var service = await FakeService.StartAsync(script: _ => new StreamScript { Hold = hold.Task });
        using var client = Clients.Of(service);
        var reading = ReadAsync(client, Minibatches(6, rows: 30_000));
        await Eventually.TrueAsync(() => Volatile.Read(ref _taken) == 3, Stop);
        Assert.InRange(service.Minibatches.Count, 0, 2);
        hold.SetResult();
        Assert.Equal(6, (await reading).Count);

        var failure = await Assert.ThrowsAsync<ArgumentException>(() => ReadAsync(client, Minibatches(1, rows: 65_537)));
        Assert.Equal("a minibatch of 65537 rows: expected at most 65536", failure.Message);
    }

    [Fact]
    public async Task A_selection_that_is_refused_ends_the_stream_with_that_failure()
    {
        await using var service = await FakeService.StartAsync(
            script: _ => new StreamScript { SliceCountMax = 0, Failure = new Status(StatusCode.InvalidArgument, "wrong") });
        using var client = Clients.Of(service);

        var failure = await Assert.ThrowsAsync<FeatureServiceException>(() => ReadAsync(client, Minibatches(3)));

        Assert.Equal(StatusCode.InvalidArgument, failure.Status);
    }

    [Fact]
    public async Task A_service_that_is_gone_for_too_long_ends_the_stream()
    {
        await using var service = await FakeService.StartAsync(script: n => new StreamScript { SliceCountMax = n == 0 ? 2 : 0, Failure = Gone });
        using var client = Clients.Of(o => o with { OutageTimeout = TimeSpan.FromMilliseconds(300) }, service);
        var read = 0;

        var failure = await Assert.ThrowsAsync<FeatureServiceException>(async () =>
        {
            await foreach (var answer in client.StreamFeatureVectorsAsync(Query, Minibatches(5), Stop))
            {
                read++;
            }
        });

        Assert.Equal((StatusCode.Unavailable, 2), (failure.Status, read));
        Assert.Contains("no progress for 0.3 s", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_of_the_source_ends_the_stream_with_it()
    {
        await using var service = await FakeService.StartAsync();
        using var client = Clients.Of(service);

        await Assert.ThrowsAsync<InvalidOperationException>(() => ReadAsync(client, Broken()));

        async IAsyncEnumerable<Minibatch<string>> Broken()
        {
            await foreach (var minibatch in Minibatches(2))
            {
                yield return minibatch;
            }

            throw new InvalidOperationException("no more");
        }
    }

    [Fact]
    public async Task Leaving_the_loop_ends_the_call_and_the_source()
    {
        var hold = new TaskCompletionSource();
        await using var service = await FakeService.StartAsync(script: _ => new StreamScript { SliceCountMax = int.MaxValue });
        using var client = Clients.Of(service);
        var isEnded = false;

        await foreach (var answer in client.StreamFeatureVectorsAsync(Query, Endless(Stop), Stop))
        {
            break;
        }

        Assert.True(isEnded);
        hold.SetResult();

        async IAsyncEnumerable<Minibatch<string>> Endless([EnumeratorCancellation] CancellationToken cancellation = default)
        {
            try
            {
                await foreach (var minibatch in Minibatches(3))
                {
                    yield return minibatch;
                }

                await hold.Task.WaitAsync(cancellation);
            }
            finally
            {
                isEnded = true;
            }
        }
    }

    [Fact]
    public async Task Cancellation_ends_a_stream_that_waits()
    {
        var hold = new TaskCompletionSource();
        await using var service = await FakeService.StartAsync(script: _ => new StreamScript { Hold = hold.Task });
        using var client = Clients.Of(service);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var reading = Task.Run(async () =>
        {
            await foreach (var answer in client.StreamFeatureVectorsAsync(Query, Minibatches(3), cancel.Token))
            {
            }
        }, Stop);
        await Eventually.TrueAsync(() => !service.Minibatches.IsEmpty, Stop);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        hold.SetResult();
    }

    private static void AssertRight(MinibatchVectors<string> answer)
    {
        var rows = answer.Minibatch.Rows;
        var expected = FakeGrid.Columns(
            [.. rows.Select(row => row.Entity.Number)],
            [.. rows.Select(row => FakeGrid.FirstDay(DateOnly.Parse(row.Week, System.Globalization.CultureInfo.InvariantCulture)))]);
        Assert.Equal(rows.Count, answer.Vectors.RowCount);
        for (var column = 0; column < expected.Length; column++)
        {
            Assert.Equal(expected[column].Data.ToArray(), answer.Vectors.Columns[column].Data.ToArray());
        }
    }

    private static async Task<List<MinibatchVectors<string>>> ReadAsync(
        FeatureServiceClient client, IAsyncEnumerable<Minibatch<string>> minibatches, FeatureStreamQuery? query = null)
    {
        var answers = new List<MinibatchVectors<string>>();
        await foreach (var answer in client.StreamFeatureVectorsAsync(query ?? Query, minibatches, Stop))
        {
            answers.Add(answer);
        }

        return answers;
    }

    /// <summary>The i-th starts with key i.</summary>
    private async IAsyncEnumerable<Minibatch<string>> Minibatches(int count, int rows = 10)
    {
        for (var i = 0; i < count; i++)
        {
            Interlocked.Increment(ref _taken);
            yield return new Minibatch<string>(
                [.. Enumerable.Range(0, rows).Select(row => new FeatureRow(EntityKey.Of(i + (row * 3L)), row % 2 == 0 ? "2024-01-08" : "2024-01-01"))],
                $"batch {i}");
            await Task.Yield();
        }
    }
}
