using CsCheck;
using FeatureService.Core.Columns;

namespace FeatureService.Testing.Generators;

/// <summary>Texts of expressions of a given type over given atoms: every operator and function of the language.</summary>
/// <param name="atoms">Names or aggregates of a type.</param>
public sealed class ExpressionGen(Func<ColumnType, Gen<string>> atoms)
{
    private static readonly Gen<string> s_integers = Gen.Frequency(
        (5, (IGen<string>)Gen.Int[-9, 60].Select(n => $"{n}")),
        (1, Gen.OneOf("9223372036854775807", "-9223372036854775808", "9007199254740993", "4611686018427387904")));

    private static readonly Gen<string> s_floats = Gen.OneOf("0.5", "-2.25", "1.0", "0.0", "3e2", "1e300", "1e-320", "60.0");
    private static readonly Gen<string> s_texts = ValueGen.Text.Select(text => "'" + text.Replace("'", "''") + "'");
    private static readonly Gen<string> s_patterns =
        Gen.OneOf("'%'", "''", "'a%'", "'%a%'", "'_'", "'A_p'", "'%_'", "'c%%h'", "'%😀'", "'a\\_b'");
    private static readonly Gen<string> s_dates = Gen.OneOf("'2018-11-04'", "'2011-12-30'", "'2023-03-12'", "'2024-01-01'");
    private static readonly Gen<string> s_stamps =
        Gen.OneOf("'2018-11-04 00:30:00'", "'2023-04-28'", "'2023-11-05T00:30:00Z'", "'2022-03-22 00:00:00+03:30'");

    private readonly Dictionary<(ColumnType Type, int Depth), Gen<string>> _made = [];

    /// <summary>An expression of a type.</summary>
    /// <param name="type">Any type of the language.</param>
    /// <param name="depth">How deep operators may nest.</param>
    public Gen<string> Of(ColumnType type, int depth)
    {
        if (!_made.TryGetValue((type, depth), out var made))
        {
            made = depth == 0
                ? type is ColumnType.Date or ColumnType.Timestamp
                    ? atoms(type)
                    : Gen.Frequency((4, (IGen<string>)atoms(type)), (1, Constant(type)))
                : Gen.Frequency((3, (IGen<string>)Of(type, 0)), (5, Calls(type, depth - 1)));
            _made.Add((type, depth), made);
        }

        return made;
    }

    private static Gen<string> Constant(ColumnType type) => type switch
    {
        ColumnType.Bool => Gen.OneOf("true", "false"),
        ColumnType.Int64 => s_integers,
        ColumnType.Float64 => s_floats,
        _ => s_texts,
    };

    private Gen<string> Calls(ColumnType type, int depth)
    {
        var same = Of(type, depth);
        var condition = Of(ColumnType.Bool, depth);
        List<Gen<string>> calls =
        [
            Gen.Select(same, same, (x, y) => $"coalesce({x}, {y})"),
            Gen.Select(condition, same, same, (b, x, y) => $"case when {b} then {x} else {y} end"),
            Gen.Select(condition, condition, same, same, (b, c, x, y) => $"case when {b} then {x} when {c} then {y} end"),
            Gen.Select(same, same, same, (x, y, z) => $"clip({x}, {y}, {z})"),
            Gen.Select(same, same, Gen.Bool, (x, y, isLow) => isLow ? $"clip({x}, {y}, null)" : $"clip({x}, null, {y})"),
        ];
        if (type != ColumnType.Bool)
        {
            calls.Add(Gen.Select(Gen.OneOf("least", "greatest"), same, same, (name, x, y) => $"{name}({x}, {y})"));
        }

        calls.AddRange(type switch
        {
            ColumnType.Bool => Tests(depth),
            ColumnType.Int64 => Integers(depth),
            ColumnType.Float64 => Floats(depth),
            ColumnType.String => [Gen.Select(Gen.OneOf("lower", "upper"), same, (name, x) => $"{name}({x})")],
            ColumnType.Date => [Gen.OneOf((IGen<string>)same, Of(ColumnType.Timestamp, depth)).Select(x => $"date({x})")],
            _ => [],
        });
        return Gen.OneOf(calls.Select(call => (IGen<string>)call).ToArray());
    }

