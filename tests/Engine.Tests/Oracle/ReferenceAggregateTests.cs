using FeatureService.Core.Columns;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Definitions.Syntax;
using FeatureService.Engine.Numerics;
using FeatureService.Engine.Reference;
using FeatureService.Testing;
using static FeatureService.Engine.Tests.Oracle.ReferenceCell;

namespace FeatureService.Engine.Tests.Oracle;

/// <summary>Every aggregate of the reference evaluator, against values worked out by hand from LANGUAGE.md and EVALUATION.md.</summary>
public sealed class ReferenceAggregateTests
{
    /// <summary>Of no event at all, and of one event with a null value where the aggregate takes values.</summary>
    public static TheoryData<string, object?> OfNothing => new()
    {
        { "count(a)", 0L }, { "count(a.x)", 0L }, { "count_distinct(a.x)", 0L }, { "active_days(a)", 0L }, { "active_weeks(a.x)", 0L },
        { "decayed_count(a, 1w)", 0.0 }, { "sum(a.x)", null }, { "sum(a.y)", null }, { "avg(a.x)", null }, { "avg(a.y)", null },
        { "median(a.x)", null }, { "quantile(a.x, 0.9)", null }, { "min(a.s)", null }, { "max(a.x)", null }, { "var_pop(a.x)", null },
        { "var_samp(a.x)", null }, { "stddev_pop(a.x)", null }, { "stddev_samp(a.x)", null }, { "skewness(a.x)", null },
        { "kurtosis(a.x)", null }, { "mode(a.s)", null }, { "top(a.s, 1)", null }, { "entropy(a.s)", null }, { "first(a.x)", null },
        { "last(a.x)", null }, { "nth_last(a.x, 1)", null }, { "min_by(a.x, y)", null }, { "max_by(a.x, y)", null },
        { "days_since_first(a)", null }, { "days_since_last(a.x)", null }, { "days_until_first(a.x)", null }, { "avg_gap_days(a)", null },
        { "longest_gap_days(a.x)", null }, { "slope(a.x)", null }, { "decayed_sum(a.x, 1d)", null }, { "share(a where x > 0)", null },
    };

    /// <summary>Of one event, x = 2.5, a day after week 0 starts; seen from six days later.</summary>
    public static TheoryData<string, object?> OfOneValue => new()
    {
        { "count(a)", 1L }, { "count(a.x)", 1L }, { "count_distinct(a.x)", 1L }, { "active_days(a)", 1L }, { "active_weeks(a)", 1L },
        { "sum(a.x)", 2.5 }, { "avg(a.x)", 2.5 }, { "median(a.x)", 2.5 }, { "quantile(a.x, 0.9)", 2.5 }, { "min(a.x)", 2.5 },
        { "max(a.x)", 2.5 }, { "var_pop(a.x)", 0.0 }, { "stddev_pop(a.x)", 0.0 }, { "var_samp(a.x)", null }, { "stddev_samp(a.x)", null },
        { "skewness(a.x)", null }, { "kurtosis(a.x)", null }, { "mode(a.x)", 2.5 }, { "top(a.x, 1)", 2.5 }, { "top(a.x, 2)", null },
        { "entropy(a.x)", 0.0 }, { "first(a.x)", 2.5 }, { "last(a.x)", 2.5 }, { "nth_last(a.x, 1)", 2.5 }, { "nth_last(a.x, 2)", null },
        { "min_by(a.x, x)", 2.5 }, { "max_by(a.x, x)", 2.5 }, { "days_since_first(a)", 6.0 }, { "days_since_last(a.x)", 6.0 },
        { "avg_gap_days(a)", null }, { "longest_gap_days(a)", null }, { "slope(a.x)", null },
        // Half of it is left after 6 days, a quarter of the count after twice 3 days.
        { "decayed_sum(a.x, 6d)", 1.25 }, { "decayed_count(a, 3d)", 0.25 },
        { "share(a where x > 2)", 1.0 }, { "share(a where x > 3)", 0.0 },
    };

