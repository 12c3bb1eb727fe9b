namespace FeatureService.Bench.Engine;

/// <summary>Ten distinct counts and quantiles over 52 weeks, as our definitions and as DuckDB's SQL.</summary>
internal static class CostlyView
{
    /// <summary>The definitions.</summary>
    public static string[] Features { get; } =
    [
        "count_distinct(rides.area) over 52w", "count_distinct(rides.payment) over 52w", "count_distinct(app_opens.platform) over 52w",
        "count_distinct(rides.fare) over 52w", "count_distinct(rides.minutes) over 52w", "median(rides.fare) over 52w",
        "median(rides.km) over 52w", "quantile(rides.fare, 0.9) over 52w", "quantile(rides.km, 0.1) over 52w",
        "quantile(rides.minutes, 0.99) over 52w",
    ];

    /// <summary>Columns from this one on are quantiles, of which SQL fixes no order of operations; those before must be equal.</summary>
    public const int FirstQuantile = 5;

    private const string Rides =
        "count(DISTINCT area) {over} AS areas, count(DISTINCT payment) {over} AS payments, count(DISTINCT fare) {over} AS fares, "
        + "count(DISTINCT minutes) {over} AS lengths, quantile_cont(fare, [0.5, 0.9]) {over} AS fare_q, quantile_cont(km, [0.5, 0.1]) {over} AS km_q, "
        + "quantile_cont(minutes, 0.99) {over} AS minutes_q";

    private const string Opens = "count(DISTINCT platform) {over} AS platforms";

    private const string Select = """
        SELECT g.user_id, g.w, coalesce(areas, 0)::FLOAT, coalesce(payments, 0)::FLOAT, coalesce(platforms, 0)::FLOAT, coalesce(fares, 0)::FLOAT,
            coalesce(lengths, 0)::FLOAT, fare_q[1]::FLOAT, km_q[1]::FLOAT, fare_q[2]::FLOAT, km_q[2]::FLOAT, minutes_q::FLOAT
        FROM grid g LEFT JOIN r ON r.user_id = g.user_id AND r.w = g.w LEFT JOIN o ON o.user_id = g.user_id AND o.w = g.w
        """;

    private const string Grid = "grid AS (SELECT u.range AS user_id, w.range AS w FROM range(0, {users}) u, range({first}, {last} + 1) w)";

    private const string Seen = "user_id < {users} AND t >= weeks({first} - 52) AND t < weeks({last})";

    /// <summary>Formulations, each a query of user, week and the ten columns; {users}, {first} and {last} week are to be set.</summary>
    public static IReadOnlyList<(string Name, string Sql)> Formulations { get; } =
    [
        ("join", $"WITH {Grid}, r AS ({Joined("rides", Rides)}), o AS ({Joined("opens", Opens)}) {Select}"),
        ("window", $"WITH {Grid}, r AS ({Windowed("rides", Rides)}), o AS ({Windowed("opens", Opens)}) {Select}"),
    ];

    /// <summary>Each event once for each week that sees it, then grouped.</summary>
    private static string Joined(string table, string aggregates) => $$"""
        SELECT user_id, w, {{aggregates.Replace("{over} ", "")}}
        FROM (SELECT *, unnest(range(greatest(t // weeks(1) + 1, {first}), least(t // weeks(1) + 53, {last} + 1))) AS w FROM {{table}} WHERE {{Seen}})
        GROUP BY user_id, w
        """;

    /// <summary>Weeks as rows among the events, and frames over both.</summary>
    private static string Windowed(string table, string aggregates) => $$"""
        SELECT user_id, w, {{aggregates.Replace("{over}", "OVER past")}}
        FROM (SELECT *, NULL AS w FROM {{table}} WHERE {{Seen}} UNION ALL BY NAME SELECT user_id, weeks(w) AS t, w FROM grid)
        WINDOW past AS (PARTITION BY user_id ORDER BY t RANGE BETWEEN weeks(52) PRECEDING AND 1 PRECEDING)
        QUALIFY w IS NOT NULL
        """;
}
