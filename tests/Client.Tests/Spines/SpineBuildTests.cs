using CsCheck;
using FeatureService.Client.Datasets;
using FeatureService.Client.FanOut;
using FeatureService.Client.Tests.Fake;
using FeatureService.Client.Transport;
using FeatureService.Core.Columns;
using FeatureService.Core.Tables;
using FeatureService.Testing;
using Grpc.Core;
using static FeatureService.Client.Tests.Spines.SpineTables;

namespace FeatureService.Client.Tests.Spines;

public sealed class SpineBuildTests
{
    private static readonly (long Key, int Week)[] _rows =
        [(7, 2), (3, 0), (7, 2), (399, 11), (7, 1), (100_000, 5), (3, 0), (-4, 3), (12, 40), (5, 5)];

    [Fact]
    public async Task A_spine_gives_its_rows_in_their_order_with_duplicates_and_own_columns()
    {
        await using var service = await FakeService.StartAsync();
        using var folder = new TempFolder();
        var report = await BuildAsync(Query(Of(_rows)), folder["set.csv"], services: service);
        Assert.Equal(Lines(_rows), File.ReadLines(folder["set.csv"]));
        var manifest = report.Manifest;
        Assert.Equal(10, manifest.Rows);
        Assert.Equal(["entity", "week", "spine", "feature", "feature", "label", "row_status"], manifest.Columns.Select(c => c.Role));
        Assert.Equal(new ManifestWeeks("2024-01-01", "2024-10-07", 7), manifest.Weeks);
        Assert.Equal("spine", manifest.Entities);
        Assert.Equal(10, manifest.Spine!.Rows);
        Assert.All(service.Lists, list => Assert.True(list.PartOfDataset));
    }

    [Fact]
    public async Task Any_rows_in_any_cut_are_those_of_the_grid()
    {
        await using var one = await FakeService.StartAsync();
        await using var two = await FakeService.StartAsync(script: _ => new StreamScript { AnswerRowsMax = 17 });
        using var folder = new TempFolder();
        var gen = Gen.Select(Gen.Select(Gen.Long[-50, 400], Gen.Int[0, 200]).Array[1, 300], Gen.Int[1, 100], Gen.Bool);
        await gen.SampleAsync(
            async (rows, rowsPerShard, small) =>
            {
                var report = await BuildAsync(
                    Query(Of(rows), rowsPerShard), folder["set.csv"], ExistingOutput.Overwrite, small ? [two] : [one, two]);
                Assert.Equal(Lines(rows), File.ReadLines(folder["set.csv"]));
                Assert.Equal((rows.Length + rowsPerShard - 1) / rowsPerShard, report.Manifest.Shards);
            },
            iter: 40,
            threads: 1);
    }

    [Fact]
    public async Task A_folder_has_a_part_for_each_run_of_rows()
    {
        await using var service = await FakeService.StartAsync();
        using var folder = new TempFolder();
        var report = await BuildAsync(Query(Of(_rows), rowsPerShard: 4), folder["set"], services: service);
        Assert.Equal([4L, 4L, 2L], report.Manifest.Files.Select(f => f.Rows));
        var lines = report.Manifest.Files.SelectMany((f, i) => File.ReadLines(folder[$"set/{f.Name}"]).Skip(i == 0 ? 0 : 1));
        Assert.Equal(Lines(_rows), lines);
    }

    [Fact]
    public async Task A_spine_without_rows_is_a_dataset_without_rows()
    {
        await using var service = await FakeService.StartAsync();
        using var folder = new TempFolder();
        var report = await BuildAsync(Query(Of()), folder["set.csv"], services: service);
        Assert.Equal(0, report.Manifest.Rows);
        Assert.Null(report.Manifest.Weeks);
        Assert.Equal(Lines([]), File.ReadLines(folder["set.csv"]));
        Assert.Null(DatasetManifest.Read(folder["set.csv.manifest.json"]).Weeks);
    }

