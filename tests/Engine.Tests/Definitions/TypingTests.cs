using FeatureService.Core.Columns;

namespace FeatureService.Engine.Tests.Definitions;

public sealed class TypingTests
{
    [Theory]
    [InlineData("count(rides) over 1w", ColumnType.Int64)]
    [InlineData("count(rides.area) over 1w", ColumnType.Int64)]
    [InlineData("count_distinct(rides.area) over 1w", ColumnType.Int64)]
    [InlineData("sum(rides.fare) over 1w", ColumnType.Int64)]
    [InlineData("sum(rides.km) over 1w", ColumnType.Float64)]
    [InlineData("sum(rides.shared) over 1w", ColumnType.Int64)]
    [InlineData("avg(rides.fare) over 1w", ColumnType.Float64)]
    [InlineData("var_pop(rides.fare) over 1w", ColumnType.Float64)]
    [InlineData("stddev_samp(rides.shared) over 1w", ColumnType.Float64)]
    [InlineData("min(rides.area) over 1w", ColumnType.String)]
    [InlineData("max(rides.picked_up_at) over 1w", ColumnType.Timestamp)]
    [InlineData("min(rides.shared) over 1w", ColumnType.Bool)]
    [InlineData("first(rides.booked_on) over 1w", ColumnType.Date)]
    [InlineData("days_since_last(rides) over 1w", ColumnType.Float64)]
    [InlineData("days_since_first(rides.km) over 1w", ColumnType.Float64)]
    public void An_aggregate_has_the_type_of_its_table(string definition, ColumnType type) =>
        Assert.Equal(type, Sample.Feature(definition).OutputType);

    [Theory]
    [InlineData("1 + 2", ColumnType.Int64)]
    [InlineData("1 + 2.0", ColumnType.Float64)]
    [InlineData("4 / 2", ColumnType.Float64)]
    [InlineData("5 % 2", ColumnType.Int64)]
    [InlineData("null * 2", ColumnType.Int64)]
    [InlineData("null / null", ColumnType.Float64)]
    [InlineData("1 = 1.0", ColumnType.Bool)]
    [InlineData("null = null", ColumnType.Bool)]
    [InlineData("null is null", ColumnType.Bool)]
    [InlineData("null and true", ColumnType.Bool)]
    [InlineData("coalesce(null, 1)", ColumnType.Int64)]
    [InlineData("coalesce(1, 2.5)", ColumnType.Float64)]
    [InlineData("greatest('a', 'b')", ColumnType.String)]
    [InlineData("case when true then 1 else 2.5 end", ColumnType.Float64)]
    [InlineData("case when null then null else 2 end", ColumnType.Int64)]
    [InlineData("abs(1)", ColumnType.Int64)]
    [InlineData("round(1.5)", ColumnType.Float64)]
    [InlineData("length('a')", ColumnType.Int64)]
    [InlineData("upper(null)", ColumnType.String)]
    [InlineData("date(max(rides.picked_up_at) over 1w)", ColumnType.Date)]
    [InlineData("hour(max(rides.picked_up_at) over 1w)", ColumnType.Int64)]
    [InlineData("year(max(rides.booked_on) over 1w)", ColumnType.Int64)]
    [InlineData("'text'", ColumnType.String)]
    public void An_expression_has_the_type_of_its_operands(string definition, ColumnType type) =>
        Assert.Equal(type, Sample.Feature(definition).OutputType);

    [Theory]
    [InlineData("sum(rides.fare) over 1w + sum(rides.km) over 1w", "add(float64(sum(rides.fare over 7d)), sum(rides.km over 7d))")]
    [InlineData("sum(rides.fare + 0.5) over 1w", "sum(add(float64(rides.fare), float64:3fe0000000000000) over 7d)")]
    [InlineData("var_pop(rides.fare) over 1w", "var_pop(float64(rides.fare) over 7d)")]
    [InlineData("avg(rides.shared) over 1w", "avg(int64(rides.shared) over 7d)")]
    [InlineData("count(rides where picked_up_at >= booked_on) over 1w", "count(rides where greater_or_equal(rides.picked_up_at, timestamp(rides.booked_on)) over 7d)")]
    [InlineData("count(rides where booked_on >= '2024-03-04') over 1w", "count(rides where greater_or_equal(rides.booked_on, date:2024-03-04) over 7d)")]
    [InlineData("count(rides where '2024-03-04' <= booked_on) over 1w", "count(rides where less_or_equal(date:2024-03-04, rides.booked_on) over 7d)")]
    [InlineData("count(rides where booked_on in ('2024-03-04', null)) over 1w", "count(rides where in(rides.booked_on, date:2024-03-04, date:null) over 7d)")]
    [InlineData("count(rides where fare in (1, 2.5)) over 1w", "count(rides where in(float64(rides.fare), float64:3ff0000000000000, float64:4004000000000000) over 7d)")]
    [InlineData("coalesce(min(rides.booked_on) over 1w, max(rides.picked_up_at) over 1w)", "coalesce(timestamp(min(rides.booked_on over 7d)), max(rides.picked_up_at over 7d))")]
    public void Conversions_are_nodes_and_constants_convert_at_once(string definition, string normalForm) =>
        Assert.Equal("feature: " + normalForm, Sample.Feature(definition).NormalForm);

