using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;
using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Execution;
using FeatureService.Engine.Planning;
using FeatureService.Testing;

namespace FeatureService.Engine.Tests.Execution;

/// <summary>Decayed sums worked out by hand, of half lives that divide all ages: weights are powers of two, and exact.</summary>
public sealed class DecayedSumTests
{
    private static readonly int s_week = Catalogs.Weeks("UTC").WeekOfDay(WeekCalendar.DayNumber(new DateOnly(2024, 3, 4)));

    [Fact]
    public void All_ages_an_event_through_every_week_since_also_of_years_before_the_grid()
    {
        var rows = new[] { (s_week - 400, 8.0, 0), (s_week - 1, 4.0, 0) };
        Assert.Equal(
            [2 + Math.ScaleB(8, -400), 1 + Math.ScaleB(8, -401), 0.5],
            Values("decayed_sum(a.x, 1w) over all", "UTC", s_week, 3, rows));
        Assert.Equal([Math.ScaleB(8, -60), Math.ScaleB(8, -61)], Values("decayed_sum(a.x, 1w) over all", "UTC", s_week - 340, 2, rows));
    }

    [Fact]
    public void An_event_counts_from_the_cutoff_that_sees_it_and_as_old_as_it_is()
    {
        var rows = new[] { (s_week - 400, 8.0, 0), (s_week - 2, 4.0, 2) };
        Assert.Equal(
            [Math.ScaleB(8, -399), Math.ScaleB(8, -400), 0.5, 0.25],
            Values("decayed_sum(a.x, 1w) over all", "UTC", s_week - 1, 4, rows));
        Assert.Equal([null, null, 0.5, null], Values("decayed_sum(a.x, 1w) over 3w", "UTC", s_week - 1, 4, rows));
    }

    [Fact]
    public void A_tail_without_events_ages_the_weeks_before_it() =>
        Assert.Equal([4.0, 1.0, null], Values("decayed_sum(a.x, 84h) over 2w lag 84h", "UTC", s_week, 3, (s_week - 1, 8.0, 0)));

    [Fact]
    public void A_week_in_which_clocks_change_ages_by_its_own_hours()
    {
        // 167 hours in New York.
        var row = (s_week, Math.ScaleB(1, 167), 0);
        Assert.Equal([1.0, Math.ScaleB(1, -168)], Values("decayed_sum(a.x, 1h) over 2w", "America/New_York", s_week + 1, 2, row));
        Assert.Equal([1.0, Math.ScaleB(1, -168)], Values("decayed_sum(a.x, 1h) over all", "America/New_York", s_week + 1, 2, row));
    }

    [Fact]
    public void A_decayed_count_is_the_sum_of_what_is_left_of_one_and_0_of_nothing() =>
        Assert.Equal([0.0, 0.5, 0.75], Values("decayed_count(a, 1w) over 13w", "UTC", s_week, 3, (s_week, 8.0, 0), (s_week + 1, 8.0, 0)));

    [Fact]
    public void Windows_share_the_tiles_of_one_half_life_however_it_is_written()
    {
        var plan = Plan(
            "UTC", [], "decayed_sum(a.x, 1d) over 4w", "decayed_sum(a.x, 24h) over 8w", "decayed_sum(a.x, 2d) over 4w", "skewness(a.x) over 4w",
            "kurtosis(a.x) over 4w");
        Assert.Equal((3, 4), (plan.Program.Sources[0].Tiles.Length, plan.Program.Sources[0].TileWindows.Length));
    }

    /// <summary>The values of a feature in some weeks, of events at the starts of weeks that are known so many weeks later.</summary>
    private static double?[] Values(string feature, string zone, int first, int count, params (int Week, double Value, int Late)[] rows)
    {
        using var run = RowsRun.OfSlice(Plan(zone, rows, feature), new SliceId(0, 0), new WeekRange(first, count));
        run.RunTask(0, CancellationToken.None);
        using var block = Assert.Single(run.Complete());
        var values = block.Columns[0];
        return [.. Enumerable.Range(0, count).Select(row => values.IsValid(row) ? values.Values<double>()[row] : (double?)null)];
    }

    private static Plan Plan(string zone, (int Week, double Value, int Late)[] rows, params string[] features)
    {
        var source = Catalogs.Source("a", ("x", ColumnType.Float64), ("known", ColumnType.Timestamp)) with { AvailableColumn = 2 };
        var catalog = Catalogs.Of(zone, source);
        var weeks = catalog.Calendar;
        var events = rows.Select(row => EventRow.Of(17, weeks.Cutoff(row.Week), row.Value, weeks.Cutoff(row.Week + row.Late)));
        var snapshot = new MemorySnapshot(catalog, new Placement(1, 1), [[.. events]]);
        var lines = string.Concat(features.Index().Select(feature => $"  f{feature.Index}: {feature.Item}\n"));
        var view = ViewCompiler.Compile($"view: v\nfeatures:\n{lines}", "v.view.yaml", catalog).View!;
        return Engine.Planning.Plan.Create(snapshot, view, view.Columns);
    }
}