    [Fact]
    public async Task The_content_hash_does_not_depend_on_services_or_failures()
    {
        await using var plain = await FakeService.StartAsync();
        await using var failing = await FakeService.StartAsync(script: n => new StreamScript
        {
            SliceCountMax = n % 2 == 0 ? 0 : 1,
            Failure = new Status(n % 4 == 0 ? StatusCode.Unavailable : StatusCode.ResourceExhausted, "gone"),
        });
        using var folder = new TempFolder();
        var a = await BuildAsync(Query(Of(_rows), 4), folder["a"], services: plain);
        var b = await BuildAsync(Query(Of(_rows), 4), folder["b"], services: failing);
        Assert.Equal(a.Manifest.ContentHash, b.Manifest.ContentHash);
        Assert.True(failing.StreamCount > 3, $"{failing.StreamCount} lists");
    }

    [Fact]
    public async Task An_entitys_rows_are_asked_for_together()
    {
        await using var service = await FakeService.StartAsync();
        using var folder = new TempFolder();
        (long, int)[] rows = [.. Enumerable.Range(0, 600).Select(i => ((long)(i * 7 % 30), i % 50))];
        await BuildAsync(Query(Of(rows)), folder["set.csv"], services: service);
        var keys = Assert.Single(service.Lists).List.Keys.Int64Keys.ToArray();
        Assert.Equal(30, 1 + keys.Zip(keys.Skip(1)).Count(pair => pair.First != pair.Second));
    }

    [Fact]
    public async Task An_answer_that_is_too_large_is_asked_for_in_halves()
    {
        await using var service = await FakeService.StartAsync(script: _ => new StreamScript { AnswerRowsMax = 3 });
        using var folder = new TempFolder();
        await BuildAsync(Query(Of(_rows)), folder["set.csv"], services: service);
        Assert.Equal(Lines(_rows), File.ReadLines(folder["set.csv"]));
        Assert.Equal([10, 5, 2, 3, 5, 2, 3], service.Lists.Select(list => list.List.Weeks.Count));
    }

    [Fact]
    public async Task One_row_that_is_too_large_fails()
    {
        await using var service = await FakeService.StartAsync(script: _ => new StreamScript { AnswerRowsMax = 0 });
        using var folder = new TempFolder();
        var refused = await Assert.ThrowsAsync<FeatureServiceException>(() => BuildAsync(Query(Of(_rows)), folder["set.csv"], services: service));
        Assert.Equal("too large", refused.Message);
    }

    [Fact]
    public async Task A_build_that_lost_the_service_is_resumed_with_only_what_is_missing()
    {
        await using var service = await FakeService.StartAsync(script: n => new StreamScript { SliceCountMax = n < 2 ? 1 : 0 });
        using var folder = new TempFolder();
        await BreakOffAsync(Query(Of(_rows), 2), folder["set"], service);
        var asked = service.StreamCount;
        service.Script = _ => new StreamScript();
        var resumed = await BuildAsync(Query(Of(_rows), 2), folder["set"], ExistingOutput.Resume, service);
        Assert.Equal(2, resumed.PartsResumed);
        Assert.Equal(3, service.StreamCount - asked);
        var whole = await BuildAsync(Query(Of(_rows), 2), folder["whole"], services: service);
        Assert.Equal(whole.Manifest.ContentHash, resumed.Manifest.ContentHash);
    }

