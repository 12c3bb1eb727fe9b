using FeatureService.Core.Columns;
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
    [InlineData("quantile(rides.fare) over 1w", "1: quantile has 1 arguments: expected 2, as quantile(x, 0.9)")]
    [InlineData("quantile(rides.fare, 1.1) over 1w", "22: the second argument of quantile is no number from 0 to 1: expected one, as 0.5")]
    [InlineData("quantile(rides.fare, km) over 1w", "22: the second argument of quantile is no number from 0 to 1: expected one, as 0.5")]
    [InlineData("quantile(rides.area, 0.5) over 1w", "10: quantile takes numbers: expected bool, int64 or float64, found string")]
    [InlineData("top(rides.area, 0) over 1w", "17: the second argument of top is no whole number from 1: expected one, as top(x, 2)")]
    [InlineData("nth_last(rides.area, 1.5) over 1w", "22: the second argument of nth_last is no whole number from 1: expected one, as nth_last(x, 2)")]
    [InlineData("min_by(rides.area) over 1w", "1: min_by has 1 arguments: expected 2, as min_by(x, y)")]
    [InlineData("max_by(rides.area, null) over 1w", "20: what max_by compares is null: expected a value whose type is known")]
    [InlineData("min_by(rides, fare) over 1w", "8: min_by takes values, found the source rides: expected an input, as min_by(rides.COLUMN)")]
    [InlineData("max_by(rides.area, coupons.at) over 1w", "20: max_by reads source rides: expected its columns only, found coupons.at")]
    [InlineData("decayed_sum(rides.fare, 7) over 1w", "25: the half life of decayed_sum is no length: expected one, as decayed_sum(x, 2w)")]
    [InlineData("decayed_count(rides.fare, 7d) over 1w", "15: decayed_count takes events: expected the name of a source, as decayed_count(SOURCE, 2w)")]
    [InlineData("share(rides) over 1w", "1: share is of the events for which a condition holds: expected where, as share(SOURCE where CONDITION) over 13w")]
    [InlineData("share(rides.fare where km > 1) over 1w", "7: share takes events: expected the name of a source, as share(SOURCE where CONDITION)")]
    [InlineData("days_until_first(rides) over 1w", "1: days_until_first looks past the cutoff, which only a label may: expected days_since_first or days_since_last")]
    [InlineData("value(rides.area)", "7: value reads facts without time, but source rides has a time: expected a window, as last(rides.COLUMN) over all")]
    [InlineData("count(rides) over 13w by payment in ('app', null)", "45: null is no value of by: expected a constant; rows without a value are kept by 'is null' in where")]
    [InlineData("count(rides) over 13w by paymnt in ('app')", "26: unknown column 'paymnt' of source rides: did you mean 'payment'?")]
    [InlineData("count(rides) over 13w by payment in ('app', 5)", "45: 'by' mixes string and int64: expected operands of one type")]
    [InlineData("count(rides) over 13w + 1 by payment in ('app')", "23: expected an aggregate before by, with no operator around it")]
    [InlineData("1 + series(count(rides) over 1w, 3)", "5: series stands alone: expected it at the start of a definition, with no operator around it")]
    [InlineData("series(count(rides) over all, 3)", "26: series moves a window of a fixed length back: expected a length behind over, as series(count(SOURCE) over 1w, 12)")]
    [InlineData("series(count(rides) over last 2 events, 3)", "26: series moves a window of a fixed length back: expected a length behind over, as series(count(SOURCE) over 1w, 12)")]
    [InlineData("series(count(rides) over 1w lag 7d, 3)", "26: series has a window in w and a lag in d: expected both in one unit")]
    [InlineData("series(count(rides) over 1000w, 4096)", "33: series reaches too far back: expected at most 365250 days")]
    [InlineData("series(count(rides) over 1w, 4097)", "30: series has 4097 columns: expected at most 4096")]
    [InlineData("ln('a')", "4: ln takes int64 or float64, found string")]
    [InlineData("clip(1, 2)", "1: clip has 2 arguments: expected 3, as clip(x, low, high)")]
    public void An_aggregate_takes_what_its_form_says(string definition, string error) => Assert.Equal(error, Sample.Error(definition));

    [Theory]
    [InlineData("value(users.city) over 1w", "24: value reads facts without time: expected no window behind it")]
    [InlineData("value(users.city where city = 'a')", "18: value reads the one row of an entity: expected no condition")]
    [InlineData("value(lower(users.city))", "7: value reads one column: expected value(SOURCE.COLUMN), with functions around it")]
    [InlineData("value(users)", "7: value takes values, found the source users: expected an input, as value(users.COLUMN)")]
    [InlineData("count(users) over 1w", "7: source users has no time: expected value(users.COLUMN), found count")]
    [InlineData("last(users.city) over all", "6: source users has no time: expected value(users.COLUMN), found last")]
    public void Value_reads_one_column_of_facts_without_time(string definition, string error) =>
        Assert.Equal(error, Sample.Error(definition, catalog: Sample.WithUsers));

    [Theory]
    [InlineData("count(rides) over last 5 events", "19: last N events looks back from the cutoff, which only a feature does: expected next, or a length")]
    public void A_label_has_no_window_of_last_events(string definition, string error) => Assert.Equal(error, Sample.Error(definition, "labels"));

    [Fact]
    public void By_makes_a_column_for_each_value()
    {
        var view = Sample.Good(Sample.View(
            "app: by_payment_app / opens", "opens: count(app_opens) over 1w", "by_payment: count(rides where km > 1) over 1w by payment in ('app', 'credit card' as card, '💳')"));
        Assert.Equal(["app", "opens", "by_payment_app", "card", "by_payment___"], view.Columns.Select(column => column.Name));
        Assert.Equal(
            "feature: count(rides where and(equal(rides.payment, string:'credit card'), greater(rides.km, float64:3ff0000000000000)) over 7d)",
            view.Columns[3].NormalForm);
        Assert.Equal(Sample.Feature("count(rides where km > 1 and payment = 'app') over 1w").Fingerprint, view.Columns[2].Fingerprint);
    }

    [Fact]
    public void Share_by_is_of_the_events_with_the_value()
    {
        var view = Sample.Good(Sample.View("s: share(rides where shared) over 1w by payment in ('app')"));
        Assert.Equal(
            "feature: avg(case(when rides.shared then int64:1 else int64:0) where equal(rides.payment, string:'app') over 7d)",
            view.Columns[0].NormalForm);
    }

    [Fact]
    public void Series_moves_the_window_back_by_its_own_length()
    {
        var view = Sample.Good(Sample.View("weekly: series(count(rides) over 2w lag 1w, 3)", "d: series(count(rides) over 1d, 2)", "t: weekly_1 - weekly_3"));
        Assert.Equal(["weekly_1", "weekly_2", "weekly_3", "d_1", "d_2", "t"], view.Columns.Select(column => column.Name));
        Assert.Equal(
            ["feature: count(rides over 14d lag 7d)", "feature: count(rides over 14d lag 21d)", "feature: count(rides over 14d lag 35d)", "feature: count(rides over 1d)", "feature: count(rides over 1d lag 1d)"],
            view.Columns.Take(5).Select(column => column.NormalForm));
    }

    [Fact]
    public void Columns_of_several_clash_as_others_do() => Assert.Equal(
        [
            "v.view.yaml:4:42: the column 'p_app' of 'p' clashes with 'p_app' in line 3: column names must differ, ignoring case",
            "v.view.yaml:5:49: the column 'WEEK' of 'q' clashes with the column 'week': column names must differ, ignoring case",
        ],
        Sample.Errors(Sample.View("p_app: 1", "p: count(rides) over 1w by payment in ('app')", "q: count(rides) over 1w by payment in ('x' as WEEK)")));

    [Fact]
    public void The_name_of_several_columns_is_no_column() => Assert.Equal(
        ["v.view.yaml:4:6: 'p' has several columns: expected one of p_app, p_cash"],
        Sample.Errors(Sample.View("p: count(rides) over 1w by payment in ('app', 'cash')", "q: p + 1")));

    [Fact]
    public void A_column_of_a_definition_that_cannot_be_read_is_not_called_unknown() => Assert.Equal(
        ["v.view.yaml:3:29: expected the name of a column behind by, found the end of the definition"],
        Sample.Errors(Sample.View("p: count(rides) over 1w by", "q: p_app + 1")));

    [Theory]
    [InlineData("month(week)", "month(week)")]
    [InlineData("week_of_year(week) + year(week)", "add(week_of_year(week), year(week))")]
    [InlineData("iso_year(week)", "iso_year(week)")]
    [InlineData("sqrt(count(rides) over 1w)", "sqrt(float64(count(rides over 7d)))")]
    [InlineData("clip(count(rides) over 1w, 0, 9.5)", "clip(float64(count(rides over 7d)), float64:0000000000000000, float64:4023000000000000)")]
    [InlineData("median(rides.fare) over 1w", "quantile(float64(rides.fare), float64:3fe0000000000000 over 7d)")]
    [InlineData("quantile(rides.km, 1) over 1w", "quantile(rides.km, float64:3ff0000000000000 over 7d)")]
    [InlineData("mode(rides.area) over 1w", "top(rides.area, int64:1 over 7d)")]
    [InlineData("nth_last(rides.area, 2 where shared) over all", "nth_last(rides.area, int64:2 where rides.shared over all)")]
    [InlineData("min_by(rides.area, km) over 1w", "min_by(case(when not(is_null(rides.km)) then rides.area), rides.km over 7d)")]
    [InlineData("decayed_sum(rides.fare, 2w) over 1w", "decayed_sum(float64(rides.fare), 14d over 7d)")]
    [InlineData("decayed_count(rides, 36h) over 1w", "coalesce(decayed_sum(rides: float64:3ff0000000000000, 2160min over 7d), float64:0000000000000000)")]
    [InlineData("share(rides where shared) over last 5 events", "avg(case(when rides.shared then int64:1 else int64:0) over last 5 events)")]
    [InlineData("active_days(rides) over 90d", "active_days(rides over 90d)")]
    [InlineData("longest_gap_days(rides.km) over 52w lag 1w", "longest_gap_days(rides.km over 364d lag 7d)")]
    public void Every_form_has_its_normal_form(string definition, string normalForm) =>
        Assert.Equal("feature: " + normalForm, Sample.Feature(definition).NormalForm);

    [Fact]
    public void Value_has_a_normal_form_without_a_window() =>
        Assert.Equal("feature: upper(value(users.city))", Sample.Feature("upper(value(users.city))", Sample.WithUsers).NormalForm);

    [Fact]
    public void A_population_is_a_condition_of_features()
    {
        var view = Sample.Good(Sample.View("a: count(rides) over 1w") + "population: a > 0 and count(app_opens) over 13w > 0\nnumbers: float32\n");
        Assert.Equal(ColumnType.Bool, view.Population!.OutputType);
        Assert.Equal(["a"], view.Columns.Select(column => column.Name));
        Assert.NotEqual(view.Version, Sample.Good(Sample.View("a: count(rides) over 1w") + "numbers: float32\n").Version);
    }

    [Theory]
    [InlineData("a", "4:13: the population takes a condition: expected bool, found int64")]
    [InlineData("count(coupons) over next 1w > 0", "4:33: next looks past the cutoff, which only a label may: expected a window before it, as over 13w")]
    [InlineData("l > 0", "4:13: 'l' is a label: a feature may use features only")]
    [InlineData("series(count(rides) over 1w, 2)", "4:13: the population is one condition: expected no columns of by or series")]
    public void A_population_that_is_no_condition_of_features_is_an_error(string population, string error) => Assert.Equal(
        ["v.view.yaml:" + error],
        Sample.Errors($"view: v\nfeatures:\n  a: count(rides) over 1w\npopulation: {population}\nlabels:\n  l: count(rides) over next 1w\n"));

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
    public void A_view_that_uses_the_whole_language_is_good() => Assert.Equal(
        23,
        Sample.Good("""
            view: v
            features:
              opens:      count(app_opens) over 13w
              fare:       sum(rides.fare * 1.0 / km where km > 0) over 13w
              p90_fare:   quantile(rides.fare, 0.9) over 26w
              last_five:  avg(rides.fare) over last 5 events
              city:       value(users.city)
              weekly:     series(count(app_opens) over 1w, 12)   # weekly_1 to weekly_12
              by_payment: count(rides) over 13w by payment in ('app', 'cash' as paid_cash)
              app:        by_payment_app / opens
              trend:      weekly_1 - weekly_2
              month:      month(week)
            labels:
              used_1w:    count(coupons where action = 'used') over next 1w > 0
            population:   count(app_opens) over 13w > 0
            """, Sample.WithUsers).Columns.Length);
}
