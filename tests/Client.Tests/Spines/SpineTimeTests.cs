using FeatureService.Client.Datasets;
using FeatureService.Client.Datasets.Spines;
using FeatureService.Client.Tests.Fake;
using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;
using FeatureService.Core.Tables;
using FeatureService.Testing;
using static FeatureService.Client.Tests.Spines.SpineTables;

namespace FeatureService.Client.Tests.Spines;

public sealed class SpineTimeTests
{
    /// <summary>New York moved its clocks forward on Sunday 2024-03-10 and back on 2024-11-03.</summary>
    private static readonly ZoneRules _newYork = ZoneRules.FromTzdb("America/New_York")!;

    [Theory]
    [InlineData("2024-03-11T03:59:59.999999Z", "2024-03-04")]
    [InlineData("2024-03-11T04:00:00Z", "2024-03-11")]
    [InlineData("2024-11-04T04:59:59Z", "2024-10-28")]
    [InlineData("2024-11-04T05:00:00Z", "2024-11-04")]
    [InlineData("1969-12-31T23:00:00Z", "1969-12-29")]
    public async Task An_instant_stands_for_the_week_in_which_it_lies_in_the_catalogs_zone(string instant, string week)
    {
        Assert.True(TimeText.TryParseTimestamp(instant, ZoneRules.Utc, out var utc));
        var (lines, _) = await BuildAsync(_newYork, ("at", Column.Of<long>(ColumnType.Timestamp, [utc])));
        Assert.StartsWith($"1,{week},{instant.Replace("Z", "Z,", StringComparison.Ordinal)}", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dates_and_texts_are_instants_too()
    {
        var (dates, _) = await BuildAsync(_newYork, ("at", Column.Of<int>(ColumnType.Date, [Day(9) + 6, Day(10)])));
        Assert.Equal(["1,2024-03-04,2024-03-10", "2,2024-03-11,2024-03-11"], dates.Skip(1).Select(l => string.Join(',', l.Split(',')[..3])));
        var (texts, _) = await BuildAsync(_newYork, ("at", Column.Of(["2024-03-10 23:59", "2024-03-11T04:00:00Z"])));
        Assert.Equal(["1,2024-03-04,2024-03-10 23:59", "2,2024-03-11,2024-03-11T04:00:00Z"], texts.Skip(1).Select(l => string.Join(',', l.Split(',')[..3])));
    }

    [Fact]
    public async Task The_distances_from_the_cutoffs_are_told()
    {
        long[] seconds = [5, 86_400, 3600, 604_799, 60];
        var cutoff = Day(3) * Instants.MicrosPerDay;
        long[] instants = [.. seconds.Select(s => cutoff + (s * Instants.MicrosPerSecond) + 250)];
        var (_, manifest) = await BuildAsync(ZoneRules.Utc, ("at", Column.Of<long>(ColumnType.Timestamp, instants)));
        Assert.Equal(new ManifestDistances(5_000_250, 3_600_000_000, 604_799_000_250), manifest.Spine!.Distances);
        Assert.Equal("at", manifest.Spine.TimeColumn);
        Assert.Equal(new ManifestWeeks("2024-01-22", "2024-01-22", 1), manifest.Weeks);
    }

    [Fact]
    public async Task A_week_in_which_the_clocks_go_back_is_an_hour_longer()
    {
        Assert.True(TimeText.TryParseTimestamp("2024-11-04T04:59:59Z", ZoneRules.Utc, out var utc));
        var (_, manifest) = await BuildAsync(_newYork, ("at", Column.Of<long>(ColumnType.Timestamp, [utc])));
        Assert.Equal(((169 * 3600L) - 1) * Instants.MicrosPerSecond, manifest.Spine!.Distances!.MaxMicros);
    }

    [Theory]
    [InlineData("soon", "rows.test:1: at is 'soon': expected a timestamp or a date")]
    [InlineData(null, "rows.test:1: at is null: expected an instant")]
    [InlineData("1899-12-31", "rows.test:1: at lies outside the weeks, which reach from 1900-01-01 to 2199-12-30")]
    [InlineData("2200-01-06", "rows.test:1: at lies outside the weeks, which reach from 1900-01-01 to 2199-12-30")]
    public async Task An_instant_that_lies_in_no_week_is_told(string? at, string message)
    {
        var error = await Assert.ThrowsAsync<SpineException>(() => BuildAsync(ZoneRules.Utc, ("at", Column.Of([at]))));
        Assert.Equal(message, error.Message);
    }

    [Fact]
    public async Task A_column_of_instants_must_be_there_and_hold_instants()
    {
        var missing = await Assert.ThrowsAsync<SpineException>(() => BuildAsync(ZoneRules.Utc, ("att", Column.Of(["x"]))));
        Assert.Equal("rows.test: there is no column 'at', that of the instants: did you mean 'att'?", missing.Message);
        var numbers = await Assert.ThrowsAsync<SpineException>(() => BuildAsync(ZoneRules.Utc, ("at", Column.Of<long>(ColumnType.Int64, [5]))));
        Assert.StartsWith("rows.test: column 'at' has type int64: expected instants", numbers.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_week_column_beside_the_instants_clashes()
    {
        var error = await Assert.ThrowsAsync<SpineException>(() => BuildAsync(ZoneRules.Utc, ("at", Column.Of(["2024-01-01"])), ("week", Column.Of(["x"]))));
        Assert.StartsWith("rows.test: the column 'week' and the dataset's own 'week' have one name", error.Message, StringComparison.Ordinal);
    }

    private static async Task<(string[] Lines, DatasetManifest Manifest)> BuildAsync(ZoneRules zone, params (string Name, Column Values)[] columns)
    {
        await using var service = await FakeService.StartAsync(new FakeGrid { Zone = zone });
        using var folder = new TempFolder();
        var keys = Column.Of<long>(ColumnType.Int64, [.. Enumerable.Range(1, columns[0].Values.Length).Select(i => (long)i)]);
        var table = new ColumnTable("rows.test", [("user_id", keys), .. columns]);
        var report = await SpineTables.BuildAsync(Query(table, timeColumn: "at"), folder["set.csv"], services: service);
        return (File.ReadAllLines(folder["set.csv"]), report.Manifest);
    }
}