    [Fact]
    public async Task A_resumed_build_refuses_a_spine_that_has_changed_and_says_so()
    {
        await using var service = await FakeService.StartAsync(script: n => new StreamScript { SliceCountMax = n < 2 ? 1 : 0 });
        using var folder = new TempFolder();
        await BreakOffAsync(Query(Of(_rows), 2), folder["set"], service);
        service.Script = _ => new StreamScript();
        (long, int)[] changed = [.. _rows[..^1], (5, 6)];
        var refused = await Assert.ThrowsAsync<DatasetException>(() => BuildAsync(Query(Of(changed), 2), folder["set"], ExistingOutput.Resume, service));
        Assert.Contains("spine: 10 rows, content hash ", refused.Message, StringComparison.Ordinal);
        var grid = await Assert.ThrowsAsync<DatasetException>(() => BuildAsync(Clients.Query, folder["set"], ExistingOutput.Resume, service));
        Assert.Contains("now", grid.Message.Split('\n').Single(line => line.StartsWith("spine: 10 rows", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_spine_that_changes_while_it_is_read_ends_the_build()
    {
        await using var service = await FakeService.StartAsync();
        using var folder = new TempFolder();
        var fewer = new ChangingTable(Of(_rows), Of(_rows[..^1]));
        var error = await Assert.ThrowsAsync<Datasets.Spines.SpineException>(() => BuildAsync(Query(fewer, 3), folder["set"], services: service));
        Assert.Equal("rows.test has changed while it was read: expected the same rows twice", error.Message);
        var more = new ChangingTable(Of(_rows), Of([.. _rows, (1, 1)]));
        await Assert.ThrowsAsync<Datasets.Spines.SpineException>(() => BuildAsync(Query(more, 3), folder["other"], services: service));
        Assert.False(File.Exists(folder["set/_manifest.json"]) || File.Exists(folder["other/_manifest.json"]));
    }

    [Fact]
    public async Task Cells_without_a_value_are_listed_in_the_order_of_the_spine()
    {
        await using var service = await FakeService.StartAsync(new FakeGrid { HasOverflowed = (key, _) => key is 7 or 3 });
        using var folder = new TempFolder();
        var error = await Assert.ThrowsAsync<CellErrorsException>(() => BuildAsync(Query(Of(_rows), 6), folder["set"], services: service));
        Assert.Equal(5ul, error.Count);
        Assert.Equal(
            ["7 2024-01-15", "3 2024-01-01", "7 2024-01-15", "7 2024-01-08", "3 2024-01-01"],
            error.Errors.Select(e => $"{e.Entity} {e.Week}"));
        Assert.False(File.Exists(folder["set/_manifest.json"]));
    }

    [Fact]
    public async Task The_first_hundred_of_many_cells_without_a_value_are_those_of_the_spine()
    {
        await using var service = await FakeService.StartAsync(new FakeGrid { HasOverflowed = (key, _) => key % 2 == 0 });
        using var folder = new TempFolder();
        (long Key, int Week)[] rows = [.. Enumerable.Range(0, 1000).Select(i => ((long)(i * 37 % 400), i % 9))];
        var error = await Assert.ThrowsAsync<CellErrorsException>(() => BuildAsync(Query(Of(rows)), folder["set"], services: service));
        Assert.Equal(500ul, error.Count);
        Assert.Equal(
            rows.Where(row => row.Key % 2 == 0).Take(100).Select(row => $"{row.Key} {WeekText(row.Week)}"),
            error.Errors.Select(e => $"{e.Entity} {e.Week}"));
    }

    [Fact]
    public async Task An_answer_of_other_rows_is_not_taken()
    {
        await using var service = await FakeService.StartAsync();
        using var folder = new TempFolder();
        using var client = Clients.Of(service);
        service.Grid = new FakeGrid { SnapshotId = "snapshot-1" };
        var table = new ColumnTable(
            "float.test",
            ("user_id", Column.Of<long>(ColumnType.Int64, [1])),
            ("week", Column.Of<int>(ColumnType.Date, [Day(0)])));
        var target = await ViewOnSnapshot.CreateAsync(client, Query(table), TestContext.Current.CancellationToken);
        service.Grid = new FakeGrid { SnapshotId = "snapshot-2" };
        using var run = new FanOutRun(client.Options);
        var list = new ListedRows(new Core.Keys.EntityKeys(new long[] { 1 }), new[] { Day(0) });
        var error = await Assert.ThrowsAsync<FeatureServiceException>(
            () => new ListFetcher(client, target, run).FetchAsync(list, TestContext.Current.CancellationToken));
        Assert.Equal(StatusCode.DataLoss, error.Status);
        Assert.Contains("asked was snapshot-1", error.Message, StringComparison.Ordinal);
    }

    private static string WeekText(int week) =>
        new DateOnly(2024, 1, 1).AddDays(7 * week).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>A table that has other rows when it is read for the second time.</summary>
    private sealed class ChangingTable(ITable first, ITable then) : ITable
    {
        private int _reads;

        public string Name => first.Name;

        public IReadOnlyList<TableColumn> Columns => first.Columns;

        public IEnumerable<TableBatch> Read(TableReading reading, CancellationToken cancellation) =>
            (_reads++ == 0 ? first : then).Read(reading, cancellation);
    }
}
