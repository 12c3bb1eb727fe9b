using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;

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
}

/// <summary>One aggregate of a source over a window.</summary>
public sealed record AggregateCall
{
    /// <summary>Which aggregate.</summary>
    public required AggregateFunction Function { get; init; }

    /// <summary>Index in <see cref="Catalog.Sources"/>.</summary>
    public required int Source { get; init; }

    /// <summary>What is aggregated, evaluated for each event; null where the aggregate is of the source's rows (<c>count(rides)</c>).</summary>
    public Expression? Input { get; init; }

    /// <summary>Only events for which this is true count; null means all.</summary>
    public Expression? Where { get; init; }

    /// <summary>The stretch of time.</summary>
    public required Window Window { get; init; }

    /// <summary>Type of the result.</summary>
    public required ColumnType Type { get; init; }
}
