using System.Globalization;

namespace FeatureService.Oracle.Tests.SecondOracle;

/// <summary>
/// Random definitions over the sources of <see cref="GeneratedCase"/>. Floats of rows come from sums, differences and halves, which
/// are exact there, so that what compares them is not decided by their last bits.
/// </summary>
/// <param name="seed">The same definitions from the same seed.</param>
internal sealed class RandomDefinitions(int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>So many definitions.</summary>
    /// <param name="prefix">Of their names.</param>
    /// <param name="count">Number of definitions.</param>
    /// <param name="isLabel">Whether they may look ahead.</param>
    public IReadOnlyList<(string Name, string Text)> Take(string prefix, int count, bool isLabel) =>
        [.. Enumerable.Range(0, count).Select(i => ($"{prefix}_{i}", Definition($"{prefix}_{i}", isLabel)))];

    private string Definition(string name, bool isLabel) => _random.Next(12) switch
    {
        0 => $"{Aggregate(Kind.Integer, isLabel)} by area in ('app', 'cash' as {name}_paid)",
        1 => $"series({Call(Kind.Integer)} over {Length("w")} lag {Length("w")}, {_random.Next(1, 4)})",
        2 => $"{Number(isLabel)} {One("+", "-", "*", "/", "%")} {Aggregate(Kind.Integer, isLabel)}",
        3 => $"coalesce({Number(isLabel)}, {_random.Next(-9, 9)}) {One("=", "<>", "<", "<=", ">", ">=")} {Aggregate(Kind.Integer, isLabel)}",
        4 => $"case when {Aggregate(Kind.Integer, isLabel)} > {_random.Next(6)} then {Aggregate(Kind.Text, isLabel)} else 'none' end",
        5 => $"{One("least", "greatest", "coalesce")}({Aggregate(Kind.Integer, isLabel)}, {Number(isLabel)}, null)",
        6 => Aggregate(Kind.Text, isLabel),
        7 => Aggregate(Kind.Date, isLabel),
        8 or 9 => Aggregate(Kind.Float, isLabel),
        _ => Aggregate(Kind.Integer, isLabel),
    };

    private string Number(bool isLabel) => Aggregate(One(Kind.Integer, Kind.Float), isLabel);

    private string Aggregate(Kind kind, bool isLabel) => $"{Call(kind)} over {Window(isLabel)}";

    private string Call(Kind kind)
    {
        var input = kind switch
        {
            Kind.Integer => _random.Next(6) switch
            {
                0 => "count(rides",
                1 => $"{One("active_days", "active_weeks")}(rides",
                2 => $"count_distinct({Row(One(Kind.Integer, Kind.Text, Kind.Float, Kind.Date), 1, true)}",
                3 => $"{One("min", "max", "first", "last", "mode")}({Row(Kind.Integer, 1, true)}",
                4 => $"{One("top", "nth_last")}({Row(Kind.Integer, 1, true)}, {_random.Next(1, 4)}",
                _ => $"sum({Row(Kind.Integer, 2, true)}",
            },
            Kind.Float => _random.Next(6) switch
            {
                0 => $"{One("avg", "sum", "min", "max", "median", "first", "last")}({Row(Kind.Float, 2, true)}",
                1 => $"{One("var_pop", "var_samp", "stddev_pop", "stddev_samp", "entropy")}({Row(Kind.Integer, 1, true)}",
                2 => $"quantile({Row(One(Kind.Integer, Kind.Float), 1, true)}, 0.{_random.Next(1000)}",
                3 => $"{One("days_since_first", "days_since_last", "avg_gap_days", "longest_gap_days")}({Row(Kind.Text, 1, true)}",
                4 => $"decayed_sum({Row(Kind.Integer, 1, true)}, {Length(One("h", "d", "w"))}",
                _ => $"avg({Row(Kind.Integer, 2, true)}",
            },
            _ => _random.Next(3) switch
            {
                0 => $"{One("min_by", "max_by")}({Row(kind, 1, true)}, {Row(One(Kind.Integer, Kind.Float, Kind.Text), 1, false)}",
                1 => $"{One("top", "nth_last")}({Row(kind, 1, true)}, {_random.Next(1, 4)}",
                _ => $"{One("min", "max", "first", "last", "mode")}({Row(kind, 1, true)}",
            },
        };
        return input + (_random.Next(2) == 0 ? "" : $" where {Row(Kind.Bool, 2, false)}") + ")";
    }

    /// <summary>An expression of a ride's columns, written with the source or without.</summary>
    private string Row(Kind kind, int depth, bool isQualified)
    {
        if (depth == 0 || (kind != Kind.Bool && _random.Next(3) == 0))
        {
            return (isQualified ? "rides." : "") + kind switch
            {
                Kind.Integer => "fare",
                Kind.Float => "km",
                Kind.Text => "area",
                Kind.Date => "booked_on",
                Kind.Instant => One("at", "known_at"),
                _ => "night",
            };
        }

        string Of(Kind other) => Row(other, depth - 1, isQualified);

        return (kind, _random.Next(4)) switch
        {
            (Kind.Integer, 0) => $"({Of(Kind.Integer)} {One("+", "-", "*", "%")} {_random.Next(-5, 9)})",
            (Kind.Integer, 1) => $"{One("hour", "minute", "weekday", "iso_weekday", "day", "month", "year", "week_of_year", "iso_year")}({Of(Kind.Instant)})",
            (Kind.Integer, 2) => One(true, false) ? $"length({Of(Kind.Text)})" : $"{One("abs", "-")}({Of(Kind.Integer)})",
            (Kind.Float, 0) => $"({Of(Kind.Float)} {One("+", "-")} {Of(Kind.Integer)})",
            (Kind.Float, 1) => $"({Of(Kind.Float)} / {One("2", "4", "-1", "0")})",
            (Kind.Float, 2) => $"{One("round", "floor", "ceil", "abs", "-")}({Of(Kind.Float)})",
            (Kind.Text, 0) => $"{One("upper", "lower")}({Of(Kind.Text)})",
            (Kind.Date, 0 or 1) => $"date({Of(Kind.Instant)})",
            (Kind.Bool, 0) => $"({Of(Kind.Bool)} {One("and", "or")} {(_random.Next(2) == 0 ? "not " : "")}{Of(Kind.Bool)})",
            (Kind.Bool, 1) => $"({Of(Kind.Integer)} {One("=", "<>", "<", "<=", ">", ">=")} {Of(One(Kind.Integer, Kind.Float))})",
            (Kind.Bool, 2) => Text(Of(Kind.Text)),
            (Kind.Bool, _) => $"({Of(One(Kind.Integer, Kind.Float, Kind.Date))} {One("is null", "is not null")})",
            _ when One(true, false) => $"case when {Of(Kind.Bool)} then {Of(kind)} else {Of(kind)} end",
            _ => $"{One("coalesce", "least", "greatest")}({Of(kind)}, {Of(kind)})",
        };
    }

    private string Text(string operand) => _random.Next(3) switch
    {
        0 => $"({operand} {One("in", "not in")} ('app', 'it''s'{One("", ", null")}))",
        1 => $"({operand} {One("like", "not like")} '{One("%a%", "a_b", "cash_", "%", "__%", "_")}')",
        _ => $"({operand} {One("<", ">=", "=")} '{One("app", "a", "cash", "Ü")}')",
    };

    private string Window(bool isLabel)
    {
        var unit = One("w", "w", "w", "d", "d", "h", "min");
        var window = _random.Next(10) switch
        {
            0 => "all",
            1 or 2 when !isLabel => $"last {_random.Next(1, 7)} events",
            > 2 when isLabel => $"next {Length(unit)}",
            _ => Length(unit),
        };
        return window + (_random.Next(3) == 0 ? $" lag {Length(One("w", "d", "h", "min"))}" : "");
    }

    private string Length(string unit)
    {
        var max = unit switch { "w" => 14, "d" => 60, "h" => 500, _ => 5000 };
        return string.Create(CultureInfo.InvariantCulture, $"{_random.Next(1, max)}{unit}");
    }

    private T One<T>(params ReadOnlySpan<T> choices) => choices[_random.Next(choices.Length)];
}
