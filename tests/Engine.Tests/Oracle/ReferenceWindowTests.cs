using FeatureService.Core.Calendar;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Reference;
using FeatureService.Testing;
using static FeatureService.Engine.Tests.Oracle.ReferenceCell;

namespace FeatureService.Engine.Tests.Oracle;

/// <summary>Windows, lag, availability and completeness in the reference evaluator, worked out by hand.</summary>
public sealed class ReferenceWindowTests
{
    [Fact]
    public void A_window_is_closed_at_its_start_and_open_at_its_end()
    {
        var rows = new[] { -1, 0, 1, Week - 1, Week }.Select(time => EventRow.Of(1, Week0 + time, 1.0, null, null)).ToArray();
        Assert.Equal(3L, Feature("count(a) over 1w", 1, rows));
        Assert.Equal(3L, Label("count(a) over next 1w", 0, rows));
        Assert.Equal(3L, Feature("count(a) over 168h lag 7d", 2, rows));
        Assert.Equal(4L, Feature("count(a) over all", 1, rows));
        Assert.Equal(1L, Feature("count(a) over all lag 7d", 1, rows));
    }

    [Fact]
    public void Lag_moves_a_window_back_and_ages_count_to_its_end()
    {
        EventRow[] rows = [At(1, 1), At(8, 2), At(15, 4), At(22, 8)];
        Assert.Equal([8.0, 4.0, 2.0, 1.0], new[] { 0, 7, 14, 21 }.Select(lag => Feature($"sum(a.x) over 1w{Lag(lag)}", 4, rows)));
        Assert.Equal([6.0, 6.0], new[] { 0, 14 }.Select(lag => Feature($"days_since_last(a) over 2w{Lag(lag)}", 4, rows)));
        Assert.Equal(0.5, Feature("decayed_sum(a.x, 6d) over 1w lag 3w", 4, rows));
        // The cutoff is day 28: the windows end at day 26.5.
        Assert.Equal(0.25, Feature("days_since_last(a) over 12h lag 36h", 4, At(22), At(26.25), At(26.75)));
        Assert.Equal(4.5, Feature("days_since_last(a) over all lag 36h", 4, At(22), At(26.75)));

        static string Lag(int days) => days == 0 ? "" : $" lag {days}d";
    }

    [Fact]
    public void Calendar_days_are_counted_before_exact_time()
    {
        // In London clocks went forward on Sunday, 2024-03-31 at 01:00; the cutoff is 2024-04-01T00:00+01:00 = 2024-03-31T23:00Z.
        var catalog = Catalogs.Of("Europe/London", Plain);
        var week = catalog.Calendar.WeekOfDay(WeekCalendar.DayNumber(new DateOnly(2024, 4, 1)));
        // over 1d lag 36h: from the start of 31 March, 00:00Z, and from that of 1 April, 36 hours back: 29 March 12:00Z to 30 March 11:00Z.
        var start = (19_811 * Day) + (12 * Hour);
        var rows = new[] { start - 1, start, start + (23 * Hour) - 1, start + (23 * Hour) }
            .Select(time => EventRow.Of(1, time, null, null, null)).ToArray();
        Assert.Equal(2L, Value("count(a) over 1d lag 36h", week, catalog, [rows]));
        Assert.Equal(1 / 86_400_000_000.0, Value("days_since_last(a) over 1d lag 36h", week, catalog, [rows]));
        // 24h is exact: from 29 March 11:00Z.
        Assert.Equal(3L, Value("count(a) over 24h lag 36h", week, catalog, [rows]));
    }

    [Fact]
    public void In_labels_lag_is_a_gap_behind_the_cutoff_for_next_and_looks_back_for_over()
    {
        EventRow[] rows = [At(6, 1), At(8, 2), At(15, 4), At(22, 8)];
        Assert.Equal(2.0, Label("sum(a.x) over next 1w", 1, rows));
        Assert.Equal(4.0, Label("sum(a.x) over next 1w lag 1w", 1, rows));
        Assert.Equal(8.0, Label("sum(a.x) over next 1w lag 2w", 1, rows));
        Assert.Equal(1.0, Label("sum(a.x) over 1w lag 1w", 2, rows));
        Assert.Equal(3.0, Label("sum(a.x) over all", 2, rows));
    }

    [Fact]
    public void Last_events_are_the_latest_for_which_where_holds()
    {
        EventRow[] rows = [At(0, 1), At(1, 2), At(20, 4), At(21, null), At(22, -8), At(29, 16)];
        Assert.Equal(4.0 - 8, Feature("sum(a.x) over last 3 events", 4, rows));
        Assert.Equal(2L, Feature("count(a.x) over last 3 events", 4, rows));
        Assert.Equal(3L, Feature("count(a) over last 3 events", 4, rows));
        Assert.Equal(2.0 + 4, Feature("sum(a.x where x > 0) over last 2 events", 4, rows));
        Assert.Null(Feature("sum(a.x where x is null) over last 2 events", 4, rows));
        Assert.Equal(5L, Feature("count(a) over last 99 events", 4, rows));
        Assert.Equal(7.0, Feature("days_since_first(a) over last 2 events", 4, rows));
        // The two before day 21, ages to the end there.
        Assert.Equal(20.0, Feature("days_since_first(a) over last 2 events lag 1w", 4, rows));
        Assert.Equal((2.0 / (1 << 20)) + (4.0 / 2), Feature("decayed_sum(a.x, 1d) over last 2 events lag 1w", 4, rows));
    }