    [Theory]
    [InlineData("2024-03-04", "2024-03-03T15:00:00")]
    [InlineData("2024-03-04 10:15", "2024-03-04T01:15:00")]
    [InlineData("2024-03-04T10:15:30", "2024-03-04T01:15:30")]
    [InlineData("2024-03-04 10:15:30Z", "2024-03-04T10:15:30")]
    [InlineData("2024-03-04 10:15:30+01:00", "2024-03-04T09:15:30")]
    public void A_text_beside_a_timestamp_is_local_in_the_catalogs_zone_unless_it_has_an_offset(string text, string utc)
    {
        var micros = (DateTime.Parse(utc, System.Globalization.CultureInfo.InvariantCulture) - DateTime.UnixEpoch).Ticks / 10;
        Assert.Equal(
            $"feature: count(rides where equal(rides.picked_up_at, timestamp:{micros}) over 7d)",
            Sample.Feature($"count(rides where picked_up_at = '{text}') over 1w").NormalForm);
    }

    [Theory]
    [InlineData("count(rides where area = 5) over 1w", "24: '=' mixes string and int64: expected operands of one type")]
    [InlineData("count(rides where fare = 'a') over 1w", "24: '=' mixes int64 and string: expected operands of one type")]
    [InlineData("count(rides where shared = 1) over 1w", "26: '=' mixes bool and int64: expected operands of one type")]
    [InlineData("sum(rides.fare + area) over 1w", "16: '+' takes numbers: expected int64 or float64, found int64 and string")]
    [InlineData("sum(rides.shared * 2) over 1w", "18: '*' takes numbers: expected int64 or float64, found bool and int64")]
    [InlineData("sum(rides.booked_on) over 1w", "5: sum takes numbers: expected bool, int64 or float64, found date")]
    [InlineData("avg(rides.area) over 1w", "5: avg takes numbers: expected bool, int64 or float64, found string")]
    [InlineData("count_distinct(rides) over 1w", "16: count_distinct takes values, found the source rides: expected an input, as count_distinct(rides.COLUMN)")]
    [InlineData("count(rides where fare) over 1w", "19: where takes a condition: expected bool, found int64")]
    [InlineData("1 and true", "1: 'and' takes a condition: expected bool, found int64")]
    [InlineData("not 1", "5: not takes a condition: expected bool, found int64")]
    [InlineData("-true", "1: '-' takes a number: expected int64 or float64, found bool")]
    [InlineData("case when 1 then 2 end", "11: when takes a condition: expected bool, found int64")]
    [InlineData("case when true then 2 else 'a' end", "1: case mixes int64 and string: expected operands of one type")]
    [InlineData("case when true then null end", "1: every branch of case is null: expected one whose type is known")]
    [InlineData("coalesce(null, null)", "1: every argument of coalesce is null: expected one whose type is known")]
    [InlineData("coalesce(1, 'a')", "1: coalesce mixes int64 and string: expected operands of one type")]
    [InlineData("1 in (1, 'a')", "3: 'in' mixes int64 and string: expected operands of one type")]
    [InlineData("1 between 0 and 'a'", "3: 'between' mixes int64 and string: expected operands of one type")]
    [InlineData("1 like 'a'", "3: 'like' takes a text: expected string, found int64")]
    [InlineData("null", "1: the definition is null: expected a value whose type is known")]
    [InlineData("null + null", "6: '+' has two nulls: expected an operand whose type is known")]
    [InlineData("abs('a')", "5: abs takes int64 or float64, found string")]
    [InlineData("abs(1, 2)", "1: abs has 2 arguments: expected 1")]
    [InlineData("hour(max(rides.booked_on) over 1w)", "6: hour takes timestamp, found date")]
    [InlineData("lower(5)", "7: lower takes string, found int64")]
    [InlineData("count(rides where booked_on = '2024-02-30') over 1w", "29: '=' reads the text '2024-02-30' as a date: expected one as '2024-03-04'")]
    [InlineData("count(rides where picked_up_at > 'yesterday') over 1w", "32: '>' reads the text 'yesterday' as a timestamp: expected one as '2024-03-04 10:15:00'")]
    public void Types_that_do_not_go_together_are_told(string definition, string error) =>
        Assert.Equal(error, Sample.Error(definition));

    [Fact]
    public void Numbers_float32_rounds_numbers_and_bools_and_leaves_the_rest()
    {
        var view = Sample.Good(
            "view: v\nnumbers: float32\nfeatures:\n  i: 1\n  f: 1.5\n  b: true\n  s: 'a'\n  d: min(rides.booked_on) over 1w\nlabels:\n  l: 1\n"
                .Replace("'a'", "\"'a'\"", StringComparison.Ordinal));
        Assert.Equal(
            [ColumnType.Float32, ColumnType.Float32, ColumnType.Float32, ColumnType.String, ColumnType.Date, ColumnType.Float32],
            view.Columns.Select(column => column.OutputType));
        Assert.Equal(ColumnType.Int64, view.Columns[0].Expression.Type);
    }
}
