using FeatureService.Core.Calendar;
using FeatureService.Engine.Definitions;

namespace FeatureService.Engine.Reference;

/// <summary>
/// Expressions, node by node. A null operand makes most results null; an <see cref="Overflow"/> of any operand is the result.
/// Only the branches of a <c>case</c> that are not taken are not evaluated.
/// </summary>
/// <param name="zone">The catalog's zone.</param>
/// <param name="leaf">The value of a column, aggregate, feature or week.</param>
internal sealed class Interpreter(ZoneRules zone, Func<Expression, object?> leaf)
{
    public object? Evaluate(Expression expression) => expression switch
    {
        ConstantExpression constant => constant.Value,
        CaseExpression cases => Case(cases),
        CallExpression call => Call(call),
        _ => leaf(expression),
    };

    private object? Case(CaseExpression cases)
    {
        foreach (var (when, then) in cases.Branches)
        {
            switch (Evaluate(when))
            {
                case Overflow overflow:
                    return overflow;
                case true:
                    return Evaluate(then);
            }
        }

        return cases.Else is null ? null : Evaluate(cases.Else);
    }

    private object? Call(CallExpression call)
    {
        object?[] values = [.. call.Arguments.Select(Evaluate)];
        if (values.FirstOrDefault(value => value is Overflow) is { } overflow)
        {
            return overflow;
        }

        return call.Function switch
        {
            ScalarFunction.And => Logic.And(values[0], values[1]),
            ScalarFunction.Or => Logic.Or(values[0], values[1]),
            ScalarFunction.In => Logic.In(values[0], values[1..]),
            ScalarFunction.IsNull => values[0] is null,
            ScalarFunction.Coalesce => values.FirstOrDefault(value => value is not null),
            ScalarFunction.Least => values.Where(value => value is not null).Min(ValueOrder.Instance),
            ScalarFunction.Greatest => values.Where(value => value is not null).Max(ValueOrder.Instance),
            ScalarFunction.Clip => Clip(values[0], values[1], values[2]),
            _ when values.Contains(null) => null,
            <= ScalarFunction.Negate => Arithmetic.Evaluate(call.Function, values!),
            <= ScalarFunction.GreaterOrEqual => Logic.Compare(call.Function, ValueOrder.Instance.Compare(values[0], values[1])),
            ScalarFunction.Not => values[0] is false,
            ScalarFunction.Like => Texts.Like((string)values[0]!, (string)values[1]!),
            ScalarFunction.ToFloat64 => values[0] is long number ? (double)number : values[0] is true ? 1.0 : 0.0,
            ScalarFunction.ToInt64 => values[0] is true ? 1L : 0L,
            ScalarFunction.ToTimestamp => zone.StartOfDay((int)values[0]!),
            ScalarFunction.Abs or ScalarFunction.Floor or ScalarFunction.Ceil or ScalarFunction.Round
                or ScalarFunction.Exp or ScalarFunction.Ln or ScalarFunction.Log1p or ScalarFunction.Sqrt =>
                Arithmetic.Evaluate(call.Function, values!),
            ScalarFunction.Length => (long)((string)values[0]!).EnumerateRunes().Count(),
            ScalarFunction.Lower or ScalarFunction.Upper => Texts.Case(call.Function, (string)values[0]!),
            _ => Times.Evaluate(call.Function, zone, values[0]!),
        };
    }

    /// <summary>A value that is not null, not below one bound and then not above the other; a bound that is null is none.</summary>
    private static object? Clip(object? value, object? low, object? high)
    {
        if (value is not null && low is not null && ValueOrder.Instance.Compare(value, low) < 0)
        {
            value = low;
        }

        return value is not null && high is not null && ValueOrder.Instance.Compare(value, high) > 0 ? high : value;
    }
}
