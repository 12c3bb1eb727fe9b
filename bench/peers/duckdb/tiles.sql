-- Formulation 1: aggregates of each (user, week) first, then windows over the weeks of the grid. Row w of the grid carries the tile of
-- week w - 1, the last one whole before its cutoff. Once for each run of users, so that the windows' state stays in memory.
-- Sums are doubles: of integers below 2^53 they are exact, and three times faster than DuckDB's sums of integers, which are 128 bits wide.
COPY (
    WITH o AS (
        SELECT user_id, t // weeks(1) AS w, count(*)::DOUBLE AS n,
            (count(*) FILTER (t % weeks(1) >= weeks(1) - hours(36)))::DOUBLE AS n_36h, min(t) AS first_t, max(t) AS last_t
        FROM opens WHERE user_id BETWEEN {first_user} AND {last_user} GROUP BY ALL),
    night AS (
        SELECT *, (t // hours(1)) % 24 >= 22 OR (t // hours(1)) % 24 < 5 AS at_night
        FROM rides WHERE user_id BETWEEN {first_user} AND {last_user}),
    r AS (
        SELECT user_id, t // weeks(1) AS w, count(*)::DOUBLE AS n, sum(fare::DOUBLE) AS fare, sum(fare::DOUBLE * fare) AS fare_2,
            sum(fare / km) FILTER (km > 0) AS per_km, (count(*) FILTER (km > 0))::DOUBLE AS n_km,
            arg_min(fare, t) AS first_fare, arg_max(fare, t) AS last_fare, max(km) AS km, (count(*) FILTER (cash))::DOUBLE AS n_cash,
            (count(*) FILTER (at_night))::DOUBLE AS n_night,
            (count(*) FILTER (at_night AND t % weeks(1) >= days(1)))::DOUBLE AS n_night_6d,
            bit_or(1::BIGINT << enum_code(area)::INTEGER) AS areas, min(rating) AS rating
        FROM night GROUP BY ALL),
    c AS (
        SELECT user_id, t // weeks(1) AS w, (count(*) FILTER (NOT used))::DOUBLE AS n_granted, (count(*) FILTER (used))::DOUBLE AS n_used,
            max(t) FILTER (used) AS last_used
        FROM coupons WHERE user_id BETWEEN {first_user} AND {last_user} GROUP BY ALL),
    grid AS (
        SELECT u.range AS user_id, w.range AS w FROM range({first_user}, {last_user} + 1) u, range(0, {weeks}) w),
    tiles AS (
        SELECT g.user_id, g.w, o.n AS o_n, o.n_36h, o.first_t, o.last_t, r.n AS r_n, r.* EXCLUDE (user_id, w, n), c.n_granted, c.n_used,
            c.last_used, next.n_used AS next_used, o.n > 0 OR r.n > 0 OR c.w IS NOT NULL AS known
        FROM grid g
        LEFT JOIN o ON o.user_id = g.user_id AND o.w = g.w - 1
        LEFT JOIN r ON r.user_id = g.user_id AND r.w = g.w - 1
        LEFT JOIN c ON c.user_id = g.user_id AND c.w = g.w - 1
        LEFT JOIN c next ON next.user_id = g.user_id AND next.w = g.w),
    sums AS (
        SELECT user_id, w,
            coalesce(sum(o_n) OVER w4, 0) AS opens_4w, coalesce(sum(o_n) OVER w13, 0) AS opens_13w, sum(o_n) OVER w4_lag AS opens_4w_lag,
            coalesce(n_36h, 0) AS opens_36h, max(last_t) OVER w52 AS last_open, min(first_t) OVER past AS first_open,
            coalesce(sum(r_n) OVER w13, 0) AS rides_13w, coalesce(sum(fare) OVER w13, 0) AS fare_13w,
            sum(per_km) OVER w26 AS per_km_26w, sum(n_km) OVER w26 AS n_km_26w,
            sum(r_n) OVER w52 AS rides_52w, sum(fare) OVER w52 AS fare_52w, sum(fare_2) OVER w52 AS fare_2_52w,
            first_value(first_fare IGNORE NULLS) OVER w52 AS first_fare, last_value(last_fare IGNORE NULLS) OVER w52 AS last_fare,
            max(km) OVER w26 AS longest_km, coalesce(sum(n_cash) OVER w13, 0) AS cash_13w,
            -- 90 days are 12 whole weeks and the last 6 days of the week before.
            coalesce(sum(n_night) OVER w12, 0) + coalesce(lag(n_night_6d, 12) OVER by_week, 0) AS night_rides,
            coalesce(bit_count(bit_or(areas) OVER w13), 0) AS areas_13w, min(rating) OVER w52 AS worst_rating,
            coalesce(sum(n_granted) OVER w4, 0) AS granted_4w, coalesce(sum(n_used) OVER w26, 0) AS used_26w,
            sum(n_granted) OVER w26 AS granted_26w, max(last_used) OVER w52 AS last_used,
            coalesce(next_used, 0) > 0 AS used_1w, bool_or(known) OVER past AS known
        FROM tiles
        WINDOW by_week AS (PARTITION BY user_id ORDER BY w),
            w4 AS (PARTITION BY user_id ORDER BY w ROWS BETWEEN 3 PRECEDING AND CURRENT ROW),
            w4_lag AS (PARTITION BY user_id ORDER BY w ROWS BETWEEN 7 PRECEDING AND 4 PRECEDING),
            w12 AS (PARTITION BY user_id ORDER BY w ROWS BETWEEN 11 PRECEDING AND CURRENT ROW),
            w13 AS (PARTITION BY user_id ORDER BY w ROWS BETWEEN 12 PRECEDING AND CURRENT ROW),
            w26 AS (PARTITION BY user_id ORDER BY w ROWS BETWEEN 25 PRECEDING AND CURRENT ROW),
            w52 AS (PARTITION BY user_id ORDER BY w ROWS BETWEEN 51 PRECEDING AND CURRENT ROW),
            past AS (PARTITION BY user_id ORDER BY w ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW))
    SELECT user_id, DATE '{first_week}' + (7 * w)::INTEGER AS week,
        opens_4w::FLOAT AS opens_4w, opens_13w::FLOAT AS opens_13w, (opens_4w / nullif(opens_4w_lag, 0))::FLOAT AS opens_trend,
        opens_36h::FLOAT AS opens_36h, ((weeks(w) - last_open) / days(1))::FLOAT AS since_open,
        ((weeks(w) - first_open) / days(1))::FLOAT AS member_days,
        rides_13w::FLOAT AS rides_13w, (rides_13w / nullif(opens_13w, 0))::FLOAT AS ride_rate, fare_13w::FLOAT AS fare_13w,
        (per_km_26w / nullif(n_km_26w, 0))::FLOAT AS fare_per_km,
        sqrt((fare_2_52w - fare_52w * fare_52w / rides_52w) / nullif(rides_52w - 1, 0))::FLOAT AS fare_spread,
        (last_fare / nullif(first_fare, 0))::FLOAT AS fare_drift, longest_km::FLOAT AS longest_km,
        (cash_13w / nullif(rides_13w, 0))::FLOAT AS cash_share, night_rides::FLOAT AS night_rides, areas_13w::FLOAT AS areas_13w,
        worst_rating::FLOAT AS worst_rating, granted_4w::FLOAT AS granted_4w, (used_26w / nullif(granted_26w, 0))::FLOAT AS use_rate,
        ((weeks(w) - last_used) / days(1))::FLOAT AS since_used, used_1w::FLOAT AS used_1w,
        CASE WHEN known THEN 'ok' ELSE 'no_history' END AS row_status
    FROM sums
) TO '{out}/part-{part}.parquet' (FORMAT parquet, COMPRESSION zstd);
