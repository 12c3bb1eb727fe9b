namespace FeatureService.Oracle.Tests.SecondOracle;

/// <summary>Definitions that together use every aggregate, function, operator and kind of window that SQL can say.</summary>
internal static class FixedDefinitions
{
    private static readonly string[] s_features =
    [
        // Windows.
        "count(rides) over 1w", "count(rides) over 13w", "count(rides) over 7d", "count(rides) over 1d", "count(opens) over 24h",
        "count(opens) over 168h", "count(opens) over 30min", "count(opens) over 1440min", "count(opens) over all", "count(rides) over all",
        "count(rides) over 2w lag 1w", "count(opens) over 1d lag 2d", "count(opens) over 2d lag 36h", "count(opens) over 36h lag 2d",
        "count(opens) over 5h lag 90min", "count(rides) over all lag 3d", "count(rides) over all lag 50h", "count(rides) over last 3 events",
        "count(rides.fare) over last 4 events", "count(rides where night) over last 2 events lag 1w", "count(opens) over 3w lag 1h",
        "count(rides) over 26w lag 1d",
        // Aggregates of each type.
        "count(rides.area) over 4w", "count_distinct(rides.fare) over 8w", "count_distinct(rides.km) over all",
        "count_distinct(rides.area) over 5w", "count_distinct(rides.night) over 13w", "count_distinct(rides.booked_on) over 13w",
        "count_distinct(rides.known_at) over 6w", "sum(rides.fare) over 3w", "sum(rides.km) over 9w", "sum(rides.night) over 4w",
        "avg(rides.fare) over 4w", "avg(rides.km) over last 5 events", "avg(rides.night) over all", "median(rides.fare) over 7w",
        "quantile(rides.km, 0.9) over 26w", "quantile(rides.fare, 0.333) over 13w", "quantile(rides.km, 0) over 4w",
        "quantile(rides.km, 1.0) over 4w", "min(rides.fare) over 2w", "max(rides.km) over 6w", "min(rides.km) over 6w",
        "min(rides.area) over 4w", "max(rides.area) over 9d", "min(rides.night) over 5w", "max(rides.booked_on) over 13w",
        "max(rides.at) over 13w", "min(rides.known_at) over all", "var_pop(rides.fare) over 5w", "var_samp(rides.km) over 9w",
        "stddev_pop(rides.fare) over 3w lag 1d", "stddev_samp(rides.fare) over last 6 events", "skewness(rides.fare) over 20w",
        "kurtosis(rides.fare) over 20w", "mode(rides.area) over 13w", "mode(rides.fare) over all", "mode(rides.night) over 5w",
        "top(rides.area, 2) over 13w", "top(rides.fare, 3) over 26w", "top(rides.km, 1) over 9w", "entropy(rides.area) over 13w",
        "entropy(rides.night) over all", "entropy(rides.km) over 8w", "first(rides.fare) over 13w", "last(rides.km) over 5w",
        "last(rides.area) over 13w", "first(rides.at) over all", "nth_last(rides.fare, 2) over 26w", "nth_last(rides.area, 4) over all",
        "last(rides.night) over last 2 events", "min_by(rides.area, fare) over 13w", "max_by(rides.fare, rides.km) over 13w",
        "max_by(rides.km, night) over 9w", "min_by(rides.fare, area) over all", "days_since_first(rides) over 13w",
        "days_since_last(opens) over all", "days_since_last(rides.fare) over 9w lag 1w", "days_since_last(rides where night) over last 3 events",
        "avg_gap_days(opens) over 8w", "avg_gap_days(rides.km) over 26w", "longest_gap_days(opens) over 13w",
        "longest_gap_days(rides.area where fare > 5) over all", "slope(rides.fare) over 13w", "slope(rides.km) over 5w",
        "decayed_sum(rides.fare, 2w) over 13w", "decayed_sum(rides.km, 36h) over 4w lag 1d", "decayed_count(opens, 1w) over all",
        "decayed_count(rides, 90min where night) over 3w", "share(rides where night) over 8w", "share(rides where fare > 20 or area = 'app') over last 5 events",
        "active_days(opens) over 4w", "active_days(rides.fare) over all", "active_weeks(opens) over 13w", "active_weeks(rides where km > 10.5) over 60d",
        "value(users.city)", "value(users.age) + 1", "value(users.score) * 2",
        // Conditions and functions of rows.
        "count(rides where not night) over 13w", "count(rides where night or fare > 10) over 13w",
        "count(rides where not (night and km <= 20)) over 13w", "count(rides where km > 50 and km <> 60.25) over 13w",
        "count(rides where area in ('app', 'cash%')) over 13w", "count(rides where area not in ('app', null)) over 13w",
        "count(rides where fare in (1, 2, null, -3)) over all", "count(rides where fare between -5 and 20) over 13w",
        "count(rides where fare not between -5 and 20) over 13w", "count(rides where area like '%a%') over 13w",
        "count(rides where area like 'a_b') over all", "count(rides where area not like '_') over all", "count(rides where area like 'cash%') over all",
        "count(rides where area is null) over 13w", "count(rides where fare is not null and area < 'b') over 13w",
        "count(rides where at = known_at) over 13w", "count(rides where booked_on >= '2022-04-01') over all",
        "count(rides where at >= '2022-03-22 00:30:00') over all", "count(rides where at < '2023-11-05 01:30:00') over all",
        "count(rides where at >= '2022-09-21T20:30:00Z') over all", "count(rides where night = (fare > 3)) over 26w",
        "count(rides where hour(at) >= 22 or hour(at) < 5) over 90d", "sum(minute(rides.at)) over 13w", "sum(weekday(rides.at)) over 13w",
        "sum(iso_weekday(rides.at) * 10 + weekday(rides.booked_on)) over 13w", "sum(day(rides.at)) over 13w",
        "max(month(rides.booked_on)) over 13w", "sum(year(rides.at)) over 5w", "min(iso_year(rides.booked_on)) over 13w",
        "sum(week_of_year(rides.at)) over 26w", "count_distinct(date(rides.at)) over 9w", "max(date(rides.known_at)) over 13w",
        "sum(length(rides.area)) over 13w", "mode(upper(rides.area)) over 13w", "first(lower(rides.area)) over 13w",
        "sum(rides.fare % 7) over 13w", "sum(rides.km % 3) over 13w", "sum(-7 % rides.fare) over 13w", "sum(rides.fare * 1.0 / km where km > 0) over 13w",
        "avg(fare / rides.fare) over 13w", "max(rides.fare / 0) over 13w", "sum(round(rides.km / 2)) over 9w", "sum(round(-rides.km * 2) / 4) over 9w",
        "sum(floor(rides.km)) over 9w", "sum(ceil(-rides.km)) over 9w", "sum(abs(rides.fare)) over 9w", "sum(abs(rides.km - 50)) over 9w",
        "avg(ln(rides.km)) over 9w", "sum(log1p(rides.fare)) over 9w", "avg(sqrt(rides.fare)) over 9w", "avg(exp(rides.fare / 50.0)) over 9w",
        "sum(coalesce(rides.fare, 5)) over 9w", "sum(coalesce(rides.fare, rides.km, 0.5)) over 9w", "sum(least(rides.fare, 10, null)) over 9w",
        "max(greatest(rides.km, fare)) over 9w", "sum(clip(rides.fare, 0, 30)) over 9w", "sum(case when night then fare else -rides.fare end) over 9w",
        "sum(case when night then 1.5 when km > 20 then rides.km end) over 9w", "max(case when fare > 9 then 'x' else rides.area end) over 9w",
        "min(coalesce(known_at, rides.at)) over 13w", "count(rides where - fare > - 5 + 2 * 3) over 9w", "sum(2 - 3 - rides.fare) over 9w",
        "sum(2 * rides.fare % 5 - 1) over 9w",
        // Around aggregates.
        "count(rides where night) over 13w / count(rides) over 13w", "count(opens) over 4w / count(opens) over 4w lag 4w",
        "sum(rides.fare) over 4w - sum(rides.fare) over 4w lag 4w", "coalesce(sum(rides.fare) over 1w, 0) % 7",
        "case when count(rides) over 4w > 3 then avg(rides.km) over 4w else -1 end", "count(rides) over 4w > 2 and sum(rides.fare) over 4w > 50",
        "not sum(rides.fare) over 1w > 50 or null", "sum(rides.fare) over 1w in (1, null)", "last(rides.area) over 13w like '%s%'",
        "last(rides.area) over 13w = value(users.city)", "round(avg(rides.fare) over 9w)", "ln(count(opens) over 13w)",
        "sqrt(var_pop(rides.fare) over 9w)", "exp(-count(opens) over 2w)", "hour(max(rides.at) over 13w)", "month(last(rides.booked_on) over 13w)",
        "least(count(rides) over 2w, count(opens) over 2w)", "greatest(max(rides.fare) over 2w, 10)", "clip(count(opens) over 26w, 3, 20)",
        "length(last(rides.area) over 13w)", "min(rides.area) over 9w is null", "abs(avg(rides.fare) over 9w - 20)",
        "max(rides.at) over 13w between '2022-03-01' and '2023-12-24 12:00:00'", "month(week)", "year(week) * 100 + week_of_year(week)", "iso_year(week)",
        // How it is written.
        """sum(opens."over") OVER 4w LAG 1w""", """count("rides" WHERE NOT NOT "night") over All""",
        "count(rides where night OR fare > 10 AND NOT area = 'app' or km < 3) over 13w", "count(rides where not fare + 2 * 3 - 1 > 10 and night) over 13w",
        "sum(- - rides.fare - -1--2) over 9w", "sum(rides.fare*2-fare%3*-1) over 9w", "sum(rides.fare * 1e1 + 2.5E-1) over 9w",
        "( ( count( rides  where( night ) )over 2w ) )  *( 2+3 )", "case when night_share > 0.5 then case when true then 'a' end when null then 'b' else 'c' end",
        "count(rides where case when night then fare else null end between 1 and 2 + 20) over 13w", "10 - 3 - 2 * 2 % 3 + count(opens) over 1w",
        "100 / 10 / count(opens) over 4w", "count(opens) over 2w = 0 or count(opens) over 2w > 2 and not count(rides) over 2w > 1",
        "count(rides where area = 'it''s' or area = '😀') over all", "count(rides where fare >= -5 and fare!=-3) over 9w",
        // Several columns.
        "count(rides) over 13w by area in ('app', 'it''s' as its, '😀' as smile)", "sum(rides.km) over 9w by fare in (5, -3 as minus_three)",
        "share(rides where fare > 10) over 13w by night in (true, false)", "series(count(opens) over 1w, 6)", "series(sum(rides.fare) over 2d lag 3d, 5)",
        "series(count(opens) over 20h lag 5h, 4)", "f_1 / nullable - f_0 * 2",
    ];

