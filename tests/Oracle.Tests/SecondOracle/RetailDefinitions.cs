namespace FeatureService.Oracle.Tests.SecondOracle;

/// <summary>Definitions over the lines of a real shop.</summary>
internal static class RetailDefinitions
{
    private static readonly string[] s_features =
    [
        "count(lines) over 4w", "count_distinct(lines.InvoiceNo) over 26w", "sum(lines.Quantity) over 13w", "sum(lines.Quantity where Quantity < 0) over all",
        "sum(lines.Quantity * UnitPrice) over 13w", "sum(pence.Quantity * UnitPrice) over 26w", "avg(lines.UnitPrice) over last 20 events",
        "median(lines.UnitPrice) over 13w", "quantile(lines.Quantity, 0.9) over 26w", "var_samp(lines.Quantity) over 8w", "stddev_pop(lines.UnitPrice) over 26w",
        "mode(lines.StockCode) over all", "top(lines.StockCode, 2) over 26w", "mode(lines.UnitPrice) over all", "entropy(lines.StockCode) over 13w",
        "first(lines.StockCode) over all", "last(lines.StockCode) over 13w", "nth_last(lines.InvoiceNo, 3) over all", "max_by(lines.StockCode, Quantity * UnitPrice) over 26w",
        "min_by(lines.InvoiceNo, UnitPrice) over 26w", "days_since_last(lines where Quantity > 10) over 26w", "avg_gap_days(lines) over all",
        "longest_gap_days(lines) over 26w lag 1w", "share(lines where InvoiceNo like 'C%') over 26w", "active_days(lines) over 13w", "active_weeks(lines) over all lag 2w",
        "count(lines where hour(InvoiceDate) between 9 and 11 and iso_weekday(InvoiceDate) in (2, 4)) over 26w", "count_distinct(date(lines.InvoiceDate)) over 90d lag 12h",
        "sum(case when StockCode like '2%' then lines.Quantity else 0 end) over 13w", "decayed_sum(lines.Quantity, 2w) over 13w", "slope(lines.UnitPrice) over 13w",
        "max(lines.InvoiceDate) over last 1 events", "count(lines where InvoiceDate >= '2011-03-27 01:30' and InvoiceDate < '2011-10-30 01:30:00') over all",
        "coalesce(sum(lines.Quantity) over 4w, 0) / count(lines) over 26w", "upper(min(lines.Country) over all)", "length(max(lines.StockCode) over 13w) % 4",
        "count(lines) over 26w by Country in ('United Kingdom', 'France' as french)", "series(sum(pence.UnitPrice) over 4w, 4)",
    ];

    private static readonly string[] s_labels =
    [
        "count(lines where Quantity > 0) over next 1w > 0", "sum(pence.Quantity * UnitPrice) over next 4w", "days_until_first(lines) over next 13w",
        "count_distinct(lines.StockCode) over next 2w lag 1w", "count(lines) over next 36h lag 1d",
    ];

    /// <summary>Features.</summary>
    public static IReadOnlyList<(string Name, string Text)> Features { get; } = [.. s_features.Select((text, i) => ($"f_{i}", text))];

    /// <summary>Labels.</summary>
    public static IReadOnlyList<(string Name, string Text)> Labels { get; } = [.. s_labels.Select((text, i) => ($"label_{i}", text))];
}
