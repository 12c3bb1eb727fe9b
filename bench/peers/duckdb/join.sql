-- Formulation 3: events joined with every week whose windows reach them, then one aggregation by (user, week). Once for each run of
-- users, since an event meets up to 52 weeks.
COPY (
    WITH first_open AS (SELECT user_id, min(t) AS first_open FROM opens WHERE user_id BETWEEN {first_user} AND {last_user} GROUP BY user_id),
    first_event AS (
        SELECT user_id, min(t) AS first_t
        FROM (FROM (SELECT user_id, t FROM opens) UNION ALL SELECT user_id, t FROM rides UNION ALL SELECT user_id, t FROM coupons)
        WHERE user_id BETWEEN {first_user} AND {last_user} GROUP BY user_id),
    o AS (
        SELECT user_id, w, count(*) FILTER (t >= weeks(w - 4)) AS opens_4w, count(*) FILTER (t >= weeks(w - 13)) AS opens_13w,
            count(*) FILTER (t >= weeks(w - 8) AND t < weeks(w - 4)) AS opens_4w_lag, count(*) FILTER (t >= weeks(w) - hours(36)) AS opens_36h,
            max(t) AS last_open
        FROM (SELECT *, unnest(range(t // weeks(1) + 1, least(t // weeks(1) + 53, {weeks}))) AS w
              FROM opens WHERE user_id BETWEEN {first_user} AND {last_user})
        GROUP BY ALL),
    r AS (
        SELECT user_id, w, count(*) FILTER (t >= weeks(w - 13)) AS rides_13w, sum(fare) FILTER (t >= weeks(w - 13)) AS fare_13w,
            avg(fare / km) FILTER (km > 0 AND t >= weeks(w - 26)) AS fare_per_km, stddev_samp(fare) AS fare_spread,
            arg_max(fare, t) / nullif(arg_min(fare, t), 0) AS fare_drift, max(km) FILTER (t >= weeks(w - 26)) AS longest_km,
            count(*) FILTER (cash AND t >= weeks(w - 13)) AS cash_13w,
            count(*) FILTER (((t // hours(1)) % 24 >= 22 OR (t // hours(1)) % 24 < 5) AND t >= weeks(w) - days(90)) AS night_rides,
            bit_count(bit_or(1::BIGINT << enum_code(area)::INTEGER) FILTER (t >= weeks(w - 13))) AS areas_13w, min(rating) AS worst_rating
        FROM (SELECT *, unnest(range(t // weeks(1) + 1, least(t // weeks(1) + 53, {weeks}))) AS w
              FROM rides WHERE user_id BETWEEN {first_user} AND {last_user})
        GROUP BY ALL),
    c AS (
        SELECT user_id, w, count(*) FILTER (NOT used AND t < weeks(w) AND t >= weeks(w - 4)) AS granted_4w,
            count(*) FILTER (used AND t < weeks(w) AND t >= weeks(w - 26)) AS used_26w,
            count(*) FILTER (NOT used AND t < weeks(w) AND t >= weeks(w - 26)) AS granted_26w, max(t) FILTER (used AND t < weeks(w)) AS last_used,
            count(*) FILTER (used AND t >= weeks(w)) > 0 AS used_1w
        FROM (SELECT *, unnest(range(t // weeks(1), least(t // weeks(1) + 53, {weeks}))) AS w
              FROM coupons WHERE user_id BETWEEN {first_user} AND {last_user})
        GROUP BY ALL)
    SELECT u.range AS user_id, DATE '{first_week}' + (7 * g.range)::INTEGER AS week,
        coalesce(opens_4w, 0)::FLOAT AS opens_4w, coalesce(opens_13w, 0)::FLOAT AS opens_13w,
        (opens_4w / nullif(opens_4w_lag, 0))::FLOAT AS opens_trend, coalesce(opens_36h, 0)::FLOAT AS opens_36h,
        ((weeks(g.range) - last_open) / days(1))::FLOAT AS since_open,
        CASE WHEN first_open < weeks(g.range) THEN ((weeks(g.range) - first_open) / days(1))::FLOAT END AS member_days,
        coalesce(rides_13w, 0)::FLOAT AS rides_13w, (coalesce(rides_13w, 0) / nullif(opens_13w, 0))::FLOAT AS ride_rate,
        coalesce(fare_13w, 0)::FLOAT AS fare_13w, fare_per_km::FLOAT AS fare_per_km, fare_spread::FLOAT AS fare_spread,
        fare_drift::FLOAT AS fare_drift, longest_km::FLOAT AS longest_km, (cash_13w / nullif(rides_13w, 0))::FLOAT AS cash_share,
        coalesce(night_rides, 0)::FLOAT AS night_rides, coalesce(areas_13w, 0)::FLOAT AS areas_13w,
        worst_rating::FLOAT AS worst_rating, coalesce(granted_4w, 0)::FLOAT AS granted_4w,
        (used_26w / nullif(granted_26w, 0))::FLOAT AS use_rate, ((weeks(g.range) - last_used) / days(1))::FLOAT AS since_used,
        coalesce(used_1w, false)::FLOAT AS used_1w, CASE WHEN first_t < weeks(g.range) THEN 'ok' ELSE 'no_history' END AS row_status
    FROM range({first_user}, {last_user} + 1) u
    CROSS JOIN range(0, {weeks}) g
    LEFT JOIN first_open ON first_open.user_id = u.range
    LEFT JOIN first_event ON first_event.user_id = u.range
    LEFT JOIN o ON o.user_id = u.range AND o.w = g.range
    LEFT JOIN r ON r.user_id = u.range AND r.w = g.range
    LEFT JOIN c ON c.user_id = u.range AND c.w = g.range
) TO '{out}/part-{part}.parquet' (FORMAT parquet, COMPRESSION zstd);
