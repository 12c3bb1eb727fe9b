// The same loop with Polars: events read once from Parquet, then for each week every aggregate from the events of its windows; zstd
// Parquet out. usage: loop.cjs FOLDER OUT USERS WEEKS ORIGIN_MICROSECONDS FIRST_WEEK
const pl = require('nodejs-polars').default;
const path = require('node:path');

const [folder, out, users, weeks, origin, firstWeek] = process.argv.slice(2).map((text, i) => (i >= 2 && i < 5 ? Number(text) : text));
const HOUR = 3600e6, DAY = 24 * HOUR, WEEK = 7 * DAY;
const t = pl.col('t');

function read(source, time, columns) {
  return pl.scanParquet(path.join(folder, source, '*.parquet'))
    .select('user_id', pl.col(time).cast(pl.Int64).minus(pl.lit(origin).cast(pl.Int64)).alias('t'), ...columns)
    .collectSync().sort('t');
}

const opens = read('app_opens', 'opened_at', []);
const rides = read('rides', 'picked_up_at', [
  pl.col('fare'), pl.col('km'), pl.col('area').cast(pl.Categorical), pl.col('payment').eq(pl.lit('cash')).alias('cash'), pl.col('rating')]);
const coupons = read('coupons', 'at', [pl.col('action').eq(pl.lit('used')).alias('used')]);
const everyone = pl.DataFrame({ user_id: pl.Series('user_id', Array.from({ length: users }, (_, i) => i + 1), pl.Int64) });
const firstOpen = opens.groupBy('user_id').agg(t.min().alias('first_open'));
const firstEvent = pl.concat([opens, rides, coupons].map((events) => events.select('user_id', 't')))
  .groupBy('user_id').agg(t.min().alias('first_event'));
const base = everyone.join(firstOpen, { on: 'user_id', how: 'left' }).join(firstEvent, { on: 'user_id', how: 'left' });

const since = (start) => t.gtEq(pl.lit(start));
const count = (predicate) => predicate.cast(pl.Int64).sum();
const days = (cutoff, column) => pl.lit(cutoff).minus(pl.col(column)).cast(pl.Float64).div(pl.lit(DAY));
const number = (column) => pl.col(column).cast(pl.Float64).fillNull(pl.lit(0));
const ratio = (a, b) => pl.when(number(b).gt(pl.lit(0))).then(number(a).div(number(b))).otherwise(pl.lit(null));

function opensOf(cutoff) {
  return opens.filter(since(cutoff - 52 * WEEK).and(t.lt(pl.lit(cutoff)))).groupBy('user_id').agg(
    count(since(cutoff - 4 * WEEK)).alias('opens_4w'), count(since(cutoff - 13 * WEEK)).alias('opens_13w'),
    count(since(cutoff - 8 * WEEK).and(t.lt(pl.lit(cutoff - 4 * WEEK)))).alias('opens_4w_lag'),
    count(since(cutoff - 36 * HOUR)).alias('opens_36h'), t.max().alias('last_open'));
}

function ridesOf(cutoff) {
  const hour = t.modulo(pl.lit(DAY));
  const half = since(cutoff - 26 * WEEK), quarter = since(cutoff - 13 * WEEK), fare = pl.col('fare');
  return rides.filter(since(cutoff - 52 * WEEK).and(t.lt(pl.lit(cutoff)))).groupBy('user_id').agg(
    count(quarter).alias('rides_13w'), fare.filter(quarter).sum().alias('fare_13w'),
    fare.div(pl.col('km')).filter(half.and(pl.col('km').gt(pl.lit(0)))).mean().alias('fare_per_km'),
    fare.std().alias('fare_spread'), fare.first().alias('first_fare'), fare.last().alias('last_fare'),
    pl.col('km').filter(half).max().alias('longest_km'), count(pl.col('cash').and(quarter)).alias('cash_13w'),
    count(hour.gtEq(pl.lit(22 * HOUR)).or(hour.lt(pl.lit(5 * HOUR))).and(since(cutoff - 90 * DAY))).alias('night_rides'),
    pl.col('area').filter(quarter).nUnique().alias('areas_13w'), pl.col('rating').min().alias('worst_rating'));
}

function couponsOf(cutoff) {
  const used = pl.col('used'), granted = used.not();
  return coupons.filter(since(cutoff - 52 * WEEK).and(t.lt(pl.lit(cutoff)))).groupBy('user_id').agg(
    count(granted.and(since(cutoff - 4 * WEEK))).alias('granted_4w'), count(used.and(since(cutoff - 26 * WEEK))).alias('used_26w'),
    count(granted.and(since(cutoff - 26 * WEEK))).alias('granted_26w'), t.filter(used).max().alias('last_used'));
}

function weekOf(week) {
  const cutoff = week * WEEK;
  const next = coupons.filter(pl.col('used').and(since(cutoff)).and(t.lt(pl.lit(cutoff + WEEK)))).groupBy('user_id')
    .agg(pl.col('used').first().alias('next_used'));
  const day = new Date(Date.parse(firstWeek) + week * 7 * 864e5).toISOString().slice(0, 10);
  const spread = [opensOf(cutoff), ridesOf(cutoff), couponsOf(cutoff), next]
    .reduce((rows, part) => rows.join(part, { on: 'user_id', how: 'left' }), base);
  const plain = (name) => number(name).alias(name), own = (name) => pl.col(name).alias(name);
  const columns = [
    plain('opens_4w'), plain('opens_13w'), ratio('opens_4w', 'opens_4w_lag').alias('opens_trend'), plain('opens_36h'),
    days(cutoff, 'last_open').alias('since_open'),
    pl.when(pl.col('first_open').lt(pl.lit(cutoff))).then(days(cutoff, 'first_open')).otherwise(pl.lit(null)).alias('member_days'),
    plain('rides_13w'), ratio('rides_13w', 'opens_13w').alias('ride_rate'), plain('fare_13w'), own('fare_per_km'), own('fare_spread'),
    ratio('last_fare', 'first_fare').alias('fare_drift'), own('longest_km'), ratio('cash_13w', 'rides_13w').alias('cash_share'),
    plain('night_rides'), plain('areas_13w'), own('worst_rating'), plain('granted_4w'), ratio('used_26w', 'granted_26w').alias('use_rate'),
    days(cutoff, 'last_used').alias('since_used'), plain('next_used').alias('used_1w'),
  ].map((column) => column.cast(pl.Float32));
  return spread.select(pl.col('user_id'), pl.lit(day).alias('week'), ...columns,
    pl.when(pl.col('first_event').lt(pl.lit(cutoff))).then(pl.lit('ok')).otherwise(pl.lit('no_history')).alias('row_status'));
}

for (let week = 0; week < weeks; week++) {
  weekOf(week).writeParquet(path.join(out, `week-${String(week).padStart(3, '0')}.parquet`), { compression: 'zstd' });
}
