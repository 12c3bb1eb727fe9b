using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;
using FeatureService.Engine.Definitions.Custom;

namespace FeatureService.Engine.Definitions;

/// <summary>The aggregates of the language; EVALUATION.md says how each is computed.</summary>
public enum AggregateFunction : byte
{
    /// <summary>Rows, or values that are not null.</summary>
    Count,

    /// <summary>Distinct values.</summary>
    CountDistinct,

    /// <summary>Sum; int64 exact, float64 folded in event order.</summary>
    Sum,

    /// <summary>Sum / count, float64.</summary>
    Avg,

    /// <summary>Least value.</summary>
    Min,

    /// <summary>Greatest value.</summary>
    Max,

    /// <summary>M2 / n.</summary>
    VarPop,

    /// <summary>M2 / (n - 1); null below 2.</summary>
    VarSamp,

    /// <summary>Square root of <see cref="VarPop"/>.</summary>
    StddevPop,

    /// <summary>Square root of <see cref="VarSamp"/>.</summary>
    StddevSamp,

    /// <summary>Value of the first event whose value is not null.</summary>
    First,

    /// <summary>Value of the last event whose value is not null.</summary>
    Last,

    /// <summary>Days from the first event (or first with a value) to the window's end.</summary>
    DaysSinceFirst,

    /// <summary>Days from the last event (or last with a value) to the window's end.</summary>
    DaysSinceLast,

    /// <summary>The <see cref="AggregateArguments.Fraction"/>-quantile, float64, by linear interpolation; <c>median</c> is that of 0.5.</summary>
    Quantile,

    /// <summary>The <see cref="AggregateArguments.Rank"/>-th most frequent value, ties to the smaller; <c>mode</c> is that of 1.</summary>
    Top,

    /// <summary>Entropy of the distribution of values, in bits.</summary>
    Entropy,

    /// <summary>The <see cref="AggregateArguments.Rank"/>-th last value; null where there are fewer.</summary>
    NthLast,

    /// <summary>Value of the event whose <see cref="AggregateCall.OrderBy"/> is least, ties to the earlier event.</summary>
    MinBy,

    /// <summary>Value of the event whose <see cref="AggregateCall.OrderBy"/> is greatest, ties to the earlier event.</summary>
    MaxBy,

    /// <summary>Days from the cutoff to the first event (or first with a value); in labels.</summary>
    DaysUntilFirst,

    /// <summary>Days between the first and the last event (with a value), by the number of gaps; null below 2.</summary>
    AvgGapDays,

    /// <summary>The longest stretch between neighbouring events (with a value), in days; null below 2.</summary>
    LongestGapDays,

    /// <summary>Slope of the least-squares line of the value over time, per day; null below 2 distinct times.</summary>
    Slope,

    /// <summary>Bias-corrected skewness of a sample; null below 3 and for variance 0.</summary>
    Skewness,

    /// <summary>Bias-corrected excess kurtosis of a sample; null below 4 and for variance 0.</summary>
    Kurtosis,

    /// <summary>Sum of values, each halved for every <see cref="AggregateArguments.HalfLife"/> from its event to the window's end.</summary>
    DecayedSum,

    /// <summary>Distinct local dates of events (with a value).</summary>
    ActiveDays,

    /// <summary>Distinct weeks of the catalog with events (with a value).</summary>
    ActiveWeeks,

    /// <summary>The value of a source of facts without time.</summary>
    Value,

    /// <summary>An aggregate that is written in C#: <see cref="AggregateCall.Custom"/>.</summary>
    Custom,
}

/// <summary>Constant arguments of an aggregate, those behind its input; each has its default where the aggregate takes no such argument.</summary>
/// <param name="Fraction">Which quantile, 0 to 1.</param>
/// <param name="Rank">Which value, from 1: of <see cref="AggregateFunction.Top"/> and <see cref="AggregateFunction.NthLast"/>.</param>
/// <param name="HalfLife">The time in which a value loses half of its weight.</param>
public readonly record struct AggregateArguments(double Fraction = 0, int Rank = 0, Length? HalfLife = null);

/// <summary>One aggregate of a source over a window.</summary>
public sealed record AggregateCall
{
    /// <summary>Which aggregate.</summary>
    public required AggregateFunction Function { get; init; }

    /// <summary>Index in <see cref="Catalog.Sources"/>.</summary>
    public required int Source { get; init; }

    /// <summary>What is aggregated, evaluated for each event; null where the aggregate is of the source's rows (<c>count(rides)</c>).</summary>
    public Expression? Input { get; init; }

    /// <summary>
    /// What <see cref="AggregateFunction.MinBy"/> and <see cref="AggregateFunction.MaxBy"/> compare; else null. Where it is null,
    /// <see cref="Input"/> is null too.
    /// </summary>
    public Expression? OrderBy { get; init; }

    /// <summary>The aggregate of <see cref="AggregateFunction.Custom"/>; else null.</summary>
    public CustomAggregate? Custom { get; init; }

    /// <summary>Constant arguments behind the input.</summary>
    public AggregateArguments Arguments { get; init; }

    /// <summary>Only events for which this is true count; null means all.</summary>
    public Expression? Where { get; init; }

    /// <summary>The stretch of time; of <see cref="AggregateFunction.Value"/> everything.</summary>
    public required Window Window { get; init; }

    /// <summary>Type of the result.</summary>
    public required ColumnType Type { get; init; }
}