    /// <summary>x is null, 1, null, 3, null, 3 on days 0 to 5, y is 7, 6, null, 5, null, null; seen at the end of day 6.</summary>
    public static TheoryData<string, object?> WithNulls => new()
    {
        { "count(a)", 6L }, { "count(a.x)", 3L }, { "count_distinct(a.x)", 2L }, { "sum(a.x)", 7.0 }, { "sum(a.y)", 18L },
        { "avg(a.x)", 7.0 / 3 }, { "avg(a.y)", 6.0 }, { "median(a.x)", 3.0 }, { "quantile(a.x, 0.25)", 2.0 }, { "min(a.x)", 1.0 },
        { "max(a.x)", 3.0 }, { "var_pop(a.y)", 2.0 / 3 }, { "var_samp(a.y)", 1.0 }, { "stddev_samp(a.y)", 1.0 },
        { "mode(a.x)", 3.0 }, { "top(a.x, 2)", 1.0 }, { "top(a.x, 3)", null }, { "first(a.x)", 1.0 }, { "last(a.x)", 3.0 },
        { "first(a.y)", 7L }, { "nth_last(a.x, 3)", 1.0 }, { "nth_last(a.x, 4)", null },
        // Of the rows with both, y is 6 (x = 1) and 5 (x = 3).
        { "min_by(a.x, y)", 3.0 }, { "max_by(a.x, y)", 1.0 }, { "max_by(a.y, x)", 5L },
        { "days_since_first(a)", 7.0 }, { "days_since_first(a.x)", 6.0 }, { "days_since_last(a)", 2.0 }, { "days_since_last(a.y)", 4.0 },
        // Values on days 1, 3 and 5, and of y on days 0, 1 and 3.
        { "avg_gap_days(a)", 1.0 }, { "avg_gap_days(a.x)", 2.0 }, { "longest_gap_days(a.y)", 2.0 }, { "avg_gap_days(a.y)", 1.5 },
        { "active_days(a.x)", 3L }, { "active_weeks(a.x)", 1L },
        // The null in x > 2 counts as not: two of six.
        { "share(a where x > 2)", 2.0 / 6 }, { "share(a where x is null)", 0.5 },
        // Ages of the values are 6, 4 and 2 days.
        { "decayed_sum(a.x, 2d)", 1.0 / 8 + 3.0 / 4 + 3.0 / 2 },
        // Ages are 7, 6, 5, 4, 3, 2 days.
        { "decayed_count(a, 1d)", (1 + 2 + 4 + 8 + 16 + 32) / 128.0 },
    };

    /// <summary>x is NaN, 1, NaN, 2 on days 0 to 3: NaN is above every number.</summary>
    public static TheoryData<string, object?> WithNaN => new()
    {
        { "count(a.x)", 4L }, { "count_distinct(a.x)", 3L }, { "sum(a.x)", double.NaN }, { "avg(a.x)", double.NaN }, { "min(a.x)", 1.0 },
        { "max(a.x)", double.NaN },
        // In order 1, 2, NaN, NaN: at the places 0.75, 1.5 and 3.
        { "quantile(a.x, 0.25)", 1.75 }, { "median(a.x)", double.NaN }, { "quantile(a.x, 1)", double.NaN },
        { "mode(a.x)", double.NaN }, { "top(a.x, 2)", 1.0 }, { "top(a.x, 3)", 2.0 },
        // Counts are 1, 1 and 2 of 4: 2 - (0 + 0 + 2) / 4.
        { "entropy(a.x)", 1.5 },
        { "var_pop(a.x)", double.NaN }, { "skewness(a.x)", double.NaN }, { "kurtosis(a.x)", double.NaN }, { "slope(a.x)", double.NaN },
        { "decayed_sum(a.x, 1d)", double.NaN }, { "first(a.x)", double.NaN }, { "last(a.x)", 2.0 }, { "nth_last(a.x, 2)", double.NaN },
        { "min_by(a.y, x)", 1L }, { "max_by(a.y, x)", 0L }, { "max_by(a.x, y)", 2.0 }, { "share(a where x > 1)", 0.75 },
    };

    [Fact]
    public void Every_aggregate_of_the_language_is_tested()
    {
        var tested = OfNothing.Select(row => row.Data.Item1.Split('(')[0]).Append("value").Distinct();
        Assert.Equal(Vocabulary.Aggregates.Keys.Order(), tested.Order());
    }

    [Theory]
    [MemberData(nameof(OfNothing))]
    public void Of_nothing(string aggregate, object? expected)
    {
        Assert.Equal(expected, Label($"{aggregate} over 2w", 3));
        // Outside of the window is nothing too, and so are nulls.
        Assert.Equal(expected, Label($"{aggregate} over 2w", 3, At(6, 1, 1, "s"), At(21, 1, 1, "s")));
        if (aggregate.Contains('.', StringComparison.Ordinal))
        {
            Assert.Equal(expected, Label($"{aggregate} over 2w", 3, At(8), At(15)));
        }

        if (!aggregate.StartsWith("days_until", StringComparison.Ordinal))
        {
            Assert.Equal(expected, Feature($"{aggregate} over last 3 events lag 1w", 1, At(0, 1, 1, "s")));
            Assert.Equal(expected, Feature($"{aggregate} over all", 1, At(7, 1, 1, "s")));
        }
    }