    private static readonly string[] s_labels =
    [
        "count(opens) over next 1w", "count(opens) over next 1w > 0", "sum(rides.fare) over next 2w", "count(rides where night) over next 3d lag 1d",
        "count(opens) over next 36h", "count(opens) over next 2d lag 36h", "count(opens) over next 5h lag 2d", "days_until_first(opens) over next 4w",
        "days_until_first(rides.fare where night) over next 13w", "count(rides) over next 1w / count(rides) over 4w",
        "count(rides) over 4w lag 1w", "max(rides.km) over next 9d", "first(rides.area) over next 26w", "avg(rides.fare) over next 4w lag 2w",
        "days_since_last(rides) over next 2w", "count(rides) over all", "decayed_sum(rides.fare, 1w) over next 3w",
        "case when count(opens) over next 1w > 2 then 'many' else 'few' end", "count(rides) over next 2w by area in ('app', 'cash')",
        "longest_gap_days(opens) over next 8w", "mode(rides.area) over next 6w", "value(users.age)", "label_0 + label_2",
    ];

    /// <summary>Features.</summary>
    public static IReadOnlyList<(string Name, string Text)> Features { get; } =
        [.. s_features.Select((text, i) => ($"f_{i}", text)), ("nullable", "sum(rides.fare) over 1w"), ("other", "nullable + f_1 - 1"), ("night_share", "share(rides where night) over 9w")];

    /// <summary>Labels.</summary>
    public static IReadOnlyList<(string Name, string Text)> Labels { get; } = [.. s_labels.Select((text, i) => ($"label_{i}", text))];
}
