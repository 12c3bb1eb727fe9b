using FeatureService.Caching;
using Microsoft.Extensions.Time.Testing;

namespace FeatureService.Tests.Caching;

public sealed class CircuitBreakerTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly CircuitBreaker _breaker;

    public CircuitBreakerTests() => _breaker = new CircuitBreaker(_time);

    [Fact]
    public void It_opens_at_five_failures_in_a_row()
    {
        Fail(4);
        _breaker.Succeed();
        Fail(4);
        Assert.False(_breaker.IsOpen);

        Fail(1);

        Assert.True(_breaker.IsOpen);
    }

    [Fact]
    public void It_opens_where_half_of_ten_calls_within_two_seconds_fail()
    {
        for (var i = 0; i < 4; i++)
        {
            _breaker.Succeed();
            _breaker.Fail();
        }

        Assert.False(_breaker.IsOpen);
        _breaker.Succeed();
        _breaker.Fail();
        Assert.True(_breaker.IsOpen);
    }

    [Fact]
    public void Failures_of_more_than_two_seconds_ago_do_not_count()
    {
        for (var i = 0; i < 30; i++)
        {
            _breaker.Succeed();
            _breaker.Succeed();
            _breaker.Fail();
            _time.Advance(TimeSpan.FromSeconds(0.3));
        }

        Assert.False(_breaker.IsOpen);
    }

    [Fact]
    public void One_trial_goes_through_about_every_half_second_until_one_succeeds()
    {
        Assert.False(_breaker.TryTrial());
        Fail(5);
        Assert.False(_breaker.TryTrial());
        var trials = 0;
        for (var i = 0; i < 1_000; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(10));
            if (_breaker.TryTrial())
            {
                Assert.False(_breaker.TryTrial());
                _breaker.Fail();
                trials++;
            }
        }

        Assert.InRange(trials, 16, 25);
        Assert.Equal(TimeSpan.FromSeconds(10), _breaker.OpenFor);
        _breaker.Succeed();
        Assert.False(_breaker.IsOpen);
        Assert.Equal(TimeSpan.Zero, _breaker.OpenFor);
        Fail(4);
        Assert.False(_breaker.IsOpen);
    }

    [Fact]
    public void Asking_an_open_one_allocates_nothing()
    {
        Fail(5);
        _ = _breaker.IsOpen && _breaker.TryTrial();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            _ = _breaker.IsOpen && _breaker.TryTrial();
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private void Fail(int times)
    {
        for (var i = 0; i < times; i++)
        {
            _breaker.Fail();
        }
    }
}
