namespace FeatureService.Oracle.Tests.SecondOracle;

/// <summary>
/// One aggregate as steps of a query: <c>sN</c> the events that count with input <c>x</c> and <c>y</c>, then <c>aN(entity, day, v, er)</c>
/// the values and how far they may be off, of the rows that have events.
/// </summary>
/// <param name="number">N.</param>
/// <param name="aggregate">The aggregate.</param>
/// <param name="source">What it reads.</param>
/// <param name="instants">The zone.</param>
internal sealed class AggregateSql(int number, Aggregate aggregate, SqlSource source, ZoneInstants instants)
{
    private const string MicrosPerDay = "86400000000::DOUBLE";
    private const string Days = "(time / 86400000000::DOUBLE)";

    /// <summary>Relative to the sum of absolute values, what the order of operations may change.</summary>
    private const string Tolerance = "1e-12";

    private static readonly HashSet<string> s_countLike = ["count", "count_distinct", "active_days", "active_weeks", "decayed_count"];

    private readonly ExpressionSql _rows = new(
        instants,
        name => name.Source is null || name.Source == source.Name
            ? source.Column(name.Text)
            : throw new FormatException($"{name.Source} is not {source.Name}"),
        null);

    private string Seen => $"s{number}";

    /// <summary>The steps, and the value in a row of the grid.</summary>
    /// <param name="windows">Table of the window's instants.</param>
    /// <param name="isLabel">Whether availability counts for nothing.</param>
    public (string Steps, Sql Value) Translate(string windows, bool isLabel)
    {
        var x = IsOfSource ? null : _rows.Of(aggregate.Input);
        var argument = aggregate.Argument;
        var y = aggregate.Function is "min_by" or "max_by" ? _rows.Of(argument!) : null;
        var (steps, value, error) = Aggregated(x, argument is Literal literal ? literal.Text : null);
        var inputs = $"{x?.Text ?? "NULL"} AS x, {y?.Text ?? "NULL"} AS y, {Share()} AS p";
        List<string> conditions = ["e.time >= w.start", "e.time < w.stop"];
        conditions.AddRange(isLabel ? [] : ["e.time < w.cutoff", "e.known < w.cutoff"]);
        conditions.AddRange(new[] { aggregate.Function == "share" ? null : aggregate.Where, aggregate.By }
            .OfType<Node>().Select(condition => _rows.Of(condition).Text));
        var last = aggregate.Window!.Last is { } events
            ? $" QUALIFY row_number() OVER (PARTITION BY e.entity, w.day ORDER BY e.seq DESC) <= {events}"
            : "";
        var seen = $"{Seen} AS (SELECT e.entity, w.day, w.stop, w.cutoff, e.time, e.seq, {inputs} "
            + $"FROM {windows} w, \"{source.Name}\" e WHERE {string.Join(" AND ", conditions)}{last})";
        var skipped = (x is null ? "true" : "x IS NOT NULL") + (y is null ? "" : " AND y IS NOT NULL");
        var all = steps is null
            ? $"{seen}, a{number} AS (SELECT entity, day, {value.Text} AS v, {error ?? "0"} AS er FROM {Seen} WHERE {skipped} GROUP BY entity, day)"
            : $"{seen}, {steps.Replace("{skipped}", skipped)}";
        var cell = s_countLike.Contains(aggregate.Function) ? $"coalesce(a{number}.v, 0)" : $"a{number}.v";
        return (all, new Sql(cell, value.Kind, error is null ? null : $"coalesce(a{number}.er, 0)"));
    }

    private bool IsOfSource => aggregate.Input is Name { Source: null };

    private string Share() => aggregate.Function == "share" ? $"coalesce({_rows.Of(aggregate.Where!).Text}, false)" : "NULL";

    private (string? Steps, Sql Value, string? Error) Aggregated(Sql? x, string? argument)
    {
        var own = x?.Kind ?? Kind.Integer;
        switch (aggregate.Function)
        {
            case "count" or "active_days" or "active_weeks" or "count_distinct":
                return (null, new Sql(Counted(), Kind.Integer), null);
            case "sum" when own == Kind.Float:
                return (null, new Sql("sum(x)", Kind.Float), $"{Tolerance} * sum(abs(x))");
            case "sum":
                return (null, new Sql("sum(x::BIGINT)::BIGINT", Kind.Integer), null);
            case "min" or "max":
                return (null, new Sql($"{aggregate.Function}(x)", own), x!.Error is null ? null : $"{Tolerance} * max(abs(x))");
            case "days_since_first" or "days_since_last":
                var end = aggregate.Function == "days_since_last" ? "max" : "min";
                return (null, new Sql($"(any_value(stop) - {end}(time)) / {MicrosPerDay}", Kind.Float), null);
            case "days_until_first":
                return (null, new Sql($"(min(time) - any_value(cutoff)) / {MicrosPerDay}", Kind.Float), null);
            case "avg_gap_days":
                return (null, new Sql($"CASE WHEN count(*) > 1 THEN (max(time) - min(time)) / {MicrosPerDay} / (count(*) - 1) END", Kind.Float), null);
            case "share":
                return (null, new Sql("count(*) FILTER (p) / count(*)::DOUBLE", Kind.Float), null);
            case "mode" or "top" or "first" or "last" or "nth_last" or "min_by" or "max_by":
                return (Ranked(argument), new Sql("v", own), null);
            case "entropy" or "longest_gap_days":
                return Inner();
            default:
                return Float(argument);
        }
    }

