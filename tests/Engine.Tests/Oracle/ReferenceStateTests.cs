using FeatureService.Engine.Numerics;
using FeatureService.Testing;
using static FeatureService.Engine.Tests.Oracle.ReferenceCell;

namespace FeatureService.Engine.Tests.Oracle;

/// <summary>The order in which the reference evaluator folds and merges float states, worked out by hand from EVALUATION.md.</summary>
public sealed class ReferenceStateTests
{
    [Fact]
    public void Five_whole_weeks_combine_as_a_block_of_four_and_a_block_of_one()
    {
        double[] x = [0.1, 1e16, -1e16, 0.3, 0.7];
        var rows = Weekly(x);
        Assert.Equal(((x[0] + x[1]) + (x[2] + x[3])) + x[4], Feature("sum(a.x) over 5w", 5, rows));
        Assert.NotEqual((((x[0] + x[1]) + x[2]) + x[3]) + x[4], Feature("sum(a.x) over 5w", 5, rows));
    }

    [Fact]
    public void Seven_whole_weeks_combine_from_the_newest_end()
    {
        double[] x = [0.1, 1e16, 0.5, -1e16, 0.3, 0.7, 1e15];
        Assert.Equal(((x[0] + x[1]) + (x[2] + x[3])) + ((x[4] + x[5]) + x[6]), Feature("sum(a.x) over 7w", 7, Weekly(x)));
    }

    [Fact]
    public void Head_and_tail_stand_around_the_whole_weeks()
    {
        double[] x = [1e16, 0.1, 0.2, -1e16, 0.3];
        // Over 20 d lag 4 d from week 4: from day 4 to day 24. Day 4 is the head, 8 and 12 are in week 1, 16 and 20 in week 2; no tail.
        var rows = x.Select((value, index) => At(4 + (4 * index), value)).ToArray();
        Assert.Equal(x[0] + ((x[1] + x[2]) + (x[3] + x[4])), Feature("sum(a.x) over 20d lag 4d", 4, rows));
        // Over 11 d lag 2 d from week 3: from day 8 to day 19, a head of days 8 to 13 and a tail of days 14 to 18.
        Assert.Equal((x[1] + x[2]) + x[3], Feature("sum(a.x) over 11d lag 2d", 3, rows));
    }

    [Fact]
    public void All_folds_weeks_from_left_to_right()
    {
        double[] x = [0.1, 1e16, -1e16, 0.3, 0.7];
        Assert.Equal((((x[0] + x[1]) + x[2]) + x[3]) + x[4], Feature("sum(a.x) over all", 9, Weekly(x)));
    }

    [Fact]
    public void Variance_follows_the_written_steps_and_merge()
    {
        var rows = Weekly(0.1, 0.7, 1e8);
        var m = 0.1 + ((0.7 - 0.1) * (1.0 / 2));
        var m2 = (0.0 + 0.0) + (((0.7 - 0.1) * (0.7 - 0.1)) * (1 * (1.0 / 2)));
        var d = 1e8 - m;
        m2 = (m2 + 0.0) + ((d * d) * (2 * (1.0 / 3)));
        Assert.Equal(m2 / 3, Feature("var_pop(a.x) over 3w", 3, rows));
        Assert.Equal(Math.Sqrt(m2 / 2), Feature("stddev_samp(a.x) over 3w", 3, rows));
        Assert.Null(Feature("var_samp(a.x) over 1w", 3, rows));
        Assert.Equal(0.0, Feature("var_pop(a.x) over 1w", 3, rows));
    }

    [Fact]
    public void Third_and_fourth_moments_follow_the_written_merge()
    {
        // Two and two weeks of one value each: all is exact. 0 and 0: n = 2, m = 0. 0 and 4: d = 4, w = 1/2, m = 2, M2 = 16 / 2 = 8,
        // M3 = 0, M4 = 256 * (1/2 * 1/4) = 32. Together: d = 2, eA = -1, eB = 1, w = 1: M2 = 8 + 4 = 12, M3 = 3 * 8 = 24,
        // M4 = 32 + 6 * 8 + 16 * 1/4 = 84. With v = 3: skewness sqrt(12) / 2 * (24 / 4 / 3 / sqrt 3), kurtosis as of one tile.
        var rows = Weekly(0, 0, 0, 4);
        Assert.Equal((Math.Sqrt(12) / 2) * ((6.0 / 3) / Math.Sqrt(3)), Feature("skewness(a.x) over 4w", 4, rows));
        Assert.Equal((3 * ((5 * ((21.0 / 3) / 3)) - 9)) / 2, Feature("kurtosis(a.x) over 4w", 4, rows));
    }

    [Fact]
    public void A_merge_of_unlike_moments_agrees_with_one_pass_but_for_roundings()
    {
        double?[] x = [.. Enumerable.Range(0, 40).Select(i => (double?)((i * i * 37 % 101) - (i % 7 * 0.3)))];
        foreach (var aggregate in new[] { "var_samp", "skewness", "kurtosis", "slope" })
        {
            var merged = (double)Feature($"{aggregate}(a.x) over 40d", 6, Daily(x))!;
            Assert.Equal((double)Feature($"{aggregate}(a.x) over last 38 events", 6, Daily(x))!, merged, 12);
        }
    }