    [Theory]
    [MemberData(nameof(OfOneValue))]
    public void Of_one_value(string aggregate, object? expected)
    {
        Assert.Equal(expected, Feature($"{aggregate} over 1w", 1, At(1, 2.5)));
        Assert.Equal(expected, Feature($"{aggregate} over all", 1, At(1, 2.5)));
        Assert.Equal(expected, Feature($"{aggregate} over last 9 events", 1, At(1, 2.5)));
        Assert.Equal(expected, Feature($"{aggregate} over last 1 events", 1, At(0.5, 8), At(1, 2.5)));
        Assert.Equal(expected, Feature($"{aggregate} over 1w lag 1w", 2, At(-1, 8), At(1, 2.5), At(7, 9)));
    }

    [Theory]
    [MemberData(nameof(WithNulls))]
    public void Nulls_are_skipped(string aggregate, object? expected) => Assert.Equal(expected, Feature(
        $"{aggregate} over 1w", 1, At(0, null, 7), At(1, 1, 6), At(2), At(3, 3, 5), At(4), At(5, 3)));

    [Theory]
    [MemberData(nameof(WithNaN))]
    public void NaN_is_a_value_above_every_number(string aggregate, object? expected) => Assert.Equal(expected, Feature(
        $"{aggregate} over 1w", 1, At(0, double.NaN, 0), At(1, 1, 1), At(2, double.NaN, 2), At(3, 2, 3)));

    [Fact]
    public void Ties_of_the_most_frequent_value_go_to_the_smaller_one()
    {
        EventRow[] rows = [.. new[] { "b", "é", "a", "b", "é", "Z" }.Select((s, day) => At(day, null, null, s))];
        // Twice b and é, once a and Z: texts go by their bytes, so b is before é, and Z before a.
        Assert.Equal(
            ["b", "é", "Z", "a", null],
            Enumerable.Range(1, 5).Select(k => Feature($"top(a.s, {k}) over 1w", 1, rows)));
        Assert.Equal("b", Feature("mode(a.s) over 1w", 1, rows));
        Assert.Equal(false, Feature("mode(a.x > 1) over 1w", 1, Daily(1, 2, 1, 2)));
        // -0.0 is 0.0.
        Assert.Equal(0.0, Feature("mode(a.x) over 1w", 1, Daily(-1, -0.0, 0.0)));
    }

    [Fact]
    public void Ties_of_what_is_compared_go_to_the_earlier_event()
    {
        EventRow[] rows = [At(0, 10, 2), At(1, 11, 1), At(1, 12, 1), At(2, 13, 5), At(3, 14, 5), At(4, null, 0), At(5, 15)];
        Assert.Equal(11.0, Feature("min_by(a.x, y) over 1w", 1, rows));
        Assert.Equal(13.0, Feature("max_by(a.x, y) over 1w", 1, rows));
        Assert.Equal(10.0, Feature("min_by(a.x, 0 * y) over 1w", 1, rows));
        Assert.Equal(10.0, Feature("max_by(a.x, y = y) over 1w", 1, rows));
    }

    [Fact]
    public void Events_at_one_time_keep_their_position()
    {
        EventRow[] rows = [At(3, 1), At(3, 2), At(3, 3), At(1, 4)];
        Assert.Equal(
            [4.0, 3.0, 2.0, 1.0, 4.0],
            new[] { "first(a.x)", "last(a.x)", "nth_last(a.x, 2)", "nth_last(a.x, 3)", "nth_last(a.x, 4)" }
                .Select(aggregate => Feature($"{aggregate} over 1w", 1, rows)));
        Assert.Equal(2.0, Feature("longest_gap_days(a) over 1w", 1, rows));
        Assert.Equal(2.0 / 3, Feature("avg_gap_days(a) over 1w", 1, rows));
    }

    [Fact]
    public void A_quantile_lies_between_its_neighbours()
    {
        // h = 4 * 0.3 = 1.2: between 20 and 30; 1.2 - 1 and 0.8 are not exact.
        EventRow[] rows = Daily(50, 30, 10, 40, 20);
        var d = (4 * 0.3) - 1;
        Assert.Equal((20 * (1 - d)) + (30 * d), Feature("quantile(a.x, 0.3) over 1w", 1, rows));
        Assert.Equal(
            [10.0, 20.0, 30.0, 50.0],
            new[] { "0", "0.25", "0.5", "1" }.Select(q => Feature($"quantile(a.x, {q}) over 1w", 1, rows)));
        Assert.Equal(0.5, Feature("median(a.x > 1) over 1w", 1, Daily(1, 2)));
        // The two in the middle are equal; 0 * infinity would be NaN.
        var infinite = double.PositiveInfinity;
        Assert.Equal(infinite, Feature("quantile(a.x, 0.9) over 1w", 1, Daily(1, infinite, infinite)));
        Assert.Equal(double.NaN, Feature("median(a.x) over 1w", 1, Daily(-infinite, infinite)));
        Assert.Equal(-infinite, Feature("median(a.x) over 1w", 1, Daily(-infinite, 1)));
        // As float64: 2^53 + 1 is 2^53.
        Assert.Equal(9007199254740992.0, Feature("median(a.y) over 1w", 1, At(0, null, (1L << 53) + 1)));
    }

