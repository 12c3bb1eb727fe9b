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

    /// <summary>Every aggregate of the language, and which of the engine's it is; null where the engine has none yet.</summary>
    public static FrozenDictionary<string, AggregateFunction?> Aggregates { get; } = new Dictionary<string, AggregateFunction?>
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
        ["median"] = null,
        ["quantile"] = null,
        ["skewness"] = null,
        ["kurtosis"] = null,
        ["mode"] = null,
        ["top"] = null,
        ["entropy"] = null,
        ["nth_last"] = null,
        ["min_by"] = null,
        ["max_by"] = null,
        ["days_until_first"] = null,
        ["avg_gap_days"] = null,
        ["longest_gap_days"] = null,
        ["slope"] = null,
        ["decayed_sum"] = null,
        ["decayed_count"] = null,
        ["share"] = null,
        ["active_days"] = null,
        ["active_weeks"] = null,
        ["value"] = null,
    }.ToFrozenDictionary();

    /// <summary>Every function of the language, and which of the engine's it is; null where the engine has none yet.</summary>
    public static FrozenDictionary<string, ScalarFunction?> Functions { get; } = new Dictionary<string, ScalarFunction?>
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
        ["ln"] = null,
        ["log1p"] = null,
        ["exp"] = null,
        ["sqrt"] = null,
        ["clip"] = null,
        ["iso_year"] = null,
        ["week_of_year"] = null,
    }.ToFrozenDictionary();

    /// <summary>The functions that take <c>week</c> as their argument.</summary>
    public static FrozenSet<string> WeekFunctions { get; } = FrozenSet.Create("year", "iso_year", "month", "week_of_year");

    /// <summary>The aggregate that has no window.</summary>
    public const string Value = "value";
}
