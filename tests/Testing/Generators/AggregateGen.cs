using CsCheck;
using FeatureService.Core.Columns;

namespace FeatureService.Testing.Generators;

/// <summary>Texts of aggregates of a given type over sources that have the columns of <see cref="CaseGen"/>.</summary>
public static class AggregateGen
{
    private static readonly ColumnType[] s_types =
        [ColumnType.Bool, ColumnType.Int64, ColumnType.Float64, ColumnType.String, ColumnType.Date, ColumnType.Timestamp];

    private static readonly Gen<string> s_length = Gen.Frequency(
        (6, (IGen<string>)Gen.Int[1, 13].Select(n => $"{n}w")),
        (1, Gen.OneOf("20w", "26w", "7d", "14d", "364d")),
        (2, Gen.Int[1, 40].Select(n => $"{n}d")),
        (2, Gen.Int[1, 400].Select(n => $"{n}h")),
        (1, Gen.OneOf("1min", "90min", "1440min")));

    /// <summary>An aggregate.</summary>
    /// <param name="type">The type of its result.</param>
    /// <param name="isLabel">Whether it may read <c>next</c> windows.</param>
    /// <param name="depth">How deep operators may nest in its input and <c>where</c>.</param>
    public static Gen<string> Of(ColumnType type, bool isLabel, int depth) =>
        from source in Gen.OneOf("a", "b")
        let rows = new ExpressionGen(column => Gen.Const($"{source}.{CaseGen.ColumnOf(column)}"))
        from input in Input(type, source, rows, depth)
        from condition in Gen.Frequency((3, (IGen<string>)Gen.Const("")), (2, rows.Of(ColumnType.Bool, depth).Select(x => " where " + x)))
        from window in Window(isLabel)
        select $"{input}{condition}) over {window}";

    private static Gen<string> Window(bool isLabel)
    {
        var lag = Gen.Frequency((2, (IGen<string>)Gen.Const("")), (1, s_length.Select(length => " lag " + length)));
        var span = Gen.Frequency(
            (7, (IGen<string>)s_length),
            (2, Gen.Const("all")),
            (isLabel ? 7 : 0, s_length.Select(length => "next " + length)));
        return Gen.Select(span, lag, (x, y) => x + y);
    }

    /// <summary>Function and input, the bracket still open.</summary>
    private static Gen<string> Input(ColumnType type, string source, ExpressionGen rows, int depth)
    {
        var own = Column(type, source, rows, depth);
        var number = Gen.OneOf(
            (IGen<string>)Column(ColumnType.Int64, source, rows, depth), Column(ColumnType.Float64, source, rows, depth));
        var any = Gen.OneOf(s_types.Select(column => (IGen<string>)Column(column, source, rows, depth)).ToArray());
        var order = Gen.Select(Gen.OneOf("min", "max", "first", "last"), own, (name, x) => $"{name}({x}");
        return type switch
        {
            ColumnType.Int64 => Gen.Frequency(
                (2, (IGen<string>)order),
                (2, Gen.Const($"count({source}")),
                (1, any.Select(x => $"count({x}")),
                (2, any.Select(x => $"count_distinct({x}")),
                (3, Gen.OneOf((IGen<string>)own, Column(ColumnType.Bool, source, rows, depth)).Select(x => $"sum({x}"))),
            ColumnType.Float64 => Gen.Frequency(
                (2, (IGen<string>)order),
                (3, own.Select(x => $"sum({x}")),
                (2, number.Select(x => $"avg({x}")),
                (3, Gen.Select(Gen.OneOf("var_pop", "var_samp", "stddev_pop", "stddev_samp"), number, (name, x) => $"{name}({x}")),
                (2, Gen.Select(
                    Gen.OneOf("days_since_first", "days_since_last"),
                    Gen.OneOf((IGen<string>)Gen.Const(source), any),
                    (name, x) => $"{name}({x}"))),
            _ => order,
        };
    }

    /// <summary>A row expression that reads the source.</summary>
    private static Gen<string> Column(ColumnType type, string source, ExpressionGen rows, int depth) => Gen.Frequency(
        (2, (IGen<string>)rows.Of(type, depth).Where(text => text.Contains(source + ".", StringComparison.Ordinal))),
        (3, Gen.Const($"{source}.{CaseGen.ColumnOf(type)}")));
}
