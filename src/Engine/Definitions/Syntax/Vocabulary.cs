using System.Collections.Frozen;

namespace FeatureService.Engine.Definitions.Syntax;

/// <summary>The words of the language.</summary>
internal static class Vocabulary
{
    /// <summary>Words that are names only in double quotes.</summary>
    public static FrozenSet<string> Reserved { get; } = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "and", "or", "not", "in", "between", "like", "is", "null", "true", "false", "case", "when", "then", "else", "end", "where",
        "over", "all", "next", "lag", "by", "as", "last");

    /// <summary>
    /// Every aggregate of the language, and which of the engine's it is: <c>median</c> and <c>mode</c> are a quantile and a top, <c>share</c>
    /// is an average of ones and zeros, <c>decayed_count</c> a decayed sum of ones.
    /// </summary>
    public static FrozenDictionary<string, AggregateFunction> Aggregates { get; } = new Dictionary<string, AggregateFunction>
    {
        ["count"] = AggregateFunction.Count,
        ["count_distinct"] = AggregateFunction.CountDistinct,
        ["sum"] = AggregateFunction.Sum,
        ["avg"] = AggregateFunction.Avg,
        ["min"] = AggregateFunction.Min,
        ["max"] = AggregateFunction.Max,
        ["var_pop"] = AggregateFunction.VarPop,
        ["var_samp"] = AggregateFunction.VarSamp,
        ["stddev_pop"] = AggregateFunction.StddevPop,
        ["stddev_samp"] = AggregateFunction.StddevSamp,
        ["first"] = AggregateFunction.First,
        ["last"] = AggregateFunction.Last,
        ["days_since_first"] = AggregateFunction.DaysSinceFirst,
        ["days_since_last"] = AggregateFunction.DaysSinceLast,
        ["median"] = AggregateFunction.Quantile,
        ["quantile"] = AggregateFunction.Quantile,
        ["skewness"] = AggregateFunction.Skewness,
        ["kurtosis"] = AggregateFunction.Kurtosis,
        ["mode"] = AggregateFunction.Top,
        ["top"] = AggregateFunction.Top,
        ["entropy"] = AggregateFunction.Entropy,
        ["nth_last"] = AggregateFunction.NthLast,
        ["min_by"] = AggregateFunction.MinBy,
        ["max_by"] = AggregateFunction.MaxBy,
        ["days_until_first"] = AggregateFunction.DaysUntilFirst,
        ["avg_gap_days"] = AggregateFunction.AvgGapDays,
        ["longest_gap_days"] = AggregateFunction.LongestGapDays,
        ["slope"] = AggregateFunction.Slope,
        ["decayed_sum"] = AggregateFunction.DecayedSum,
        ["decayed_count"] = AggregateFunction.DecayedSum,
        ["share"] = AggregateFunction.Avg,
        ["active_days"] = AggregateFunction.ActiveDays,
        ["active_weeks"] = AggregateFunction.ActiveWeeks,
        ["value"] = AggregateFunction.Value,
    }.ToFrozenDictionary();

    /// <summary>Every function of the language, and which of the engine's it is.</summary>
    public static FrozenDictionary<string, ScalarFunction> Functions { get; } = new Dictionary<string, ScalarFunction>
    {
        ["abs"] = ScalarFunction.Abs,
        ["floor"] = ScalarFunction.Floor,
        ["ceil"] = ScalarFunction.Ceil,
        ["round"] = ScalarFunction.Round,
        ["coalesce"] = ScalarFunction.Coalesce,
        ["least"] = ScalarFunction.Least,
        ["greatest"] = ScalarFunction.Greatest,
        ["length"] = ScalarFunction.Length,
        ["lower"] = ScalarFunction.Lower,
        ["upper"] = ScalarFunction.Upper,
        ["hour"] = ScalarFunction.Hour,
        ["minute"] = ScalarFunction.Minute,
        ["weekday"] = ScalarFunction.Weekday,
        ["iso_weekday"] = ScalarFunction.IsoWeekday,
        ["day"] = ScalarFunction.Day,
        ["month"] = ScalarFunction.Month,
        ["year"] = ScalarFunction.Year,
        ["date"] = ScalarFunction.Date,
        ["ln"] = ScalarFunction.Ln,
        ["log1p"] = ScalarFunction.Log1p,
        ["exp"] = ScalarFunction.Exp,
        ["sqrt"] = ScalarFunction.Sqrt,
        ["clip"] = ScalarFunction.Clip,
        ["iso_year"] = ScalarFunction.IsoYear,
        ["week_of_year"] = ScalarFunction.WeekOfYear,
    }.ToFrozenDictionary();

    /// <summary>The functions that take <c>week</c> as their argument.</summary>
    public static FrozenSet<string> WeekFunctions { get; } = FrozenSet.Create("year", "iso_year", "month", "week_of_year");

    /// <summary>The aggregate that has no window.</summary>
    public const string Value = "value";

    /// <summary>The aggregate whose condition says which events are the part, not which count.</summary>
    public const string Share = "share";

    /// <summary>The aggregate that is a decayed sum of ones.</summary>
    public const string DecayedCount = "decayed_count";
}