    [Fact]
    public void Entropy_sums_from_the_rarest_value_on()
    {
        // 1, 2 and 5 of 8: log2 8 - (0 + 2 * 1 + 5 * log2 5) / 8 = 1.29879...
        EventRow[] rows = Daily(7, 7, 3, 7, 5, 3, 7, 7);
        var entropy = (double)Feature("entropy(a.x) over 2w", 2, rows)!;
        Assert.Equal(3 - ((0.0 + 2.0 + (5 * Elementary.Log2(5))) / 8), entropy);
        Assert.Equal(1.2987949406953985, entropy, 14);
        Assert.Equal(0L, BitConverter.DoubleToInt64Bits((double)Feature("entropy(a.x) over 2w", 2, Daily(7, 7, 7))!));
        Assert.Equal(1.0, Feature("entropy(a.x > 4) over 2w", 2, Daily(1, 9)));
    }

    [Fact]
    public void Skewness_and_kurtosis_are_the_bias_corrected_sample_forms()
    {
        // 0, 0, 3: mean 1, M2 = 6, M3 = 6, v = 2, g = (6 / 3) / 2 / sqrt 2; times sqrt(3 * 2) / 1 it is the root of 3.
        var skewness = (double)Feature("skewness(a.x) over 1w", 1, Daily(0, 0, 3))!;
        Assert.Equal((Math.Sqrt(6) / 1) * ((2.0 / 2) / Math.Sqrt(2)), skewness);
        Assert.Equal(Math.Sqrt(3), skewness, 14);
        Assert.Null(Feature("skewness(a.x) over 1w", 1, Daily(0, 3)));
        // 0, 0, 0, 4: mean 1, M2 = 12, M4 = 84, g = (84 / 4) / 3 / 3 = 7 / 3; 3 * (5 * g - 9) / (2 * 1) = 4.
        var kurtosis = (double)Feature("kurtosis(a.x) over 1w", 1, Daily(0, 0, 0, 4))!;
        Assert.Equal((3 * ((5 * (7.0 / 3)) - 9)) / 2, kurtosis);
        Assert.Equal(4.0, kurtosis, 14);
        Assert.Null(Feature("kurtosis(a.x) over 1w", 1, Daily(0, 0, 4)));
    }

    [Fact]
    public void Skewness_and_kurtosis_for_variance_0_are_null()
    {
        Assert.Null(Feature("skewness(a.x) over 3w", 3, Daily(0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1)));
        Assert.Null(Feature("kurtosis(a.x) over 3w", 3, Daily(0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1)));
        Assert.Null(Feature("kurtosis(a.y) over 3w", 3, At(0, null, 7), At(8, null, 7), At(9, null, 7), At(15, null, 7)));
        // M2 = 3e-162 * 2e-162 is the least float64 above 0, a third of which is 0.
        Assert.Equal(0.0, Feature("var_pop(a.x) over 1w", 1, Daily(0, 0, 3e-162)));
        Assert.NotEqual(0.0, Feature("var_samp(a.x) over 1w", 1, Daily(0, 3e-162)));
        Assert.Null(Feature("skewness(a.x) over 1w", 1, Daily(0, 0, 3e-162)));
        Assert.Null(Feature("kurtosis(a.x) over 1w", 1, Daily(0, 0, 0, 3e-162)));
    }

    [Fact]
    public void Slope_is_per_day()
    {
        // Days 0, 1 and 3: on a line that falls by 2 a day; and, off it, covariance 7 / 3 by variance 14 / 3.
        Assert.Equal(-2.0, (double)Feature("slope(a.x) over 1w", 1, At(0, 5), At(1, 3), At(3, -1))!, 14);
        Assert.Equal(0.5, (double)Feature("slope(a.x) over 1w", 1, At(0, 0), At(1, 1), At(3, 1.6))!, 14);
        Assert.Null(Feature("slope(a.x) over 1w", 1, At(1, 5), At(1, 3), At(1, -1)));
        Assert.Equal(1.0, Feature("slope(a.x > 0) over 1w", 1, At(3, -1), At(4, 1)));
    }

