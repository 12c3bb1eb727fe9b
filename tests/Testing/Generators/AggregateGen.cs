using CsCheck;
using FeatureService.Core.Columns;

namespace FeatureService.Testing.Generators;

/// <summary>
/// Texts of aggregates of a given type over sources that have the columns of <see cref="CaseGen"/>: every aggregate of the language.
/// </summary>
public static class AggregateGen
{
    private static readonly ColumnType[] s_types =
        [ColumnType.Bool, ColumnType.Int64, ColumnType.Float64, ColumnType.String, ColumnType.Date, ColumnType.Timestamp];

    private static readonly Gen<string> s_halfLife = Gen.OneOf("1d", "7d", "2w", "13w", "36h", "1h", "90min", "1min");

    /// <summary>An aggregate.</summary>
    /// <param name="type">The type of its result.</param>
    /// <param name="isLabel">Whether it may read <c>next</c> windows.</param>
    /// <param name="depth">How deep operators may nest in its input and <c>where</c>.</param>
    public static Gen<string> Of(ColumnType type, bool isLabel, int depth) => Gen.Frequency(
        (30, (IGen<string>)Of(type, isLabel, depth, WindowGen.Of(isLabel))),
        (1, Gen.Const($"value(u.{CaseGen.ColumnOf(type)})")));

    /// <summary>An aggregate over a window.</summary>
    /// <param name="type">The type of its result.</param>
    /// <param name="isLabel">Whether it stands in a label.</param>
    /// <param name="depth">How deep operators may nest in its input and <c>where</c>.</param>
    /// <param name="windows">What stands behind <c>over</c>.</param>
    public static Gen<string> Of(ColumnType type, bool isLabel, int depth, Gen<string> windows) =>
        from source in Gen.OneOf("a", "b")
        let rows = new ExpressionGen(column => Gen.Const($"{source}.{CaseGen.ColumnOf(column)}"))
        from input in Input(type, isLabel, source, rows, depth)
        from condition in Condition(rows, depth, isNeeded: input.StartsWith("share(", StringComparison.Ordinal))
        from window in windows
        select $"{input}{condition}) over {window}";

    private static Gen<string> Condition(ExpressionGen rows, int depth, bool isNeeded) => Gen.Frequency(
        (isNeeded ? 0 : 3, (IGen<string>)Gen.Const("")),
        (2, rows.Of(ColumnType.Bool, depth).Select(condition => " where " + condition)));

    /// <summary>Function and arguments, the bracket still open.</summary>
    private static Gen<string> Input(ColumnType type, bool isLabel, string source, ExpressionGen rows, int depth)
    {
        var any = Gen.OneOf(s_types.Select(column => (IGen<string>)Column(column, source, rows, depth)).ToArray());
        var own = Own(type, source, rows, depth, any);
        var events = Gen.OneOf((IGen<string>)Gen.Const(source), any);
        return type switch
        {
            ColumnType.Int64 => Gen.Frequency((5, (IGen<string>)own), (6, Integers(source, rows, depth, any, events))),
            ColumnType.Float64 => Gen.Frequency((3, (IGen<string>)own), (10, Floats(isLabel, source, rows, depth, any, events))),
            _ => own,
        };
    }

    /// <summary>Aggregates that give a value of their input.</summary>
    private static Gen<string> Own(ColumnType type, string source, ExpressionGen rows, int depth, Gen<string> any)
    {
        var own = Column(type, source, rows, depth);
        return Gen.Frequency(
            (5, (IGen<string>)Gen.Select(Gen.OneOf("min", "max", "first", "last", "mode"), own, (name, x) => $"{name}({x}")),
            (2, Gen.Select(Gen.OneOf("top", "nth_last"), own, Gen.Int[1, 4], (name, x, n) => $"{name}({x}, {n}")),
            (2, Gen.Select(Gen.OneOf("min_by", "max_by"), own, any, (name, x, y) => $"{name}({x}, {y}")));
    }

    private static Gen<string> Integers(string source, ExpressionGen rows, int depth, Gen<string> any, Gen<string> events)
    {
        var number = Gen.OneOf(
            (IGen<string>)Column(ColumnType.Int64, source, rows, depth), Column(ColumnType.Bool, source, rows, depth));
        return Gen.Frequency(
            (2, (IGen<string>)events.Select(x => $"count({x}")),
            (2, any.Select(x => $"count_distinct({x}")),
            (3, number.Select(x => $"sum({x}")),
            (3, Gen.Select(Gen.OneOf("active_days", "active_weeks"), events, (name, x) => $"{name}({x}")));
    }

    private static Gen<string> Floats(
        bool isLabel, string source, ExpressionGen rows, int depth, Gen<string> any, Gen<string> events)
    {
        var real = Column(ColumnType.Float64, source, rows, depth);
        var number = Gen.Frequency(
            (4, (IGen<string>)real),
            (2, Column(ColumnType.Int64, source, rows, depth)),
            (1, Column(ColumnType.Bool, source, rows, depth)));
        return Gen.Frequency(
            (2, (IGen<string>)real.Select(x => $"sum({x}")),
            (8, Gen.Select(
                Gen.OneOf("avg", "median", "var_pop", "var_samp", "stddev_pop", "stddev_samp", "skewness", "kurtosis", "slope"),
                number,
                (name, x) => $"{name}({x}")),
            (1, Gen.Select(number, Gen.OneOf("0", "0.25", "0.5", "0.9", "1.0", "1e-9", "0.333"), (x, q) => $"quantile({x}, {q}")),
            (1, any.Select(x => $"entropy({x}")),
            (4, Gen.Select(
                Gen.OneOf("days_since_first", "days_since_last", "avg_gap_days", "longest_gap_days"),
                events,
                (name, x) => $"{name}({x}")),
            (isLabel ? 3 : 0, events.Select(x => $"days_until_first({x}")),
            (2, Gen.Select(number, s_halfLife, (x, length) => $"decayed_sum({x}, {length}")),
            (1, s_halfLife.Select(length => $"decayed_count({source}, {length}")),
            (1, Gen.Const($"share({source}")));
    }

    /// <summary>A row expression that reads the source.</summary>
    private static Gen<string> Column(ColumnType type, string source, ExpressionGen rows, int depth) => Gen.Frequency(
        (2, (IGen<string>)rows.Of(type, depth).Where(text => text.Contains(source + ".", StringComparison.Ordinal))),
        (3, Gen.Const($"{source}.{CaseGen.ColumnOf(type)}")));
}
