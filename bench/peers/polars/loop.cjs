// The same loop with Polars: events read once from Parquet, then for each week one lazy query with every aggregate from the events of its
// windows; zstd Parquet out. Expressions look at ages, so that they are made once and not for each week: making one takes as long as
// running it on many rows. usage: loop.cjs FOLDER OUT USERS WEEKS ORIGIN_MICROSECONDS FIRST_WEEK
const pl = require('nodejs-polars').default;
const path = require('node:path');

const [folder, out, users, weeks, origin, firstWeek] = process.argv.slice(2).map((text, i) => (i >= 2 && i < 5 ? Number(text) : text));
const HOUR = 3600e6, DAY = 24 * HOUR, WEEK = 7 * DAY;
const t = pl.col('t');
const byUser = { on: 'user_id', how: 'left' };

function read(source, time, columns) {
  return pl.scanParquet(path.join(folder, source, '*.parquet'))
    .select('user_id', pl.col(time).cast(pl.Int64).minus(pl.lit(origin).cast(pl.Int64)).alias('t'), ...columns)
    .collectSync().sort('t');
}

const opens = read('app_opens', 'opened_at', []);
const timeOfDay = t.modulo(pl.lit(DAY));
const rides = read('rides', 'picked_up_at', [
  pl.col('fare'), pl.col('km'), pl.col('area').cast(pl.Categorical), pl.col('payment').eq(pl.lit('cash')).alias('cash'), pl.col('rating')])
  .withColumns(timeOfDay.gtEq(pl.lit(22 * HOUR)).or(timeOfDay.lt(pl.lit(5 * HOUR))).alias('night'));
const coupons = read('coupons', 'at', [pl.col('action').eq(pl.lit('used')).alias('used')]);

const everyone = pl.DataFrame({ user_id: pl.Series('user_id', Array.from({ length: users }, (_, i) => i + 1), pl.Int64) });
const firstOpen = opens.groupBy('user_id').agg(t.min().alias('first_open'));
const firstEvent = pl.concat([opens, rides, coupons].map((events) => events.select('user_id', 't')))
  .groupBy('user_id').agg(t.min().alias('first_event'));
const base = everyone.join(firstOpen, byUser).join(firstEvent, byUser);

// The age of an event at the cutoff: windows are closed at their start and open at their end, the cutoff.
const age = pl.col('age');
const within = (length) => age.ltEq(pl.lit(length));
const seen = age.gt(pl.lit(0)).and(within(52 * WEEK));
const only = (predicate, value) => pl.when(predicate).then(value).otherwise(pl.lit(null));
const sum = (...names) => names.map((name) => pl.col(name).sum());

const opensMasks = [
  within(4 * WEEK).alias('opens_4w'), within(13 * WEEK).alias('opens_13w'),
  within(8 * WEEK).and(age.gt(pl.lit(4 * WEEK))).alias('opens_4w_lag'), within(36 * HOUR).alias('opens_36h')];
const opensAggregates = [...sum('opens_4w', 'opens_13w', 'opens_4w_lag', 'opens_36h'), age.min().alias('since_open')];

// Masked before the grouping, where Polars works by whole columns; a filter inside an aggregate goes group by group.
const half = within(26 * WEEK), quarter = within(13 * WEEK), fare = pl.col('fare'), km = pl.col('km');
const ridesMasks = [
  quarter.alias('rides_13w'), only(quarter, fare).alias('fare_13w'), only(half.and(km.gt(pl.lit(0))), fare.div(km)).alias('per_km'),
  only(half, km).alias('km_26w'), pl.col('cash').and(quarter).alias('cash_13w'),
  pl.col('night').and(within(90 * DAY)).alias('night_rides')];
const ridesAggregates = [
  ...sum('rides_13w', 'fare_13w', 'cash_13w', 'night_rides'), pl.col('per_km').mean().alias('fare_per_km'), fare.std().alias('fare_spread'),
  fare.first().alias('first_fare'), fare.last().alias('last_fare'), pl.col('km_26w').max().alias('longest_km'),
  pl.col('rating').min().alias('worst_rating')];
const areasAggregate = pl.col('area').count().alias('areas_13w');

const used = pl.col('used');
const couponsMasks = [
  used.not().and(within(4 * WEEK)).alias('granted_4w'), used.and(half).alias('used_26w'), used.not().and(half).alias('granted_26w'),
  only(used, age).alias('used_age')];
const couponsAggregates = [...sum('granted_4w', 'used_26w', 'granted_26w'), pl.col('used_age').min().alias('since_used')];
const usedNext = used.and(age.ltEq(pl.lit(0))).and(age.gt(pl.lit(-WEEK)));
const nextAggregate = used.first().alias('next_used');

const cutoffOf = pl.col('cutoff');
const days = (microseconds) => microseconds.cast(pl.Float64).div(pl.lit(DAY));
const number = (column) => pl.col(column).cast(pl.Float64).fillNull(pl.lit(0));
const ratio = (a, b) => only(number(b).gt(pl.lit(0)), number(a).div(number(b)));
const plain = (name) => number(name).alias(name);
const own = (name) => pl.col(name);
const columns = [
  plain('opens_4w'), plain('opens_13w'), ratio('opens_4w', 'opens_4w_lag').alias('opens_trend'), plain('opens_36h'),
  days(own('since_open')).alias('since_open'),
  only(own('first_open').lt(cutoffOf), days(cutoffOf.minus(own('first_open')))).alias('member_days'),
  plain('rides_13w'), ratio('rides_13w', 'opens_13w').alias('ride_rate'), plain('fare_13w'), own('fare_per_km'), own('fare_spread'),
  ratio('last_fare', 'first_fare').alias('fare_drift'), own('longest_km'), ratio('cash_13w', 'rides_13w').alias('cash_share'),
  plain('night_rides'), plain('areas_13w'), own('worst_rating'), plain('granted_4w'), ratio('used_26w', 'granted_26w').alias('use_rate'),
  days(own('since_used')).alias('since_used'), plain('next_used').alias('used_1w'),
].map((column) => column.cast(pl.Float32));
const rowStatus = pl.when(own('first_event').lt(cutoffOf)).then(pl.lit('ok')).otherwise(pl.lit('no_history')).alias('row_status');
const selected = [own('user_id'), own('week'), ...columns, rowStatus];

function weekOf(week) {
  const cutoff = pl.lit(week * WEEK).cast(pl.Int64);
  const ages = cutoff.minus(t).alias('age');
  const day = new Date(Date.parse(firstWeek) + week * 7 * 864e5).toISOString().slice(0, 10);
  const aged = (events) => events.lazy().withColumns(ages);
  const year = aged(rides).filter(seen);
  const parts = [
    aged(opens).filter(seen).withColumns(...opensMasks).groupBy('user_id').agg(...opensAggregates),
    year.withColumns(...ridesMasks).groupBy('user_id').agg(...ridesAggregates),
    year.filter(quarter).select('user_id', 'area').unique().groupBy('user_id').agg(areasAggregate),
    aged(coupons).filter(seen).withColumns(...couponsMasks).groupBy('user_id').agg(...couponsAggregates),
    aged(coupons).filter(usedNext).groupBy('user_id').agg(nextAggregate),
  ];
  const grid = base.lazy().withColumns(cutoff.alias('cutoff'), pl.lit(day).alias('week'));
  return parts.reduce((rows, part) => rows.join(part, byUser), grid).select(...selected).collectSync();
}

for (let week = 0; week < weeks; week++) {
  weekOf(week).writeParquet(path.join(out, `week-${String(week).padStart(3, '0')}.parquet`), { compression: 'zstd' });
}
