namespace FeatureService.Engine.Definitions.NormalForms;

/// <summary>The names of functions in normal forms; a name that was given once never changes.</summary>
internal static class NormalFormNames
{
    /// <summary>The name of an operator or function.</summary>
    /// <param name="function">The operator or function.</param>
    public static string Of(ScalarFunction function) => function switch
    {
        ScalarFunction.Add => "add",
        ScalarFunction.Subtract => "subtract",
        ScalarFunction.Multiply => "multiply",
        ScalarFunction.Divide => "divide",
        ScalarFunction.Modulo => "modulo",
        ScalarFunction.Negate => "negate",
        ScalarFunction.Equal => "equal",
        ScalarFunction.NotEqual => "not_equal",
        ScalarFunction.Less => "less",
        ScalarFunction.LessOrEqual => "less_or_equal",
        ScalarFunction.Greater => "greater",
        ScalarFunction.GreaterOrEqual => "greater_or_equal",
        ScalarFunction.And => "and",
        ScalarFunction.Or => "or",
        ScalarFunction.Not => "not",
        ScalarFunction.In => "in",
        ScalarFunction.Like => "like",
        ScalarFunction.IsNull => "is_null",
        ScalarFunction.ToFloat64 => "float64",
        ScalarFunction.ToInt64 => "int64",
        ScalarFunction.ToTimestamp => "timestamp",
        ScalarFunction.Abs => "abs",
        ScalarFunction.Floor => "floor",
        ScalarFunction.Ceil => "ceil",
        ScalarFunction.Round => "round",
        ScalarFunction.Coalesce => "coalesce",
        ScalarFunction.Least => "least",
        ScalarFunction.Greatest => "greatest",
        ScalarFunction.Length => "length",
        ScalarFunction.Lower => "lower",
        ScalarFunction.Upper => "upper",
        ScalarFunction.Hour => "hour",
        ScalarFunction.Minute => "minute",
        ScalarFunction.Weekday => "weekday",
        ScalarFunction.IsoWeekday => "iso_weekday",
        ScalarFunction.Day => "day",
        ScalarFunction.Month => "month",
        ScalarFunction.Year => "year",
        ScalarFunction.Date => "date",
        _ => throw new ArgumentOutOfRangeException(nameof(function), function, "has no normal form"),
    };

    /// <summary>The name of an aggregate.</summary>
    /// <param name="function">The aggregate.</param>
    public static string Of(AggregateFunction function) => function switch
    {
        AggregateFunction.Count => "count",
        AggregateFunction.CountDistinct => "count_distinct",
        AggregateFunction.Sum => "sum",
        AggregateFunction.Avg => "avg",
        AggregateFunction.Min => "min",
        AggregateFunction.Max => "max",
        AggregateFunction.VarPop => "var_pop",
        AggregateFunction.VarSamp => "var_samp",
        AggregateFunction.StddevPop => "stddev_pop",
        AggregateFunction.StddevSamp => "stddev_samp",
        AggregateFunction.First => "first",
        AggregateFunction.Last => "last",
        AggregateFunction.DaysSinceFirst => "days_since_first",
        AggregateFunction.DaysSinceLast => "days_since_last",
        _ => throw new ArgumentOutOfRangeException(nameof(function), function, "has no normal form"),
    };
}
