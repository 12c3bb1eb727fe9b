namespace FeatureService.Oracle.Tests.OnlineRetail;

/// <summary>One column in both languages.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Definition">In the language of views.</param>
/// <param name="Window">Key of <see cref="Windows"/>.</param>
/// <param name="Sql">An aggregate over the columns of <c>lines l</c> in DuckDB's SQL.</param>
/// <param name="Scale">
/// For sums of floats an aggregate of absolute values, within 1e-12 of which both must agree; null where they must be equal.
/// </param>
/// <param name="IsLabel">Whether it is a label.</param>
internal sealed record RetailFeature(
    string Name, string Definition, string Window, string Sql, string? Scale = null, bool IsLabel = false)
{
    /// <summary>The first and the one behind the last instant of each window, from <c>day</c>, a week's first day.</summary>
    public static IReadOnlyDictionary<string, (string Start, string End)> Windows { get; } = new Dictionary<string, (string Start, string End)>
    {
        ["1w"] = ("utc(day - 7)", "utc(day)"),
        ["13w"] = ("utc(day - 91)", "utc(day)"),
        ["26w"] = ("utc(day - 182)", "utc(day)"),
        ["90d"] = ("utc(day - 90)", "utc(day)"),
        ["36h lag 2d"] = ("utc(day - 2) - 36 * 3600000000", "utc(day - 2)"),
        ["all"] = ("-9223372036854775808", "utc(day)"),
        ["next 1w"] = ("utc(day)", "utc(day + 7)"),
    };

    /// <summary>The columns, features first.</summary>
    public static IReadOnlyList<RetailFeature> All { get; } =
    [
        new("lines_1w", "count(lines) over 1w", "1w", "count(*)"),
        new("returned_1w", "sum(lines.Quantity where Quantity < 0) over 1w", "1w", "sum(quantity) FILTER (quantity < 0)"),
        new("invoices_13w", "count_distinct(lines.InvoiceNo) over 13w", "13w", "count(DISTINCT invoice)"),
        new("revenue_13w", "sum(lines.Quantity * lines.UnitPrice) over 13w", "13w", "sum(quantity * price)", "sum(abs(quantity * price))"),
        new("pence_13w", "sum(pence.Quantity * pence.UnitPrice) over 13w", "13w", "sum(quantity * pence)"),
        new("price_13w", "avg(lines.UnitPrice) over 13w", "13w", "avg(price)", "sum(abs(price))"),
        new("spread_13w", "stddev_pop(lines.Quantity) over 13w", "13w", "stddev_pop(quantity)", "sum(abs(quantity))"),
        new("dearest_13w", "max(lines.UnitPrice) over 13w", "13w", "max(price)"),
        new("country_13w", "last(lines.Country) over 13w", "13w", "arg_max(country, seq)"),
        new("return_share_13w", "count(lines where InvoiceNo like 'C%') over 13w / count(lines) over 13w",
            "13w", "count(*) FILTER (invoice LIKE 'C%') / nullif(count(*), 0)"),
        new("products_26w", "count_distinct(lines.StockCode where Quantity > 0 and UnitPrice between 1.0 and 5.0) over 26w",
            "26w", "count(DISTINCT stock) FILTER (quantity > 0 AND price BETWEEN 1.0 AND 5.0)"),
        new("variance_26w", "var_samp(lines.UnitPrice) over 26w", "26w", "var_samp(price)", "sum(price * price)"),
        new("least_26w", "min(lines.StockCode) over 26w", "26w", "min(stock)"),
        new("afternoons_90d", "count(lines where hour(InvoiceDate) >= 12 and iso_weekday(InvoiceDate) <= 5) over 90d",
            "90d", "count(*) FILTER (hour(local) >= 12 AND isodow(local) <= 5)"),
        new("revenue_90d", "sum(lines.Quantity * UnitPrice) over 90d", "90d", "sum(quantity * price)", "sum(abs(quantity * price))"),
        new("quantity_36h", "sum(lines.Quantity) over 36h lag 2d", "36h lag 2d", "sum(quantity)"),
        new("recency", "days_since_last(lines where Quantity > 0) over all",
            "all", "(any_value(utc(day)) - max(utc) FILTER (quantity > 0)) / 86400000000::DOUBLE"),
        new("age", "days_since_first(lines) over all", "all", "(any_value(utc(day)) - min(utc)) / 86400000000::DOUBLE"),
        new("first_product", "first(lines.StockCode) over all", "all", "arg_min(stock, seq)"),
        new("lifetime_value", "sum(lines.Quantity * lines.UnitPrice) over all",
            "all", "sum(quantity * price)", "sum(abs(quantity * price))"),
        new("skewness_26w", "skewness(lines.Quantity) over 26w",
            "26w", "CASE WHEN min(quantity) < max(quantity) THEN skewness(quantity) END", Power("quantity", 3)),
        new("kurtosis", "kurtosis(lines.Quantity) over all",
            "all", "CASE WHEN min(quantity) < max(quantity) THEN kurtosis(quantity) END", Power("quantity", 4)),
        new("price_trend_13w", "slope(lines.UnitPrice) over 13w",
            "13w", $"CASE WHEN min(utc) < max(utc) THEN regr_slope(price, {DaysSince1970}) END", $"max(abs(price)) * 15000 / var_pop({DaysSince1970})"),
        new("decayed_revenue_90d", "decayed_sum(lines.Quantity * UnitPrice, 2w) over 90d",
            "90d", $"sum(quantity * price * {Weight(14)})", $"sum(abs(quantity * price) * {Weight(14)})"),
        new("decayed_quantity", "decayed_sum(lines.Quantity, 30d where Quantity > 0) over all",
            "all", $"sum(quantity * {Weight(30)}) FILTER (quantity > 0)", $"sum(quantity * {Weight(30)}) FILTER (quantity > 0)"),
        new("decayed_lines_26w", "decayed_count(lines, 1w) over 26w",
            "26w", $"coalesce(sum({Weight(7)}), 0)", $"sum({Weight(7)})"),
        new("first_day", "min(date(lines.InvoiceDate)) over all", "all", "min(local)::DATE"),
        new("buys_next_week", "count(lines where Quantity > 0) over next 1w > 0",
            "next 1w", "count(*) FILTER (quantity > 0) > 0", IsLabel: true),
        new("spends_next_week", "sum(pence.Quantity * UnitPrice where Quantity > 0) over next 1w",
            "next 1w", "sum(quantity * pence) FILTER (quantity > 0)", IsLabel: true),
    ];

    private const string DaysSince1970 = "(utc / 86400000000::DOUBLE)";

    /// <summary>What is left of a line's weight at the week's start.</summary>
    private static string Weight(int halfLifeDays) => $"pow(2, (utc - utc(day)) / ({halfLifeDays} * 86400000000::DOUBLE))";

    /// <summary>How much larger the powers that DuckDB adds up are than what is left of them when the mean is taken off.</summary>
    private static string Power(string column, int power) =>
        $"avg(pow(abs({column}), {power})) / pow(nullif(var_pop({column}), 0), {power} / 2.0)";
}