    private IEnumerable<Gen<string>> Integers(int depth)
    {
        var integer = Of(ColumnType.Int64, depth);
        var calendar = Gen.OneOf("weekday", "iso_weekday", "day", "month", "year", "iso_year", "week_of_year");
        yield return Gen.Select(integer, Gen.OneOf("+", "-", "*", "%"), integer, (x, op, y) => $"({x} {op} {y})");
        yield return Gen.Select(Gen.OneOf("abs", "floor", "ceil", "round", "-"), integer, (name, x) => $"{name}({x})");
        yield return Gen.Select(Of(ColumnType.String, depth), x => $"length({x})");
        yield return Gen.Select(Gen.OneOf("hour", "minute"), Of(ColumnType.Timestamp, depth), (name, x) => $"{name}({x})");
        yield return Gen.Select(calendar, Of(ColumnType.Timestamp, depth), (name, x) => $"{name}({x})");
        yield return Gen.Select(calendar, Of(ColumnType.Date, depth), (name, x) => $"{name}({x})");
    }

    private IEnumerable<Gen<string>> Floats(int depth)
    {
        var number = Number(depth);
        var real = Of(ColumnType.Float64, depth);
        yield return Gen.Select(number, number, (x, y) => $"({x} / {y})");
        yield return Gen.Select(number, Gen.OneOf("+", "-", "*", "%"), real, (x, op, y) => $"({x} {op} {y})");
        yield return Gen.Select(Gen.OneOf("abs", "floor", "ceil", "round", "-"), real, (name, x) => $"{name}({x})");
        yield return Gen.Select(Gen.OneOf("exp", "ln", "log1p", "sqrt"), number, (name, x) => $"{name}({x})");
        yield return Gen.Select(Of(ColumnType.Int64, depth), real, (x, y) => $"coalesce({x}, {y})");
        yield return Gen.Select(real, Of(ColumnType.Int64, depth), (x, y) => $"least({x}, {y}, null)");
    }

    private IEnumerable<Gen<string>> Tests(int depth)
    {
        var test = Of(ColumnType.Bool, depth);
        var text = Of(ColumnType.String, depth);
        var number = Number(depth);
        var (date, stamp) = (Of(ColumnType.Date, depth), Of(ColumnType.Timestamp, depth));
        var integer = Of(ColumnType.Int64, depth);
        var compare = Gen.OneOf("=", "<>", "!=", "<", "<=", ">", ">=");
        yield return Gen.Select(number, compare, number, (x, op, y) => $"({x} {op} {y})");
        yield return Gen.Select(text, compare, text, (x, op, y) => $"({x} {op} {y})");
        yield return Gen.Select(date, compare, Gen.OneOf((IGen<string>)date, stamp, s_dates), (x, op, y) => $"({x} {op} {y})");
        yield return Gen.Select(stamp, compare, Gen.OneOf((IGen<string>)stamp, s_stamps), (x, op, y) => $"({x} {op} {y})");
        yield return Gen.Select(test, Gen.OneOf("and", "or", "=", "<>"), test, (x, op, y) => $"({x} {op} {y})");
        yield return test.Select(x => $"(not {x})");
        yield return Gen.Select(integer, Gen.OneOf("in", "not in"), s_integers, s_integers, (x, op, y, z) => $"({x} {op} ({y}, {z}))");
        yield return Gen.Select(Of(ColumnType.Float64, depth), s_floats, (x, y) => $"({x} in ({y}, null, 2))");
        yield return Gen.Select(text, Gen.OneOf("in", "not in"), s_texts, s_texts, (x, op, y, z) => $"({x} {op} ({y}, {z}, 'cash'))");
        yield return Gen.Select(text, Gen.OneOf("like", "not like"), s_patterns, (x, op, y) => $"({x} {op} {y})");
        yield return Gen.Select(number, Gen.OneOf("between", "not between"), number, number, (x, op, y, z) => $"({x} {op} {y} and {z})");
        yield return Gen.Select(Gen.OneOf((IGen<string>)number, text, test), Gen.OneOf("is null", "is not null"), (x, op) => $"({x} {op})");
    }

    private Gen<string> Number(int depth) => Gen.OneOf((IGen<string>)Of(ColumnType.Int64, depth), Of(ColumnType.Float64, depth));
}
