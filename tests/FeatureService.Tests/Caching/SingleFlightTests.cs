using FeatureService.Caching;

namespace FeatureService.Tests.Caching;

public sealed class SingleFlightTests
{
    private readonly SingleFlight _flights = new();

    [Fact]
    public async Task Who_comes_second_waits_until_the_first_is_done()
    {
        var lead = _flights.Enter(Keys(1, 2, 3), out var none);
        Assert.Null(none);

        Assert.Null(_flights.Enter(Keys(2, 3), out var others));

        Assert.False(others!.IsCompleted);
        lead!.Dispose();
        await others.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, _flights.Count);
    }

    [Fact]
    public void Who_needs_more_than_others_compute_leads_for_the_rest_and_waits_for_nobody()
    {
        using var first = _flights.Enter(Keys(1, 2), out _);

        using var second = _flights.Enter(Keys(2, 3), out var others);

        Assert.NotNull(second);
        Assert.Null(others);
        Assert.Null(_flights.Enter(Keys(1, 2, 3), out var both));
        first!.Dispose();
        Assert.False(both!.IsCompleted);
        second.Dispose();
        Assert.Equal(0, _flights.Count);
    }

    [Fact]
    public void A_lead_that_ends_twice_ends_nobody_elses()
    {
        var first = _flights.Enter(Keys(1), out _)!;
        first.Dispose();
        using var second = _flights.Enter(Keys(1), out _);
        first.Dispose();
        Assert.Equal(1, _flights.Count);
    }

    [Fact]
    public async Task Of_many_at_once_one_leads()
    {
        using var start = new ManualResetEventSlim();
        var entered = Enumerable.Range(0, 50).Select(_ => Task.Factory.StartNew(
            () =>
            {
                start.Wait();
                return _flights.Enter(Keys(7, 8), out var _);
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)).ToArray();
        start.Set();

        var leads = await Task.WhenAll(entered);

        Assert.Single(leads, lead => lead is not null);
    }

    private static BlockKey[] Keys(params int[] numbers) => [.. numbers.Select(number => new BlockKey((UInt128)number, "f"))];
}
