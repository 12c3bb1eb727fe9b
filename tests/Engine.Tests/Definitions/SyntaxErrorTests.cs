namespace FeatureService.Engine.Tests.Definitions;

public sealed class SyntaxErrorTests
{
    [Theory]
    [InlineData("count(app_opens)", "17: expected 'over' and a window behind count(...), as over 13w, found the end of the definition")]
    [InlineData("count(app_opens) > 3", "18: expected 'over' and a window behind count(...), as over 13w, found '>'")]
    [InlineData("count(app_opens) over", "22: expected a window: a length as 13w, all, last N events or next 1w, found the end of the definition")]
    [InlineData("count(app_opens) over 13", "23: the length 13 has no unit: expected min, h, d or w right behind it, as 13w")]
    [InlineData("count(app_opens) over 13 w", "23: the length 13 has no unit: expected min, h, d or w right behind it, as 13w")]
    [InlineData("count(app_opens) over 3m", "23: 'm' is no unit: expected min for minutes, as 5min, or weeks for months, as 13w")]
    [InlineData("count(app_opens) over 3mo", "23: 'mo' is no unit, as months differ in length: expected weeks, as 13w")]
    [InlineData("count(app_opens) over 1y", "23: 'y' is no unit, as years differ in length: expected weeks, as 52w")]
    [InlineData("count(app_opens) over 1days", "23: 'days' is no unit: expected min, h, d or w, as 13w")]
    [InlineData("count(app_opens) over 0w", "23: the length 0w is empty: expected a positive number")]
    [InlineData("count(app_opens) over 400000d", "23: the length 400000d is too long: expected at most 365250d")]
    [InlineData("count(app_opens) over 99999999999999999999w", "23: the length 99999999999999999999w is too long: expected at most 52178w")]
    [InlineData("count(app_opens) over -1w", "23: expected a window: a length as 13w, all, last N events or next 1w, found '-'")]
    [InlineData("count(app_opens) over 1w lag", "29: expected a length behind lag, as 4w, found the end of the definition")]
    [InlineData("count(app_opens) over last 0 events", "28: '0' is out of range: expected a number of events behind last, as last 5 events, from 1 to 2147483647")]
    [InlineData("count(app_opens) over last 5", "29: expected 'events' behind the number in last N events, found the end of the definition")]
    [InlineData("count(app_opens over 13w", "17: expected ')' or ',' or 'where' in count(...), found 'over'")]
    [InlineData("count(app_opens) over 13w 5", "27: expected an operator or the end of the definition, found '5'")]
    [InlineData("count(*) over 13w", "7: '*' is no input: expected a source, as count(SOURCE) over 13w")]
    [InlineData("count() over 13w", "7: expected an argument of count, found ')'")]
    [InlineData("1 +", "4: expected a constant, a name, a function or '(', found the end of the definition")]
    [InlineData("1 + * 2", "5: expected a constant, a name, a function or '(', found '*'")]
    [InlineData("(1 + 2", "7: expected ')' or an operator, found the end of the definition")]
    [InlineData("1 = 2 = 3", "7: expected an operator or the end of the definition, found '='")]
    [InlineData("1 == 2", "3: '==' is no operator of this language: expected '='")]
    [InlineData("true && false", "6: '&&' is no operator of this language: expected 'and'")]
    [InlineData("1 in (2, 1 + 1)", "12: expected ')' or ',' behind a constant of in, found '+'")]
    [InlineData("1 in 2", "6: expected '(' behind in, found '2'")]
    [InlineData("1 between 2", "12: expected 'and' between the ends of between, found the end of the definition")]
    [InlineData("'a' like 1", "10: expected a text behind like, as 'A%', found '1'")]
    [InlineData("1 is 2", "6: expected 'null' behind is, found '2'")]
    [InlineData("case 1 when 2 then 3 end", "6: expected 'when' behind case, found '1'")]
    [InlineData("case when true then 3", "22: expected 'end' or 'when' or 'else' in case, found the end of the definition")]
    [InlineData("case when true 3 end", "16: expected 'then' behind the condition of when, found '3'")]
    [InlineData("over + 1", "1: expected a constant, a name, a function or '(', found the keyword 'over'; a name that is a keyword is written in double quotes")]
    [InlineData("sum(rides.end) over 1w", "11: 'end' is a keyword: expected the name of a column behind '.'; as a name it is written \"end\"")]
    [InlineData("sum(rides.) over 1w", "11: expected the name of a column behind '.', found ')'")]
    [InlineData("13w + 1", "1: the length 13w stands outside a window: expected a constant, a name, a function or '('")]
    [InlineData("1_000", "1: '_000' is no unit: expected min, h, d or w, as 13w")]
    [InlineData("1.5w", "4: unexpected 'w' behind a number: lengths are whole, as 13w")]
    [InlineData("9223372036854775808", "1: the number is beyond int64: expected -9223372036854775808 to 9223372036854775807, or a point for float64, as 1.0")]
    [InlineData("1e999", "1: the number is beyond float64: expected at most 1.7976931348623157e308")]
    [InlineData("1 = 'abc", "5: a quoted text does not end: expected a closing '")]
    [InlineData("1 = \"abc", "5: a quoted name does not end: expected a closing \"")]
    [InlineData("\"\" + 1", "1: a name is empty: expected a name between the quotes")]
    [InlineData("1 + $x", "5: unexpected character '$': expected a name, a number, a text or an operator")]
    [InlineData("1 + \u00a0x", "5: unexpected character U+00A0: expected a name, a number, a text or an operator")]
    [InlineData("1 + \U0001F600", "5: unexpected character '\U0001F600': expected a name, a number, a text or an operator")]
    [InlineData("1 + x # note", "7: unexpected character '#': expected a name, a number, a text or an operator")]
    [InlineData("1 + series(count(rides) over 1w, 3)", "5: series stands alone: expected it at the start of a definition, with no operator around it")]
    [InlineData("1 + count(rides) over 1w by area in ('a')", "3: expected an aggregate before by, with no operator around it")]
    [InlineData("series(1 + 2, 3)", "10: expected an aggregate in series, as series(count(SOURCE) over 1w, 12)")]
    public void A_definition_that_does_not_follow_the_grammar_gives_one_error(string definition, string error) =>
        Assert.Equal(error, Sample.Error(definition));

    [Fact]
    public void Each_definition_has_its_own_error_and_all_are_told() => Assert.Equal(
        [
            "v.view.yaml:3:8: expected a constant, a name, a function or '(', found the end of the definition",
            "v.view.yaml:4:8: expected a constant, a name, a function or '(', found ')'",
            "v.view.yaml:5:6: unknown feature 'x': expected one of a, b, c",
        ],
        Sample.Errors(Sample.View("a: 1+", "b: 1*)", "c: x")));
}
