using FeatureService.Engine.Definitions;

namespace FeatureService.Engine.Tests.Definitions;

public sealed class BindingTests
{
    [Theory]
    [InlineData("count(ridez) over 1w", "7: unknown source 'ridez': did you mean 'rides'?")]
    [InlineData("count(xyz) over 1w", "7: unknown source 'xyz': expected one of app_opens, rides, coupons")]
    [InlineData("sum(ride.fare) over 1w", "5: unknown source 'ride': did you mean 'rides'?")]
    [InlineData("sum(Rides.fare) over 1w", "5: unknown source 'Rides': did you mean 'rides'?")]
    [InlineData("sum(rides.fair) over 1w", "11: unknown column 'fair' of source rides: did you mean 'fare'?")]
    [InlineData("sum(rides.Fare) over 1w", "11: unknown column 'Fare' of source rides: did you mean 'fare'?")]
    [InlineData("sum(rides.fare where kilometres > 1) over 1w", "22: unknown column 'kilometres' of source rides: expected one of picked_up_at, settled_at, booked_on, fare, tip, km, area, payment, shared")]
    [InlineData("sum(fare) over 1w", "5: unknown source 'fare': a column is written with its source, as sum(rides.fare)")]
    [InlineData("sum(fare * 2) over 1w", "10: the input of sum names no source: expected at least one column written as SOURCE.column")]
    [InlineData("sum(fare where rides.km > 1) over 1w", "5: unknown source 'fare': a column is written with its source, as sum(rides.fare)")]
    [InlineData("count(rides.fare where coupons.action = 'x') over 1w", "24: count reads source rides: expected its columns only, found coupons.action")]
    [InlineData("sum(rides.fare, 2) over 1w", "1: sum has 2 arguments: expected 1")]
    [InlineData("sum(abs(max(rides.fare) over 1w)) over 1w", "9: aggregates do not nest: expected columns and functions inside sum, found max; the greatest of several values is greatest(...)")]
    [InlineData("summ(rides.fare) over 1w", "1: unknown function 'summ': did you mean 'sum'?")]
    [InlineData("sqr(4)", "1: unknown function 'sqr': did you mean 'sqrt'?")]
    [InlineData("abs(4) over 1w", "13: abs is no aggregate: expected no window behind it")]
    [InlineData("abs(4 where true)", "7: abs is no aggregate: 'where' stands only in aggregates")]
    [InlineData("abs(4, 1w)", "8: a length stands only in windows and as an argument of some aggregates")]
    [InlineData("rides.fare + 1", "1: rides.fare has a value for each event: expected an aggregate around it, as sum(rides.fare) over 13w")]
    [InlineData("rides + 1", "1: 'rides' is a source: expected an aggregate of it, as count(rides) over 13w")]
    [InlineData("fare + 1", "1: unknown feature 'fare': a column is read inside an aggregate, as sum(rides.fare) over 13w")]
    [InlineData("week", "1: week stands only as the argument of iso_year, month, week_of_year, year")]
    [InlineData("day(week)", "5: week stands only as the argument of iso_year, month, week_of_year, year")]
    [InlineData("count(coupons) over next 1w", "21: next looks past the cutoff, which only a label may: expected a window before it, as over 13w")]
    public void What_has_no_meaning_gives_one_error_that_says_what_was_expected(string definition, string error) =>
        Assert.Equal(error, Sample.Error(definition));

