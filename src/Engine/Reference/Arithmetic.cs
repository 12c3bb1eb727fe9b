using FeatureService.Engine.Definitions;
using FeatureService.Engine.Numerics;

namespace FeatureService.Engine.Reference;

/// <summary>Arithmetic on int64, which overflows, and on float64, which does not; no operand is null.</summary>
internal static class Arithmetic
{
    public static object? Evaluate(ScalarFunction function, object[] operands) => operands[0] switch
    {
        long left => OfInteger(function, left, operands.Length > 1 ? (long)operands[1] : 0),
        double left => OfFloat(function, left, operands.Length > 1 ? (double)operands[1] : 0),
        _ => throw new NotSupportedException($"{function} of a {operands[0].GetType().Name}"),
    };

    private static object? OfInteger(ScalarFunction function, long left, long right) => function switch
    {
        ScalarFunction.Add => InRange((Int128)left + right, "+"),
        ScalarFunction.Subtract => InRange((Int128)left - right, "-"),
        ScalarFunction.Multiply => InRange((Int128)left * right, "*"),
        ScalarFunction.Modulo => right == 0 ? null : (long)((Int128)left % right),
        ScalarFunction.Negate => InRange(-(Int128)left, "-"),
        ScalarFunction.Abs => InRange(Int128.Abs(left), "abs"),
        ScalarFunction.Floor or ScalarFunction.Ceil or ScalarFunction.Round => left,
        _ => throw new NotSupportedException($"{function} of int64"),
    };

    private static object? OfFloat(ScalarFunction function, double left, double right) => function switch
    {
        ScalarFunction.Add => left + right,
        ScalarFunction.Subtract => left - right,
        ScalarFunction.Multiply => left * right,
        ScalarFunction.Divide => right == 0 ? null : left / right,
        ScalarFunction.Modulo => right == 0 ? null : left % right,
        ScalarFunction.Negate => -left,
        ScalarFunction.Abs => Math.Abs(left),
        ScalarFunction.Floor => Math.Floor(left),
        ScalarFunction.Ceil => Math.Ceiling(left),
        ScalarFunction.Round => Round(left),
        ScalarFunction.Exp => Elementary.Exp(left),
        ScalarFunction.Ln => left <= 0 ? null : Elementary.Ln(left),
        ScalarFunction.Log1p => left <= -1 ? null : Elementary.Log1p(left),
        ScalarFunction.Sqrt => left < 0 ? null : Math.Sqrt(left),
        _ => throw new NotSupportedException($"{function} of float64"),
    };

    /// <summary>Half away from zero; what the truncation leaves is exact.</summary>
    private static double Round(double value)
    {
        var whole = Math.Truncate(value);
        return Math.Abs(value - whole) >= 0.5 ? whole + Math.Sign(value) : whole;
    }

    private static object InRange(Int128 value, string operation) =>
        value < long.MinValue || value > long.MaxValue ? new Overflow(operation) : (long)value;
}
