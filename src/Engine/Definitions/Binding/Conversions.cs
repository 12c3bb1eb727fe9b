using System.Diagnostics.CodeAnalysis;
using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;

namespace FeatureService.Engine.Definitions.Binding;

/// <summary>
/// Which types go together, and the nodes that bring operands to one type. Constants are converted at once: <c>2</c> beside a
/// float64 is the constant 2.0.
/// </summary>
/// <param name="zone">The catalog's zone.</param>
internal sealed class Conversions(ZoneRules zone)
{
    /// <summary>A constant null without a type.</summary>
    public static ConstantExpression Null { get; } = new() { Type = ColumnType.None, Value = null };

    /// <summary>Whether a type is int64 or float64.</summary>
    public static bool IsNumber(ColumnType type) => type is ColumnType.Int64 or ColumnType.Float64;

    /// <summary>Brings operands to the one type that all can be read as.</summary>
    /// <param name="operands">The operands.</param>
    /// <param name="unified">The operands, converted; <see cref="ColumnType.None"/> where all are null.</param>
    /// <param name="error">What does not go together; null where all do.</param>
    public bool TryUnify(
        IReadOnlyList<Expression> operands, [NotNullWhen(true)] out Expression[]? unified, [NotNullWhen(false)] out string? error)
    {
        unified = null;
        var common = ColumnType.None;
        foreach (var operand in operands.OrderBy(IsText))
        {
            if (Common(common, operand) is not { } type)
            {
                error = $"mixes {common.Name()} and {operand.Type.Name()}: expected operands of one type";
                return false;
            }

            common = type;
        }

        var converted = new Expression[operands.Count];
        for (var i = 0; i < converted.Length; i++)
        {
            if (!TryConvert(operands[i], common, out var result, out error))
            {
                return false;
            }

            converted[i] = result;
        }

        unified = converted;
        error = null;
        return true;
    }

    /// <summary>Converts an operand to a type that it goes together with.</summary>
    /// <param name="operand">The operand.</param>
    /// <param name="type">The type.</param>
    /// <param name="converted">The operand as it is, a constant of the type, or a conversion of it.</param>
    /// <param name="error">Why a text is no date or timestamp; null where it is, or is none.</param>
    public bool TryConvert(
        Expression operand, ColumnType type, [NotNullWhen(true)] out Expression? converted, [NotNullWhen(false)] out string? error)
    {
        error = null;
        converted = operand.Type == type ? operand : null;
        if (converted is null && operand is ConstantExpression constant)
        {
            if (!TryValue(constant, type, out var value))
            {
                error = $"reads the text '{constant.Value}' as a {type.Name()}: expected one as '2024-03-04"
                    + (type == ColumnType.Timestamp ? " 10:15:00'" : "'");
                return false;
            }

            converted = new ConstantExpression { Type = type, Value = value };
        }

        converted ??= new CallExpression
        {
            Type = type,
            Arguments = [operand],
            Function = type switch
            {
                ColumnType.Float64 => ScalarFunction.ToFloat64,
                ColumnType.Int64 => ScalarFunction.ToInt64,
                _ => ScalarFunction.ToTimestamp,
            },
        };
        return true;
    }

    private static bool IsText(Expression operand) => operand is ConstantExpression { Type: ColumnType.String };

    private static ColumnType? Common(ColumnType common, Expression operand) => (common, operand.Type) switch
    {
        var (left, right) when left == right => left,
        (ColumnType.None, var right) => right,
        (var left, ColumnType.None) => left,
        (ColumnType.Int64 or ColumnType.Float64, ColumnType.Int64 or ColumnType.Float64) => ColumnType.Float64,
        (ColumnType.Date or ColumnType.Timestamp, ColumnType.Date or ColumnType.Timestamp) => ColumnType.Timestamp,
        (ColumnType.Date or ColumnType.Timestamp, ColumnType.String) when IsText(operand) => common,
        _ => null,
    };

    private bool TryValue(ConstantExpression constant, ColumnType type, out object? value)
    {
        value = constant.Value switch
        {
            long number when type == ColumnType.Float64 => (object)(double)number,
            bool flag when type == ColumnType.Float64 => (object)(flag ? 1.0 : 0.0),
            bool flag when type == ColumnType.Int64 => (object)(flag ? 1L : 0L),
            int day when type == ColumnType.Timestamp => (object)zone.StartOfDay(day),
            string text when type == ColumnType.Date => TimeText.TryParseDate(text, out var day) ? (object)day : null,
            string text when type == ColumnType.Timestamp => TimeText.TryParseTimestamp(text, zone, out var utc) ? (object)utc : null,
            _ => null,
        };
        return value is not null || constant.Value is null;
    }
}