    [Theory]
    [InlineData("median(rides.fare) over 1w", "1: the aggregate median is not supported yet")]
    [InlineData("quantile(rides.fare, 0.9) over 26w", "1: the aggregate quantile is not supported yet")]
    [InlineData("skewness(rides.fare) over 1w", "1: the aggregate skewness is not supported yet")]
    [InlineData("kurtosis(rides.fare) over 1w", "1: the aggregate kurtosis is not supported yet")]
    [InlineData("mode(rides.area) over 1w", "1: the aggregate mode is not supported yet")]
    [InlineData("top(rides.area, 2) over 1w", "1: the aggregate top is not supported yet")]
    [InlineData("entropy(rides.area) over 1w", "1: the aggregate entropy is not supported yet")]
    [InlineData("nth_last(rides.area, 2) over 1w", "1: the aggregate nth_last is not supported yet")]
    [InlineData("min_by(rides.area, fare) over 1w", "1: the aggregate min_by is not supported yet")]
    [InlineData("max_by(rides.area, fare) over 1w", "1: the aggregate max_by is not supported yet")]
    [InlineData("avg_gap_days(rides) over 1w", "1: the aggregate avg_gap_days is not supported yet")]
    [InlineData("longest_gap_days(rides) over 1w", "1: the aggregate longest_gap_days is not supported yet")]
    [InlineData("slope(rides.fare) over 1w", "1: the aggregate slope is not supported yet")]
    [InlineData("decayed_sum(rides.fare, 7d) over 1w", "1: the aggregate decayed_sum is not supported yet")]
    [InlineData("decayed_count(rides, 7d where km > 1) over 1w", "1: the aggregate decayed_count is not supported yet")]
    [InlineData("share(rides where km > 1) over 1w", "1: the aggregate share is not supported yet")]
    [InlineData("active_days(rides) over 1w", "1: the aggregate active_days is not supported yet")]
    [InlineData("active_weeks(rides) over 1w", "1: the aggregate active_weeks is not supported yet")]
    [InlineData("value(users.city)", "1: the aggregate value is not supported yet")]
    [InlineData("ln(1.0)", "1: the function ln is not supported yet")]
    [InlineData("log1p(1.0)", "1: the function log1p is not supported yet")]
    [InlineData("exp(1.0)", "1: the function exp is not supported yet")]
    [InlineData("sqrt(1.0)", "1: the function sqrt is not supported yet")]
    [InlineData("clip(1, 2, 3)", "1: the function clip is not supported yet")]
    [InlineData("iso_year(max(rides.booked_on) over 1w)", "1: the function iso_year is not supported yet")]
    [InlineData("month(week)", "1: month(week) is not supported yet")]
    [InlineData("week_of_year(week)", "1: week_of_year(week) is not supported yet")]
    [InlineData("avg(rides.fare) over last 5 events", "22: the window last N events is not supported yet")]
    [InlineData("count(rides) over 13w by payment in ('app' as a, 'cash')", "23: by is not supported yet")]
    [InlineData("series(count(app_opens) over 1w, 12)", "1: series is not supported yet")]
    public void What_the_language_has_and_the_engine_not_says_so(string definition, string error) =>
        Assert.Equal(error, Sample.Error(definition));

    [Fact]
    public void Days_until_first_is_not_supported_yet_in_labels() =>
        Assert.Equal("1: the aggregate days_until_first is not supported yet", Sample.Error("days_until_first(rides) over next 1w", "labels"));

    [Fact]
    public void Columns_of_a_definition_that_is_not_supported_yet_are_not_called_unknown() => Assert.Equal(
        ["v.view.yaml:3:27: by is not supported yet"],
        Sample.Errors(Sample.View("p: count(rides) over 1w by payment in ('app')", "q: p_app + 1")));

    [Fact]
    public void A_name_inside_an_aggregate_is_a_column_even_where_a_feature_has_it()
    {
        var view = Sample.Good(Sample.View("km: 5", "f: count(rides where km > 1) over 1w"));
        Assert.Equal("feature: count(rides where greater(rides.km, float64:3ff0000000000000) over 7d)", view.Columns[1].NormalForm);
    }

    [Fact]
    public void A_feature_uses_features_that_stand_behind_it()
    {
        var view = Sample.Good(Sample.View("rate: fare / opens", "fare: sum(rides.fare) over 1w", "opens: count(app_opens) over 1w"));
        Assert.Equal(["rate", "fare", "opens"], view.Columns.Select(column => column.Name));
        Assert.Equal("feature: divide(float64(sum(rides.fare over 7d)), float64(count(app_opens over 7d)))", view.Columns[0].NormalForm);
        var divide = Assert.IsType<CallExpression>(view.Columns[0].Expression);
        var converted = Assert.IsType<CallExpression>(divide.Arguments[0]);
        Assert.Same(view.Columns[1], Assert.IsType<FeatureExpression>(converted.Arguments[0]).Column);
    }

