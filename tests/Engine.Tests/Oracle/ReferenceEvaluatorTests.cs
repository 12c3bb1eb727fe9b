using FeatureService.Core.Columns;
using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Reference;
using FeatureService.Testing;

namespace FeatureService.Engine.Tests.Oracle;

/// <summary>The reference itself, against values worked out by hand from EVALUATION.md.</summary>
public sealed class ReferenceEvaluatorTests
{
    private const long Hour = 3_600_000_000;
    private const long Day = 24 * Hour;

    // Week 0 starts on 1969-12-29; in UTC its cutoff is three days before 1970.
    private const long Week0 = -3 * Day;
    private const long Week = 7 * Day;

    [Fact]
    public void Five_whole_weeks_combine_as_a_block_of_four_and_a_block_of_one()
    {
        double[] x = [0.1, 1e16, -1e16, 0.3, 0.7];
        var rows = x.Select((value, week) => EventRow.Of(1, Week0 + (week * Week), value)).ToArray();
        Assert.Equal(((x[0] + x[1]) + (x[2] + x[3])) + x[4], Value("sum(a.x) over 5w", 5, rows));
        Assert.NotEqual((((x[0] + x[1]) + x[2]) + x[3]) + x[4], Value("sum(a.x) over 5w", 5, rows));
    }

    [Fact]
    public void Seven_whole_weeks_combine_from_the_newest_end()
    {
        double[] x = [0.1, 1e16, 0.5, -1e16, 0.3, 0.7, 1e15];
        var rows = x.Select((value, week) => EventRow.Of(1, Week0 + (week * Week), value)).ToArray();
        Assert.Equal(((x[0] + x[1]) + (x[2] + x[3])) + ((x[4] + x[5]) + x[6]), Value("sum(a.x) over 7w", 7, rows));
    }

    [Fact]
    public void Head_and_tail_stand_around_the_whole_weeks()
    {
        double[] x = [1e16, 0.1, 0.2, -1e16, 0.3];
        // Over 17 d lag 4 d from week 4: from Friday of week 0 to Thursday of week 3.
        var rows = x.Select((value, index) => EventRow.Of(1, Week0 + (4 * Day) + (index * 4 * Day), value)).ToArray();
        // Day 4 is the head, 8 and 12 are in week 1, 16 and 20 in week 2; the tail has no event.
        Assert.Equal(x[0] + ((x[1] + x[2]) + (x[3] + x[4])), Value("sum(a.x) over 20d lag 4d", 4, rows));
    }

    [Fact]
    public void All_folds_weeks_from_left_to_right()
    {
        double[] x = [0.1, 1e16, -1e16, 0.3, 0.7];
        var rows = x.Select((value, week) => EventRow.Of(1, Week0 + (week * Week), value)).ToArray();
        Assert.Equal((((x[0] + x[1]) + x[2]) + x[3]) + x[4], Value("sum(a.x) over all", 9, rows));
    }

    [Fact]
    public void A_window_is_closed_at_its_start_and_open_at_its_end()
    {
        var rows = new[] { -1, 0, 1, Week - 1, Week }.Select(time => EventRow.Of(1, Week0 + time, 1.0)).ToArray();
        Assert.Equal(3L, Value("count(a) over 1w", 1, rows));
    }

    [Fact]
    public void A_late_event_is_seen_by_labels_but_not_by_features_before_it_is_known()
    {
        var source = Catalogs.Source("a", ("known", ColumnType.Timestamp)) with { AvailableColumn = 1 };
        EventRow[] rows = [EventRow.Of(1, Week0, Week0 + Week), EventRow.Of(1, Week0, null), EventRow.Of(1, Week0 + 1, Week0)];
        Assert.Equal(1L, Value("count(a) over all", 1, source, rows));
        Assert.Equal(2L, Value("count(a) over all", 2, source, rows));
        Assert.Equal(1L, Value("count(a) over 1w lag 1min", 1, source, rows));
        Assert.Equal(3L, Value("count(a) over 2w", 1, source, rows, FeatureRole.Label, completeUntil: Week0 + Week));
    }

