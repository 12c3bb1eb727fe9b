using System.Globalization;

namespace FeatureService.Engine.Tests.Oracle;

/// <summary>
/// A view of every aggregate that a feature may have of events, each in several forms, over the sources of
/// <see cref="Testing.Generators.CaseGen"/>.
/// </summary>
internal static class EveryAggregate
{
    /// <summary>Aggregates, the source written {0}, the bracket still open.</summary>
    public static readonly string[] Aggregates =
    [
        "count({0}", "count_distinct({0}.s", "sum({0}.f", "avg({0}.f", "min({0}.d", "max({0}.t", "var_pop({0}.f", "var_samp({0}.f",
        "stddev_pop({0}.f", "stddev_samp({0}.f", "first({0}.s", "last({0}.s", "days_since_first({0}.f", "days_since_last({0}",
        "median({0}.f", "quantile({0}.f, 0.9", "skewness({0}.f", "kurtosis({0}.f", "mode({0}.s", "top({0}.s, 2", "entropy({0}.s",
        "nth_last({0}.t, 2", "min_by({0}.s, f", "max_by({0}.s, f", "avg_gap_days({0}", "longest_gap_days({0}", "slope({0}.f",
        "decayed_sum({0}.f, 2w", "decayed_count({0}, 2w", "share({0} where b", "active_days({0}", "active_weeks({0}",
    ];

    private static readonly string[] s_forms =
    [
        "{0}) over 6w", "{0}) over 45d lag 3h", "{0}) over 6w lag 10d", "{0}) over all", "{0}) over last 5 events",
        "{0}) over 6w by b in (true)", "series({0}) over 3w, 2)",
    ];

    /// <summary>The view: <c>x3_b_2</c> is the aggregate 3 of the source <c>b</c> in the form 2.</summary>
    public static string View { get; } = "view: every\nfeatures:\n" + string.Concat(
        from aggregate in Aggregates.Index()
        from source in new[] { "a", "b" }
        from form in s_forms.Index()
        let call = string.Format(CultureInfo.InvariantCulture, aggregate.Item, source)
        select $"  x{aggregate.Index}_{source}_{form.Index}: \"{string.Format(CultureInfo.InvariantCulture, form.Item, call)}\"\n");
}
