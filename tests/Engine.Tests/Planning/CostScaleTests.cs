using FeatureService.Engine.Planning;

namespace FeatureService.Engine.Tests.Planning;

public sealed class CostScaleTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void A_new_process_takes_longer_by_a_factor_up_to_a_bound()
    {
        var scale = new CostScale();

        Assert.Equal(1, scale.Ratio);
        Assert.Equal(0.01 * CostScale.WarmUpFactor, scale.Correct(0.01), 1e-9);
        Assert.Equal(100 + CostScale.WarmUpSeconds, scale.Correct(100), 1e-9);
    }

    [Fact]
    public void What_a_new_process_takes_says_nothing_of_the_machine_and_wears_off()
    {
        var scale = new CostScale();
        var first = scale.Correct(0.1);
        scale.Observe(0.25 * Second, 0.1);
        var second = scale.Correct(0.1);
        scale.Observe(0.25 * Second, 0.1);

        Assert.InRange(second, 0.1, first - 0.01);
        Assert.Equal(1, scale.Ratio);
        Assert.Equal(0.1, scale.Correct(0.1), 1e-9);
    }

    [Fact]
    public void Runs_as_fast_as_expected_show_that_the_code_is_compiled()
    {
        var scale = new CostScale();
        for (var run = 0; run < 20; run++)
        {
            scale.Observe(0.01 * Second, 0.01);
        }

        Assert.Equal(0.1, scale.Correct(0.1), 1e-9);
    }

    [Fact]
    public void Later_runs_move_it_to_what_they_took()
    {
        var scale = Warm();
        var last = scale.Ratio;
        for (var run = 0; run < 20; run++)
        {
            scale.Observe(3 * Second, 1);
            Assert.InRange(scale.Ratio, last, 3);
            last = scale.Ratio;
        }

        Assert.InRange(last, 2.9, 3);
        Assert.Equal(2 * last, scale.Correct(2), 1e-9);
    }

    [Fact]
    public void Many_short_runs_weigh_as_much_as_a_long_one()
    {
        var (shorter, longer) = (Warm(), Warm());
        for (var run = 0; run < 1_000; run++)
        {
            shorter.Observe(TimeSpan.FromMilliseconds(4), 0.002);
        }

        longer.Observe(4 * Second, 2);

        Assert.Equal(longer.Ratio, shorter.Ratio, 1e-6);
        Assert.InRange(longer.Ratio, 1.8, 2);
    }

    [Fact]
    public void The_past_is_forgotten()
    {
        var scale = Warm();
        for (var run = 0; run < 100; run++)
        {
            scale.Observe(5 * Second, 1);
        }

        for (var run = 0; run < 40; run++)
        {
            scale.Observe(Second, 1);
        }

        Assert.InRange(scale.Ratio, 1, 1.1);
    }

    [Theory]
    [InlineData(1000, 1, CostScale.Greatest)]
    [InlineData(1, 1000, CostScale.Least)]
    public void It_is_bounded(int measured, int estimated, double bound)
    {
        var scale = Warm();
        for (var run = 0; run < 2_000; run++)
        {
            scale.Observe(measured * Second, estimated);
        }

        Assert.Equal(bound, scale.Ratio, 0.01);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    public void What_was_not_measured_or_estimated_does_not_count(int measured, int estimated)
    {
        var scale = Warm();
        scale.Observe(measured * Second, estimated);

        Assert.Equal(1, scale.Ratio);
    }

    private static CostScale Warm()
    {
        var scale = new CostScale();
        scale.Observe(Second, 0.1);
        Assert.Equal(0.1, scale.Correct(0.1), 1e-9);
        return scale;
    }
}