    [Fact]
    public void Days_until_the_first_event_count_from_the_cutoff()
    {
        EventRow[] rows = [At(8.25, null), At(9.5, 1)];
        Assert.Equal(1.25, Label("days_until_first(a) over next 1w", 1, rows));
        Assert.Equal(2.5, Label("days_until_first(a.x) over next 1w", 1, rows));
        // The window starts a day later; the days still count from the cutoff.
        Assert.Equal(2.5, Label("days_until_first(a) over next 1w lag 36h", 1, rows));
        Assert.Equal(-5.75, Label("days_until_first(a) over 1w", 2, rows));
        Assert.Null(Label("days_until_first(a) over next 1w", 2, rows));
    }

    [Fact]
    public void Days_and_weeks_of_activity_are_local()
    {
        // 15:00Z is midnight in Tokyo: a week starts there on Sunday, 1970-01-04 at 15:00Z. The events are on 4, 4, 5 and 5 January there.
        var catalog = Catalogs.Of("Asia/Tokyo", Plain);
        EventRow[] rows =
        [
            EventRow.Of(1, (3 * Day) + (14 * Hour), 1.0, null, null), EventRow.Of(1, (3 * Day) + (15 * Hour) - 1, null, null, null),
            EventRow.Of(1, (3 * Day) + (15 * Hour), null, null, null), EventRow.Of(1, (4 * Day) + (14 * Hour), 1.0, null, null),
        ];
        Assert.Equal(2L, Value("active_days(a) over all", 9, catalog, [rows]));
        Assert.Equal(2L, Value("active_weeks(a) over all", 9, catalog, [rows]));
        Assert.Equal(2L, Value("active_days(a.x) over all", 9, catalog, [rows]));
        Assert.Equal(1L, Value("active_weeks(a where x is null) over 1w", 1, catalog, [rows]));
        // In UTC these are 4 and 5 January, a Sunday and a Monday.
        Assert.Equal(2L, Feature("active_days(a) over all", 9, rows));
        Assert.Equal(2L, Feature("active_weeks(a) over all", 9, rows));
    }

    [Fact]
    public void Facts_are_read_as_they_are_and_make_no_history()
    {
        var catalog = Catalogs.Of("UTC", Plain, Catalogs.Facts("u", ("city", ColumnType.String), ("born", ColumnType.Date)));
        EventRow[] facts = [EventRow.Of(1, "Ōsaka", null), EventRow.Of(2, "Kyōto", 7)];
        Assert.Equal("Ōsaka", Value("value(u.city)", 1, catalog, [[], facts]));
        Assert.Null(Value("value(u.born)", 1, catalog, [[], facts]));
        Assert.Equal(6L, Value("length(value(u.city)) + count(a) over 1w", 1, catalog, [[At(0)], facts]));
        Assert.Equal("Ōsaka", Value("value(u.city)", 1, catalog, [[], facts], FeatureRole.Label));
        Assert.Null(Value("value(u.city)", 1, catalog, [[], facts[1..]]));
    }

    [Fact]
    public void The_exact_sum_decides_about_overflow()
    {
        EventRow[] rows = [At(0, null, long.MaxValue), At(0, null, 5), At(0, null, -6)];
        Assert.Equal(long.MaxValue - 1, Feature("sum(a.y) over 1w", 1, rows));
        Assert.Equal(new Overflow("sum"), Feature("sum(a.y) over 1w", 1, rows[..2]));
        Assert.Equal(new Overflow("+"), Feature("max(a.y + 1) over 1w", 1, rows));
        Assert.Equal(6L, Feature("max(a.y + 1 where y < 100) over 1w", 1, rows));
    }

    [Fact]
    public void Overflow_of_an_event_that_counts_is_the_result()
    {
        EventRow[] rows = [At(0, 1, long.MaxValue), At(1, 2, 5)];
        var overflow = new Overflow("+");
        Assert.Equal(overflow, Feature("entropy(a.y + 1) over 1w", 1, rows));
        Assert.Equal(overflow, Feature("min_by(a.x, y + 1) over 1w", 1, rows));
        Assert.Equal(overflow, Feature("share(a where y + 1 > 0) over 1w", 1, rows));
        Assert.Equal(6L, Feature("max_by(a.y + 1, x) over last 1 events", 1, rows));
        // x is not looked at where y is null.
        Assert.Null(Feature("min_by(a.y + 1, s) over 1w", 1, rows));
    }
}
