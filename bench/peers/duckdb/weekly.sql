-- Formulation 2: the loop that people write: once for each week, every aggregate from the events of its windows.
COPY (
    WITH o AS (
        SELECT user_id, count(*) FILTER (t >= weeks({week} - 4)) AS opens_4w, count(*) FILTER (t >= weeks({week} - 13)) AS opens_13w,
            count(*) FILTER (t >= weeks({week} - 8) AND t < weeks({week} - 4)) AS opens_4w_lag,
            count(*) FILTER (t >= weeks({week}) - hours(36)) AS opens_36h, max(t) AS last_open
        FROM opens WHERE t >= weeks({week} - 52) AND t < weeks({week}) GROUP BY user_id),
    f AS (SELECT user_id, min(t) AS first_open FROM opens WHERE t < weeks({week}) GROUP BY user_id),
    r AS (
        SELECT user_id, count(*) FILTER (t >= weeks({week} - 13)) AS rides_13w, sum(fare) FILTER (t >= weeks({week} - 13)) AS fare_13w,
            avg(fare / km) FILTER (km > 0 AND t >= weeks({week} - 26)) AS fare_per_km, stddev_samp(fare) AS fare_spread,
            arg_max(fare, t) / nullif(arg_min(fare, t), 0) AS fare_drift, max(km) FILTER (t >= weeks({week} - 26)) AS longest_km,
            count(*) FILTER (cash AND t >= weeks({week} - 13)) AS cash_13w,
            count(*) FILTER (((t // hours(1)) % 24 >= 22 OR (t // hours(1)) % 24 < 5) AND t >= weeks({week}) - days(90)) AS night_rides,
            bit_count(bit_or(1::BIGINT << enum_code(area)::INTEGER) FILTER (t >= weeks({week} - 13))) AS areas_13w,
            min(rating) AS worst_rating
        FROM rides WHERE t >= weeks({week} - 52) AND t < weeks({week}) GROUP BY user_id),
    c AS (
        SELECT user_id, count(*) FILTER (NOT used AND t >= weeks({week} - 4)) AS granted_4w,
            count(*) FILTER (used AND t >= weeks({week} - 26)) AS used_26w,
            count(*) FILTER (NOT used AND t >= weeks({week} - 26)) AS granted_26w, max(t) FILTER (used) AS last_used
        FROM coupons WHERE t >= weeks({week} - 52) AND t < weeks({week}) GROUP BY user_id),
    next AS (
        SELECT DISTINCT user_id FROM coupons WHERE used AND t >= weeks({week}) AND t < weeks({week} + 1)),
    known AS (
        SELECT user_id FROM f UNION SELECT user_id FROM rides WHERE t < weeks({week})
        UNION SELECT user_id FROM coupons WHERE t < weeks({week}))
    SELECT u.range AS user_id, DATE '{first_week}' + 7 * {week} AS week,
        coalesce(opens_4w, 0)::FLOAT AS opens_4w, coalesce(opens_13w, 0)::FLOAT AS opens_13w,
        (opens_4w / nullif(opens_4w_lag, 0))::FLOAT AS opens_trend, coalesce(opens_36h, 0)::FLOAT AS opens_36h,
        ((weeks({week}) - last_open) / days(1))::FLOAT AS since_open, ((weeks({week}) - first_open) / days(1))::FLOAT AS member_days,
        coalesce(rides_13w, 0)::FLOAT AS rides_13w, (coalesce(rides_13w, 0) / nullif(opens_13w, 0))::FLOAT AS ride_rate,
        coalesce(fare_13w, 0)::FLOAT AS fare_13w, fare_per_km::FLOAT AS fare_per_km, fare_spread::FLOAT AS fare_spread,
        fare_drift::FLOAT AS fare_drift, longest_km::FLOAT AS longest_km, (cash_13w / nullif(rides_13w, 0))::FLOAT AS cash_share,
        coalesce(night_rides, 0)::FLOAT AS night_rides, coalesce(areas_13w, 0)::FLOAT AS areas_13w,
        worst_rating::FLOAT AS worst_rating, coalesce(granted_4w, 0)::FLOAT AS granted_4w,
        (used_26w / nullif(granted_26w, 0))::FLOAT AS use_rate, ((weeks({week}) - last_used) / days(1))::FLOAT AS since_used,
        (next.user_id IS NOT NULL)::FLOAT AS used_1w, CASE WHEN known.user_id IS NULL THEN 'no_history' ELSE 'ok' END AS row_status
    FROM range(1, {users} + 1) u
    LEFT JOIN o ON o.user_id = u.range
    LEFT JOIN f ON f.user_id = u.range
    LEFT JOIN r ON r.user_id = u.range
    LEFT JOIN c ON c.user_id = u.range
    LEFT JOIN next ON next.user_id = u.range
    LEFT JOIN known ON known.user_id = u.range
) TO '{out}/part-{part}.parquet' (FORMAT parquet, COMPRESSION zstd);