    [Fact]
    public void A_label_is_null_until_its_window_and_the_settling_are_in_the_data()
    {
        var source = Catalogs.Source("a") with { SettlesWithin = new Core.Calendar.Length(2, Core.Calendar.LengthUnit.Day) };
        EventRow[] rows = [EventRow.Of(1, Week0), EventRow.Of(1, Week0 + (9 * Day))];
        Assert.Equal(0L, Value("count(a) over next 6d", 0, source, [EventRow.Of(1, Week0 + (8 * Day))], FeatureRole.Label));
        Assert.Equal(1L, Value("count(a) over next 7d", 0, source, rows, FeatureRole.Label));
        Assert.Null(Value("count(a) over next 8d", 0, source, rows, FeatureRole.Label));
    }

    [Fact]
    public void The_exact_sum_decides_about_overflow()
    {
        var source = Catalogs.Source("a", ("x", ColumnType.Int64));
        EventRow[] rows = [EventRow.Of(1, Week0, long.MaxValue), EventRow.Of(1, Week0, 5L), EventRow.Of(1, Week0, -6L)];
        Assert.Equal(long.MaxValue - 1, Value("sum(a.x) over 1w", 1, source, rows));
        Assert.Equal(new Overflow("sum"), Value("sum(a.x) over 1w", 1, source, rows[..2]));
        Assert.Equal(new Overflow("+"), Value("max(a.x + 1) over 1w", 1, source, rows));
        Assert.Equal(6L, Value("max(a.x + 1 where x < 100) over 1w", 1, source, rows));
    }

    [Fact]
    public void Variance_follows_the_written_steps_and_merge()
    {
        double[] x = [0.1, 0.7, 1e8];
        var rows = x.Select((value, week) => EventRow.Of(1, Week0 + (week * Week), value)).ToArray();
        var m = 0.1 + ((0.7 - 0.1) * (1.0 / 2));
        var m2 = (0.0 + 0.0) + (((0.7 - 0.1) * (0.7 - 0.1)) * (1 * (1.0 / 2)));
        var d = 1e8 - m;
        m2 = (m2 + 0.0) + ((d * d) * (2 * (1.0 / 3)));
        Assert.Equal(m2 / 3, Value("var_pop(a.x) over 3w", 3, rows));
        Assert.Equal(Math.Sqrt(m2 / 2), Value("stddev_samp(a.x) over 3w", 3, rows));
        Assert.Null(Value("var_samp(a.x) over 1w", 3, rows));
        Assert.Equal(0.0, Value("var_pop(a.x) over 1w", 3, rows));
    }

    [Fact]
    public void Days_are_microseconds_in_one_division()
    {
        EventRow[] rows = [EventRow.Of(1, Week0 + Hour, null), EventRow.Of(1, Week0 + (3 * Hour) + 1, 2.0)];
        Assert.Equal((Week - Hour) / 86_400_000_000.0, Value("days_since_first(a) over 1w", 1, rows));
        Assert.Equal((Week - (3 * Hour) - 1) / 86_400_000_000.0, Value("days_since_first(a.x) over 1w", 1, rows));
    }

    private static object? Value(string definition, int week, EventRow[] rows) =>
        Value(definition, week, Catalogs.Source("a", ("x", ColumnType.Float64)), rows);

    private static object? Value(
        string definition,
        int week,
        EventSource source,
        EventRow[] rows,
        FeatureRole role = FeatureRole.Feature,
        long? completeUntil = null)
    {
        var catalog = Catalogs.Of("UTC", source);
        var text = role == FeatureRole.Feature
            ? $"view: v\nfeatures:\n  x: {definition}\n"
            : $"view: v\nfeatures:\n  y: count(a) over 1w\nlabels:\n  x: {definition}\n";
        var result = ViewCompiler.Compile(text, "v.view.yaml", catalog);
        Assert.Empty(result.Diagnostics);
        var snapshot = new MemorySnapshot(catalog, new Placement(1, 1), [rows], [completeUntil]);
        var column = result.View!.Columns.Single(column => column.Name == "x");
        return new ReferenceEvaluator(snapshot).Entity(EntityKey.Of(1)).Value(column, week);
    }
}