    [Fact]
    public void A_label_uses_features_with_their_role_and_labels()
    {
        var view = Sample.Good(Sample.View("f: count(rides) over 1w") + "labels:\n  l: count(rides) over next 1w\n  m: l - f\n");
        Assert.Equal("label: subtract(count(rides over next 7d), feature(count(rides over 7d)))", view.Columns[2].NormalForm);
    }

    [Fact]
    public void A_feature_that_uses_a_label_is_an_error() => Assert.Equal(
        ["v.view.yaml:3:6: 'l' is a label: a feature may use features only"],
        Sample.Errors(Sample.View("f: l + 1") + "labels:\n  l: count(rides) over next 1w\n"));

    [Fact]
    public void A_circle_is_one_error_that_names_it() => Assert.Equal(
        ["v.view.yaml:5:6: definitions use each other in a circle: a uses b uses c uses a"],
        Sample.Errors(Sample.View("a: b + 1", "b: c", "c: a", "d: a + 1")));

    [Fact]
    public void A_feature_that_uses_itself_is_a_circle() => Assert.Equal(
        ["v.view.yaml:3:10: definitions use each other in a circle: a uses a"],
        Sample.Errors(Sample.View("a: 1 + a")));

    [Fact]
    public void Two_circles_are_two_errors() => Assert.Equal(
        [
            "v.view.yaml:4:6: definitions use each other in a circle: a uses b uses a",
            "v.view.yaml:6:6: definitions use each other in a circle: c uses d uses c",
        ],
        Sample.Errors(Sample.View("a: b", "b: a", "c: d + a", "d: c")));

    [Fact]
    public void A_definition_that_uses_a_wrong_one_is_not_called_wrong_itself() => Assert.Equal(
        ["v.view.yaml:3:18: expected 'over' and a window behind count(...), as over 13w, found the end of the definition"],
        Sample.Errors(Sample.View("a: count(rides)", "b: a + 1")));

    [Fact]
    public void Several_errors_of_one_definition_are_all_told() => Assert.Equal(
        [
            "v.view.yaml:3:16: unknown column 'fair' of source rides: did you mean 'fare'?",
            "v.view.yaml:3:34: unknown function 'flor': did you mean 'floor'?",
            "v.view.yaml:3:44: unknown feature 'bar': expected a",
        ],
        Sample.Errors(Sample.View("a: sum(rides.fair) over 1w   + flor(1) + bar")));

    [Fact]
    public void A_view_that_uses_the_whole_language_has_errors_only_where_it_is_not_supported_yet() => Assert.Equal(
        [
            "v.view.yaml:5:15: the aggregate quantile is not supported yet",
            "v.view.yaml:6:36: the window last N events is not supported yet",
            "v.view.yaml:7:15: the aggregate value is not supported yet",
            "v.view.yaml:8:15: series is not supported yet",
            "v.view.yaml:9:37: by is not supported yet",
            "v.view.yaml:12:15: month(week) is not supported yet",
            "v.view.yaml:15:1: the key 'population' of the view is not supported yet",
        ],
        Sample.Errors("""
            view: v
            features:
              opens:      count(app_opens) over 13w
              fare:       sum(rides.fare * 1.0 / km where km > 0) over 13w
              p90_fare:   quantile(rides.fare, 0.9) over 26w
              last_five:  avg(rides.fare) over last 5 events
              city:       value(users.city)
              weekly:     series(count(app_opens) over 1w, 12)   # weekly_1 to weekly_12
              by_payment: count(rides) over 13w by payment in ('app' as app, 'cash')
              app:        by_payment_app / opens
              trend:      weekly_1 - weekly_2
              month:      month(week)
            labels:
              used_1w:    count(coupons where action = 'used') over next 1w > 0
            population:   count(app_opens) over 13w > 0
            """));
}
