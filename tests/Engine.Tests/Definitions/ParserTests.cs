namespace FeatureService.Engine.Tests.Definitions;

public sealed class ParserTests
{
    [Theory]
    [InlineData("1 + 2 * 3", "add(int64:1, multiply(int64:2, int64:3))")]
    [InlineData("(1 + 2) * 3", "multiply(add(int64:1, int64:2), int64:3)")]
    [InlineData("9 - 2 - 3", "subtract(subtract(int64:9, int64:2), int64:3)")]
    [InlineData("9 % 2 * 3", "multiply(int64:3, modulo(int64:9, int64:2))")]
    [InlineData("1 < 2 and 3 < 4 or 5 < 6", "or(and(less(int64:1, int64:2), less(int64:3, int64:4)), less(int64:5, int64:6))")]
    [InlineData("not 1 = 2 and true", "and(bool:true, not(equal(int64:1, int64:2)))")]
    [InlineData("not not true", "not(not(bool:true))")]
    [InlineData("1 between 0 and 2 and true", "and(and(greater_or_equal(int64:1, int64:0), less_or_equal(int64:1, int64:2)), bool:true)")]
    [InlineData("1 not between 0 and 2", "not(and(greater_or_equal(int64:1, int64:0), less_or_equal(int64:1, int64:2)))")]
    [InlineData("1 in (2, -3, null)", "in(int64:1, int64:2, int64:-3, int64:null)")]
    [InlineData("1 not in (2)", "not(in(int64:1, int64:2))")]
    [InlineData("'a' like 'A%' or 'a' not like '_'", "or(like(string:'a', string:'A%'), not(like(string:'a', string:'_')))")]
    [InlineData("1 is null or 1 is not null", "or(is_null(int64:1), not(is_null(int64:1)))")]
    [InlineData("case when true then 1 when false then 2 else 3 end", "case(when bool:true then int64:1 when bool:false then int64:2 else int64:3)")]
    [InlineData("case when true then 1 end", "case(when bool:true then int64:1)")]
    [InlineData("'it''s'", "string:'it''s'")]
    [InlineData("''", "string:''")]
    [InlineData("1 - -2", "subtract(int64:1, int64:-2)")]
    [InlineData("1 - 2", "subtract(int64:1, int64:2)")]
    [InlineData("1 -2", "subtract(int64:1, int64:2)")]
    [InlineData("- 2", "int64:-2")]
    [InlineData("--2", "negate(int64:-2)")]
    [InlineData("-(2)", "negate(int64:2)")]
    [InlineData("-9223372036854775808", "int64:-9223372036854775808")]
    [InlineData("007", "int64:7")]
    [InlineData("1e3", "float64:408f400000000000")]
    [InlineData("2.5E-1", "float64:3fd0000000000000")]
    [InlineData("-0.0", "float64:0000000000000000")]
    [InlineData("TRUE AND False", "and(bool:false, bool:true)")]
    [InlineData("1 <> 2 and 1 != 2", "and(not_equal(int64:1, int64:2), not_equal(int64:1, int64:2))")]
    [InlineData("least(1, 2, 3)", "least(int64:1, int64:2, int64:3)")]
    [InlineData("  1\n  +\n  2 ", "add(int64:1, int64:2)")]
    public void Operators_bind_as_the_grammar_says(string definition, string normalForm) =>
        Assert.Equal("feature: " + normalForm, Sample.Feature(definition).NormalForm);

    [Theory]
    [InlineData("COUNT(rides WHERE shared IS NOT NULL) OVER 13W LAG 2D", "count(rides where not(is_null(rides.shared)) over 91d lag 2d)")]
    [InlineData("last(\"rides\".\"area\") over all lag 5min", "last(rides.area over all lag 5min)")]
    [InlineData("count(rides.fare where rides.km > 1) over 2h", "count(rides.fare where greater(rides.km, float64:3ff0000000000000) over 120min)")]
    public void Aggregates_are_read_in_every_form(string definition, string normalForm) =>
        Assert.Equal("feature: " + normalForm, Sample.Feature(definition).NormalForm);

    [Fact]
    public void Labels_look_past_the_cutoff_behind_a_gap() => Assert.Equal(
        "label: greater(count(coupons where equal(coupons.action, string:'used') over next 7d lag 2d), int64:0)",
        Sample.Label("count(coupons where action = 'used') over next 1w lag 2d > 0").NormalForm);

    [Fact]
    public void Function_names_are_special_only_before_a_parenthesis()
    {
        var view = Sample.Good(Sample.View("count: count(rides) over 1w", "events: count + 1", "\"last\": 5", "x: events + \"last\""));
        Assert.Equal("feature: add(add(count(rides over 7d), int64:1), int64:5)", view.Columns[3].NormalForm);
    }
}
