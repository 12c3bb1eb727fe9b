using FeatureService.Client.Transport.Pods;

namespace FeatureService.Client.Tests.Pods;

public sealed class PodLimitTests
{
    [Fact]
    public void It_halves_where_there_is_no_room_and_grows_by_one_a_window_up_to_the_advice()
    {
        var limit = new PodLimit(8);
        limit.Refused();
        Assert.Equal(4, limit.Value);
        var successes = 0;
        while (limit.Value < 5)
        {
            limit.Succeeded();
            successes++;
        }

        Assert.InRange(successes, 4, 5);
        for (var i = 0; i < 100; i++)
        {
            limit.Succeeded();
        }

        Assert.Equal(8, limit.Value);
    }

    [Fact]
    public void It_never_falls_below_one()
    {
        var limit = new PodLimit(2);
        for (var i = 0; i < 5; i++)
        {
            limit.Refused();
        }

        Assert.Equal(1, limit.Value);
    }

    [Fact]
    public void Advice_is_followed_at_once_where_the_bound_was_reached_and_later_where_it_was_not()
    {
        var reached = new PodLimit(2);
        reached.Advise(6);
        Assert.Equal(6, reached.Value);
        var lost = new PodLimit(2);
        lost.Lost();
        lost.Advise(6);
        Assert.Equal(1, lost.Value);
        reached.Advise(3);
        Assert.Equal(3, reached.Value);
    }
}