    [Fact]
    public void Slope_follows_the_written_merge()
    {
        // Days -3 and 4 since 1970, of which the means are merged: dx = 7, dy = 0.2, s = 1/2.
        var rows = Weekly(0.1, 0.3);
        Assert.Equal((7 * (0.3 - 0.1) * 0.5) / (49 * 0.5), Feature("slope(a.x) over 2w", 2, rows));
        // Days -3, 4 and 11 from left to right: the third has dx = 11 - 0.5, s = 1/3, w = 2/3.
        var (dx, dy, w) = (10.5, 0.9 - (0.1 + ((0.3 - 0.1) * 0.5)), 2 * (1.0 / 3));
        var sxx = (24.5 + 0.0) + ((dx * dx) * w);
        var sxy = (((7 * (0.3 - 0.1)) * 0.5) + 0.0) + ((dx * dy) * w);
        Assert.Equal(sxy / sxx, Feature("slope(a.x) over all", 3, Weekly(0.1, 0.3, 0.9)));
    }

    [Fact]
    public void A_decayed_sum_ages_each_block_to_the_end_of_the_next()
    {
        // Half life 10 days; a head of 3 days, weeks 1 to 3 and a tail of 2 days: over 26d lag 5d from week 5, days 4 to 30.
        double[] x = [0.1, 0.2, 0.3, 0.4, 0.5];
        EventRow[] rows = [At(5, x[0]), At(9, x[1]), At(20, x[2]), At(21, x[3]), At(29, x[4])];
        var (h, t) = (0.0 + (x[0] * F(2)), 0.0 + (x[4] * F(1)));
        double[] tiles = [0.0 + (x[1] * F(5)), 0.0 + (x[2] * F(1)), 0.0 + (x[3] * F(7))];
        var block = (tiles[0] * F(7)) + tiles[1];
        var weeks = (block * F(7)) + tiles[2];
        Assert.Equal((((h * F(21)) + weeks) * F(2)) + t, Feature("decayed_sum(a.x, 10d) over 26d lag 5d", 5, rows));
        // Four weeks: the older block of two meets the newer one by one factor of two weeks.
        double[] four = [0.0 + (0.7 * F(7)), 0.0 + (0.6 * F(7)), 0.0 + (0.3 * F(7)), 0.0 + (0.1 * F(7))];
        Assert.Equal(
            (((four[0] * F(7)) + four[1]) * F(14)) + ((four[2] * F(7)) + four[3]),
            Feature("decayed_sum(a.x, 10d) over 4w", 4, Weekly(0.7, 0.6, 0.3, 0.1)));
        // A head goes straight to the tail.
        Assert.Equal(
            ((x[0] * F(2)) * F(3)) + (x[1] * F(1)), Feature("decayed_sum(a.x, 10d) over 6d lag 4d", 2, rows[..2]));
    }

    [Fact]
    public void A_decayed_sum_of_all_ages_through_weeks_without_events()
    {
        var tile = 0.0 + (0.7 * F(7));
        // Day 0, then nothing until the end, day 30: three whole weeks and a tail of two days.
        var aged = (tile * F(7)) + 0.0;
        aged = (aged * F(7)) + 0.0;
        aged = (aged * F(7)) + 0.0;
        Assert.Equal((aged * F(2)) + 0.0, Feature("decayed_sum(a.x, 10d) over all lag 5d", 5, At(0, 0.7)));
        Assert.NotEqual(0.7 * F(30), Feature("decayed_sum(a.x, 10d) over all lag 5d", 5, At(0, 0.7)));
        Assert.Equal((double)aged, Feature("decayed_sum(a.x, 10d) over all", 4, At(0, 0.7)));
    }

    [Fact]
    public void Half_lives_are_exact_time()
    {
        // Clocks go forward within the week: 167 hours from start to start.
        var catalog = Catalogs.Of("Europe/London", Plain);
        var monday = 19_807 * Day;
        var week = catalog.Calendar.WeekOf(monday);
        Assert.Equal(
            0.0 + (1.5 * Elementary.Exp2(-(167.0 / 168))),
            (double)Value("decayed_sum(a.x, 1w) over 1w", week + 1, catalog, [[EventRow.Of(1, monday, 1.5, null, null)]])!,
            15);
        Assert.Equal(0.75, Feature("decayed_sum(a.x, 24h) over 1w", 1, At(6, 1.5)));
        Assert.Equal(0.75, Feature("decayed_sum(a.x, 1440min) over 1w", 1, At(6, 1.5)));
        // 2^-10080 is 0.
        Assert.Equal(0.0, Feature("decayed_count(a, 1min) over 1w", 1, At(0)));
    }

    [Fact]
    public void Days_are_microseconds_in_one_division()
    {
        EventRow[] rows = [EventRow.Of(1, Week0 + Hour, null, null, null), EventRow.Of(1, Week0 + (3 * Hour) + 1, 2.0, null, null)];
        Assert.Equal((Week - Hour) / 86_400_000_000.0, Feature("days_since_first(a) over 1w", 1, rows));
        Assert.Equal((Week - (3 * Hour) - 1) / 86_400_000_000.0, Feature("days_since_first(a.x) over 1w", 1, rows));
        Assert.Equal(((2 * Hour) + 1) / 86_400_000_000.0, Feature("longest_gap_days(a) over 1w", 1, rows));
    }

    private static EventRow[] Weekly(params double[] x) => [.. x.Select((value, week) => At(7 * week, value))];

    /// <summary>What is left of a value after so many days with a half life of 10 days.</summary>
    private static double F(int days) => Elementary.Exp2(-((days * (double)Day) / (10 * (double)Day)));
}
