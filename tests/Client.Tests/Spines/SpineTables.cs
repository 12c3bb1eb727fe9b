using System.Globalization;
using FeatureService.Client.Datasets;
using FeatureService.Client.FanOut;
using FeatureService.Client.Tests.Fake;
using FeatureService.Client.Transport;
using FeatureService.Core.Columns;
using FeatureService.Core.Tables;

namespace FeatureService.Client.Tests.Spines;

/// <summary>Spines in memory and the datasets that come of them.</summary>
internal static class SpineTables
{
    /// <summary>Rows of keys and weeks from 2024-01-01 on, with a note of each row's number.</summary>
    public static ColumnTable Of(params (long Key, int Week)[] rows) => new(
        "rows.test",
        ("note", Column.Of([.. rows.Select((_, i) => i % 4 == 3 ? null : string.Create(CultureInfo.InvariantCulture, $"row {i}"))])),
        ("user_id", Column.Of<long>(ColumnType.Int64, [.. rows.Select(row => row.Key)])),
        ("week", Column.Of<int>(ColumnType.Date, [.. rows.Select(row => Day(row.Week))])));

    /// <summary>First day of a week, counted from that of 2024-01-01.</summary>
    public static int Day(int week) => FakeGrid.FirstDay(new DateOnly(2024, 1, 1)) + (7 * week);

    /// <summary>A query for a spine.</summary>
    public static SpineQuery Query(ITable spine, int? rowsPerShard = null, string? timeColumn = null) => new()
    {
        View = ViewReference.OfText("view: fake"),
        Spine = spine,
        TimeColumn = timeColumn,
        RowsPerShard = rowsPerShard,
    };

    /// <summary>Builds a dataset of a query over services.</summary>
    public static async Task<DatasetReport> BuildAsync(
        FeatureQuery query, string path, ExistingOutput existing = ExistingOutput.Refuse, params FakeService[] services)
    {
        using var client = Clients.Of(o => o with { ShardsInFlightMax = 1 }, services);
        return await BuildAsync(client, query, path, existing);
    }

    /// <summary>A build that ends at the first failure of a service that its script has fail.</summary>
    public static async Task BreakOffAsync(FeatureQuery query, string path, FakeService service)
    {
        using var client = Clients.WithoutPatience(service);
        await Assert.ThrowsAsync<PartialBuildException>(() => BuildAsync(client, query, path, ExistingOutput.Refuse));
    }

    private static async Task<DatasetReport> BuildAsync(FeatureServiceClient client, FeatureQuery query, string path, ExistingOutput existing)
    {
        var options = new DatasetBuildOptions { Query = query, Path = path, Format = new CsvFormat(), Existing = existing };
        return await new DatasetBuilder(client).BuildAsync(options, cancellation: TestContext.Current.CancellationToken);
    }

    /// <summary>The rows that a dataset of <see cref="Of"/> must have, as CSV.</summary>
    public static IEnumerable<string> Lines((long Key, int Week)[] rows)
    {
        yield return "user_id,week,note,amount,total,city,row_status";
        for (var i = 0; i < rows.Length; i++)
        {
            var (key, week) = rows[i];
            var isNull = (key + week) % 5 == 0;
            var day = new DateOnly(2024, 1, 1).AddDays(7 * week);
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{key},{day:yyyy-MM-dd},{(i % 4 == 3 ? "" : $"row {i}")},{(isNull ? "" : (((key * 31) + week) / 7f).ToString("R", CultureInfo.InvariantCulture))},{(key * 1000) + week},{(isNull ? "" : $"city {key % 3}")},{(week == 0 ? "no_history" : "ok")}");
        }
    }
}
