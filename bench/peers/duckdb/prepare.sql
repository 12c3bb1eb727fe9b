-- What all formulations read. t: microseconds since the start of the first week in Tokyo, whose clock never changes; so the cutoff of week
-- w is weeks(w), and an event lies in week t // weeks(1).
-- {kind} {order}: TABLE with ORDER BY user_id, t, made once before the clock starts; or VIEW, straight from Parquet.
CREATE MACRO weeks(n) AS n * 604800000000;
CREATE MACRO days(n) AS n * 86400000000;
CREATE MACRO hours(n) AS n * 3600000000;
CREATE TYPE ward AS ENUM (SELECT DISTINCT area FROM read_parquet('{folder}/rides/*.parquet') ORDER BY area);
CREATE {kind} opens AS
    SELECT user_id, epoch_us(opened_at) - {origin} AS t
    FROM read_parquet('{folder}/app_opens/*.parquet') {order};
CREATE {kind} rides AS
    SELECT user_id, epoch_us(picked_up_at) - {origin} AS t, fare, km, area::ward AS area, payment = 'cash' AS cash, rating
    FROM read_parquet('{folder}/rides/*.parquet') {order};
CREATE {kind} coupons AS
    SELECT user_id, epoch_us("at") - {origin} AS t, action = 'used' AS used
    FROM read_parquet('{folder}/coupons/*.parquet') {order};
