using System.Collections.Immutable;
using FeatureService.Core.Columns;

namespace FeatureService.Engine.Definitions;

/// <summary>
/// A bound, typed expression. Inside an aggregate it is evaluated for each event and reads columns; around aggregates it is
/// evaluated for each cell (entity, week) and reads aggregates and other features. Every node is null or a value of its type;
/// conversions are nodes of their own, so an evaluator never has to mix types.
/// </summary>
public abstract record Expression
{
    /// <summary>The type of the value; <see cref="ColumnType.None"/> only for a bare <c>null</c> that nothing gave a type.</summary>
    public required ColumnType Type { get; init; }
}

/// <summary>A constant.</summary>
public sealed record ConstantExpression : Expression
{
    /// <summary>
    /// Null, or by type: <see cref="bool"/>; <see cref="long"/> for int64 and timestamp (microseconds UTC); <see cref="int"/> for a
    /// date (days since 1970-01-01); <see cref="double"/>; <see cref="string"/>.
    /// </summary>
    public required object? Value { get; init; }
}

/// <summary>A column of the source that the enclosing aggregate reads.</summary>
public sealed record ColumnExpression : Expression
{
    /// <summary>Index in <see cref="EventSource.Columns"/>.</summary>
    public required int Column { get; init; }

    /// <summary>The column's name, for messages and normal forms.</summary>
    public required string Name { get; init; }
}

/// <summary>The first day of the row's week, a date: only as argument of a calendar function.</summary>
public sealed record WeekExpression : Expression;

/// <summary>The result of an aggregate, in an expression around aggregates.</summary>
public sealed record AggregateExpression : Expression
{
    /// <summary>The aggregate.</summary>
    public required AggregateCall Call { get; init; }
}

/// <summary>Another feature or label, by its unrounded value.</summary>
public sealed record FeatureExpression : Expression
{
    /// <summary>The column that is used; its expression is evaluated once, whoever uses it.</summary>
    public required FeatureColumn Column { get; init; }
}

/// <summary>An operator or function with its operands.</summary>
public sealed record CallExpression : Expression
{
    /// <summary>Which operator or function.</summary>
    public required ScalarFunction Function { get; init; }

    /// <summary>The operands, already of the types that the function takes.</summary>
    public required ImmutableArray<Expression> Arguments { get; init; }
}

/// <summary><c>case when .. then .. else .. end</c>: the first branch whose condition is true; without one, null.</summary>
public sealed record CaseExpression : Expression
{
    /// <summary>Conditions (bool) and results (of this node's type), in order.</summary>
    public required ImmutableArray<(Expression When, Expression Then)> Branches { get; init; }

    /// <summary>The result where no condition is true; null means null.</summary>
    public Expression? Else { get; init; }
}

/// <summary>Operators and functions of expressions. Operand types are those that LANGUAGE.md gives; nulls follow SQL.</summary>
public enum ScalarFunction : byte
{
    /// <summary>Int64 and float64 of the same type; int64 overflow is a cell error.</summary>
    Add,

    /// <summary>As <see cref="Add"/>.</summary>
    Subtract,

    /// <summary>As <see cref="Add"/>.</summary>
    Multiply,

    /// <summary>Float64 by float64; null where the divisor is 0.</summary>
    Divide,

    /// <summary>Remainder with the dividend's sign, int64 or float64; null where the divisor is 0.</summary>
    Modulo,

    /// <summary>Minus one operand; int64 overflow is a cell error.</summary>
    Negate,

    /// <summary>Two operands of one type; NaN equals NaN.</summary>
    Equal,

    /// <summary>Not <see cref="Equal"/>.</summary>
    NotEqual,

    /// <summary>Two operands of one type; NaN is greater than every number, text goes by bytes, false is below true.</summary>
    Less,

    /// <summary>As <see cref="Less"/>.</summary>
    LessOrEqual,

    /// <summary>As <see cref="Less"/>.</summary>
    Greater,

    /// <summary>As <see cref="Less"/>.</summary>
    GreaterOrEqual,

    /// <summary>Three-valued, two operands.</summary>
    And,

    /// <summary>Three-valued, two operands.</summary>
    Or,

    /// <summary>Three-valued, one operand.</summary>
    Not,

    /// <summary>First operand among the others, which are constants of its type; null where not found and a null is among them.</summary>
    In,

    /// <summary>Text like a constant pattern: <c>%</c> any run, <c>_</c> one code point; minds case, no escape.</summary>
    Like,

    /// <summary>True where the operand is null, else false; never null.</summary>
    IsNull,

    /// <summary>Int64 or bool to float64 (int64 rounds to nearest even).</summary>
    ToFloat64,

    /// <summary>Bool to int64, 1 or 0.</summary>
    ToInt64,

    /// <summary>A date to the instant at which it starts in the catalog's zone.</summary>
    ToTimestamp,

    /// <summary>Absolute value, own type; int64 overflow is a cell error.</summary>
    Abs,

    /// <summary>Own type; identity on int64.</summary>
    Floor,

    /// <summary>Own type; identity on int64.</summary>
    Ceil,

    /// <summary>Own type, half away from zero; identity on int64.</summary>
    Round,

    /// <summary>The first operand that is not null.</summary>
    Coalesce,

    /// <summary>The least operand, nulls skipped.</summary>
    Least,

    /// <summary>The greatest operand, nulls skipped.</summary>
    Greatest,

    /// <summary>Code points of a text, int64.</summary>
    Length,

    /// <summary>Text in lower case (invariant simple mapping).</summary>
    Lower,

    /// <summary>Text in upper case (invariant simple mapping).</summary>
    Upper,

    /// <summary>Hour of a timestamp in the catalog's zone, 0 to 23.</summary>
    Hour,

    /// <summary>Minute of a timestamp in the catalog's zone, 0 to 59.</summary>
    Minute,

    /// <summary>0 (Sunday) to 6; of a timestamp or date.</summary>
    Weekday,

    /// <summary>1 (Monday) to 7; of a timestamp or date.</summary>
    IsoWeekday,

    /// <summary>Day of the month; of a timestamp or date.</summary>
    Day,

    /// <summary>1 to 12; of a timestamp or date.</summary>
    Month,

    /// <summary>Calendar year; of a timestamp or date.</summary>
    Year,

    /// <summary>Local date of a timestamp in the catalog's zone; identity on a date.</summary>
    Date,

    /// <summary>ISO 8601's year of the week that holds a timestamp or date.</summary>
    IsoYear,

    /// <summary>ISO 8601's number of the week that holds a timestamp or date, 1 to 53.</summary>
    WeekOfYear,

    /// <summary>Natural logarithm of a float64; null below or at 0.</summary>
    Ln,

    /// <summary>Natural logarithm of 1 + x, float64; null below or at -1.</summary>
    Log1p,

    /// <summary>e to the power of a float64.</summary>
    Exp,

    /// <summary>Square root of a float64; null below 0.</summary>
    Sqrt,

    /// <summary>Three operands of one ordered type: the first, not below the second, then not above the third; null where the first is, other nulls skipped.</summary>
    Clip,
}