    private string Counted() => aggregate.Function switch
    {
        "count" => "count(*)",
        "count_distinct" => "count(DISTINCT x)",
        "active_days" => "count(DISTINCT local(time)::DATE)",
        _ => $"count(DISTINCT floor((local(time)::DATE - DATE '{instants.Days[0]:uuuu'-'MM'-'dd}') / 7))",
    };

    /// <summary>The value of the event, or group of equal values, at a place in some order.</summary>
    private string Ranked(string? argument)
    {
        var (order, group) = aggregate.Function switch
        {
            "first" => ("seq", ""),
            "last" or "nth_last" => ("seq DESC", ""),
            "min_by" => ("y, seq", ""),
            "max_by" => ("y DESC, seq", ""),
            _ => ("count(*) DESC, x", " GROUP BY entity, day, x"),
        };
        return $"r{number} AS (SELECT entity, day, x AS v, 0 AS er, row_number() OVER (PARTITION BY entity, day ORDER BY {order}) AS place "
            + $"FROM {Seen} WHERE {{skipped}}{group}), a{number} AS (SELECT * FROM r{number} WHERE place = {argument ?? "1"})";
    }

    private (string? Steps, Sql Value, string? Error) Inner()
    {
        var (inner, value, error) = aggregate.Function == "entropy"
            ? ("SELECT entity, day, count(*) AS c FROM {0} WHERE {skipped} GROUP BY entity, day, x",
                "CASE WHEN count(*) = 1 THEN 0 ELSE log2(sum(c)) - sum(c * log2(c)) / sum(c) END",
                $"{Tolerance} * (1 + log2(sum(c)))")
            : ("SELECT entity, day, time - lag(time) OVER (PARTITION BY entity, day ORDER BY seq) AS gap FROM {0} WHERE {skipped}",
                $"max(gap) / {MicrosPerDay}",
                "0");
        return (
            $"r{number} AS ({inner.Replace("{0}", Seen)}), "
            + $"a{number} AS (SELECT entity, day, {value} AS v, {error} AS er FROM r{number} GROUP BY entity, day)",
            new Sql("v", Kind.Float),
            error == "0" ? null : error);
    }

    private (string? Steps, Sql Value, string? Error) Float(string? argument)
    {
        const string sum = $"{Tolerance} * sum(abs(x::DOUBLE))";
        var function = aggregate.Function;
        var (value, error) = function switch
        {
            // An exact sum of integers is rounded once.
            "avg" => ("sum(x)::DOUBLE / count(x)", sum + " / count(x)"),
            "median" => ("quantile_cont(x::DOUBLE, 0.5)", null),
            "quantile" => ($"quantile_cont(x::DOUBLE, {argument})", null),
            "var_pop" or "stddev_pop" => (Finite(1, $"{function}(x::DOUBLE)"), sum),
            "var_samp" or "stddev_samp" => (Finite(2, $"{function}(x::DOUBLE)"), sum),
            "skewness" => (Finite(3, "skewness(x::DOUBLE)", "min(x) < max(x)"), Moment(3)),
            "kurtosis" => (Finite(4, "kurtosis(x::DOUBLE)", "min(x) < max(x)"), Moment(4)),
            "slope" => (
                Finite(2, $"regr_slope(x::DOUBLE, {Days})", "min(time) < max(time)"),
                $"{Tolerance} * max(abs(x::DOUBLE)) * 20000 / var_pop({Days})"),
            "decayed_sum" => ($"sum(x::DOUBLE * {Weight})", $"{Tolerance} * sum(abs(x::DOUBLE) * {Weight})"),
            "decayed_count" => ($"sum({Weight})", $"{Tolerance} * sum({Weight})"),
            _ => throw new FormatException($"no aggregate {function}"),
        };
        return (null, new Sql(value, Kind.Float), error);
    }

    private string Weight => $"pow(2, (time - stop) / ({(aggregate.Half!.Days * 86_400_000_000L) + aggregate.Half.Micros})::DOUBLE)";

    /// <summary>NaN where an input is not finite, as subtracting the mean makes it; DuckDB refuses such inputs.</summary>
    private static string Finite(int countMin, string call, string condition = "true") =>
        $"CASE WHEN count(x) < {countMin} OR NOT ({condition}) THEN NULL WHEN bool_or(NOT isfinite(x::DOUBLE)) THEN 'NaN'::DOUBLE "
        + $"ELSE {call} FILTER (isfinite(x::DOUBLE)) END";

    /// <summary>How much larger the powers that DuckDB adds up are than what is left of them when the mean is taken off.</summary>
    private static string Moment(int power)
    {
        const string finite = "CASE WHEN isfinite(x::DOUBLE) THEN x::DOUBLE END";
        return $"{Tolerance} * count(x) * avg(pow(abs({finite}), {power})) / pow(nullif(var_pop({finite}), 0), {power} / 2.0)";
    }
}