    [Fact]
    public void Last_events_are_one_piece()
    {
        double[] x = [0.1, 1e16, -1e16, 0.3, 0.7];
        var rows = x.Select((value, week) => At(7 * week, value)).ToArray();
        Assert.Equal(((((0.0 + x[0]) + x[1]) + x[2]) + x[3]) + x[4], Feature("sum(a.x) over last 5 events", 5, rows));
        Assert.NotEqual(Feature("sum(a.x) over 5w", 5, rows), Feature("sum(a.x) over last 5 events", 5, rows));
        Assert.Equal(1L, Feature("min(a.y) over last 2 events", 4, At(3, null, 0), At(3, null, 1), At(3, null, 2)));
    }

    [Fact]
    public void Last_events_look_no_further_back_than_the_last_one_that_counts()
    {
        EventRow[] rows = [At(0, 1, long.MaxValue), At(1, 2, 1), At(2, 3, 1)];
        Assert.Equal(5.0, Feature("sum(a.x where y + 1 > 0) over last 2 events", 1, rows));
        Assert.Equal(new Overflow("+"), Feature("sum(a.x where y + 1 > 0) over last 3 events", 1, rows));
        Assert.Equal(new Overflow("+"), Feature("sum(a.x where y + 1 > 9) over last 1 events", 1, rows));
        Assert.Equal(4L, Feature("sum(a.y + 1) over last 2 events", 1, rows));
        Assert.Equal(new Overflow("+"), Feature("sum(a.y + 1) over last 3 events", 1, rows));
    }

    [Fact]
    public void A_late_event_is_seen_by_labels_but_not_by_features_before_it_is_known()
    {
        EventRow[] rows =
        [
            EventRow.Of(1, Week0, 1.0, Week0 + Week), EventRow.Of(1, Week0, 2.0, null), EventRow.Of(1, Week0 + 1, 4.0, Week0),
        ];
        Assert.Equal(1L, Value("count(a) over all", 1, Late, rows));
        Assert.Equal(2L, Value("count(a) over all", 2, Late, rows));
        Assert.Equal(1L, Value("count(a) over 1w lag 1min", 1, Late, rows));
        Assert.Equal(3L, Value("count(a) over 2w", 1, Late, rows, FeatureRole.Label, completeUntil: Week0 + Week));
        Assert.Equal(4.0, Value("sum(a.x) over last 2 events", 1, Late, rows));
        Assert.Equal(5.0, Value("sum(a.x) over last 2 events", 2, Late, rows));
    }

    [Fact]
    public void An_event_that_is_known_before_it_happens_is_known_when_it_happens()
    {
        EventRow[] rows = [EventRow.Of(1, Week0 + Week, 1.0, Week0)];
        Assert.Equal(0L, Value("count(a) over all", 1, Late, rows));
        Assert.Equal(1L, Value("count(a) over all", 2, Late, rows));
    }

    [Fact]
    public void A_lagged_window_sees_what_became_known_after_its_end()
    {
        EventRow[] rows = [EventRow.Of(1, Week0, 1.0, Week0 + (10 * Day))];
        Assert.Equal(0L, Value("count(a) over 1w", 1, Late, rows));
        Assert.Equal(1L, Value("count(a) over 1w lag 1w", 2, Late, rows));
        Assert.Equal(1.0, Value("sum(a.x) over last 1 events lag 1w", 2, Late, rows));
    }

    [Fact]
    public void A_label_is_null_until_its_window_and_the_settling_are_in_the_data()
    {
        var source = Catalogs.Source("a") with { SettlesWithin = new Length(2, LengthUnit.Day) };
        EventRow[] rows = [EventRow.Of(1, Week0), EventRow.Of(1, Week0 + (9 * Day))];
        Assert.Equal(0L, Value("count(a) over next 6d", 0, source, [EventRow.Of(1, Week0 + (8 * Day))], FeatureRole.Label));
        Assert.Equal(1L, Value("count(a) over next 7d", 0, source, rows, FeatureRole.Label));
        Assert.Null(Value("count(a) over next 8d", 0, source, rows, FeatureRole.Label));
    }

    [Fact]
    public void By_and_series_are_aggregates_with_a_condition_and_with_lags()
    {
        EventRow[] rows = [At(1, 1, null, "app"), At(8, 2, null, "cash"), At(9, 4), At(22, 8, null, "app"), At(23, 16, null, "cash")];
        var catalog = Catalogs.Of("UTC", Plain);
        var view = View(
            """
            features:
              total: sum(a.x where x > 1) over 4w by s in ('app', 'cash' as paid, 'none')
              part: share(a where x > 2) over all by s in ('cash', 'app')
              weekly: series(sum(a.x) over 1w lag 1w, 3)
            """,
            catalog);
        Assert.Equal(
            ["total_app", "paid", "total_none", "part_cash", "part_app", "weekly_1", "weekly_2", "weekly_3"],
            view.Columns.Select(column => column.Name));
        Assert.Equal(
            [8.0, 18.0, null, 0.5, 0.5, null, 6.0, 1.0],
            view.Columns.Select(column => (double?)Value(column, 4, catalog, [rows])));
    }

    [Fact]
    public void Functions_of_the_week_are_those_of_its_first_day()
    {
        // 2024-12-30 is the first day of 2025-W01.
        var week = Catalogs.Weeks("UTC").WeekOfDay(WeekCalendar.DayNumber(new DateOnly(2024, 12, 30)));
        Assert.Equal(
            [2024L, 12L, 2025L, 1L],
            new[] { "year", "month", "iso_year", "week_of_year" }.Select(function => Feature($"{function}(week)", week)));
    }
}
