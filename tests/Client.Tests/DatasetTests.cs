using FeatureService.Client.Datasets;
using FeatureService.Client.FanOut;
using FeatureService.Client.Tests.Fake;
using FeatureService.Client.Transport;
using FeatureService.Parquet;
using FeatureService.Sinks.Parquet;
using FeatureService.Testing;
using Grpc.Core;

namespace FeatureService.Client.Tests;

public sealed class DatasetTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_folder_holds_one_part_for_each_shard_and_a_manifest()
    {
        await using var service = await FakeService.StartAsync();
        using var folder = new TempFolder();
        var report = await BuildAsync(service, folder["set"], new CsvFormat());
        Assert.Equal(
            ["_manifest.json", "_progress.jsonl", "part-00000.csv", "part-00001.csv", "part-00002.csv", "part-00003.csv"],
            Names(folder["set"]));
        var manifest = DatasetManifest.Read(folder["set/_manifest.json"]);
        Assert.Equal(1200, manifest.Rows);
        Assert.Equal(800, manifest.RowsByStatus["ok"]);
        Assert.Equal(400, manifest.RowsByStatus["no_history"]);
        Assert.Equal(report.Manifest.ContentHash, manifest.ContentHash);
        Assert.Equal("2024-01-01..2024-01-15", manifest.Weeks?.ToString());
        Assert.Equal(["user_id", "week", "amount", "total", "city", "row_status"], manifest.Columns.Select(c => c.Name));
        Assert.Equal("fp-amount", manifest.Columns[2].Fingerprint);
        Assert.All(manifest.Files, f => Assert.Equal(new FileInfo(folder[$"set/{f.Name}"]).Length, f.Bytes));
    }

    [Fact]
    public async Task A_single_file_has_the_rows_of_the_parts_in_order()
    {
        await using var service = await FakeService.StartAsync();
        using var folder = new TempFolder();
        var parts = await BuildAsync(service, folder["set"], new CsvFormat());
        var file = await BuildAsync(service, folder["set.csv"], new CsvFormat());
        var lines = parts.Manifest.Files.SelectMany((f, i) => File.ReadLines(folder[$"set/{f.Name}"]).Skip(i == 0 ? 0 : 1));
        Assert.Equal(lines, File.ReadLines(folder["set.csv"]));
        Assert.Equal(parts.Manifest.ContentHash, file.Manifest.ContentHash);
        Assert.Equal(["set", "set.csv", "set.csv.manifest.json"], Names(folder.Path));
    }

    [Fact]
    public async Task The_content_hash_is_of_the_values_alone()
    {
        await using var plain = await FakeService.StartAsync();
        await using var broken = await FakeService.StartAsync(script: n => new StreamScript
        {
            RowsPerMessage = 7 + n,
            SliceCountMax = n % 3 == 0 ? 1 : 4,
            MessageCountMore = n,
            Failure = new Status(StatusCode.Unavailable, "gone"),
        });
        using var folder = new TempFolder();
        var csv = await BuildAsync(plain, folder["csv"], new CsvFormat());
        var parquet = await BuildAsync(broken, folder["parquet"], new ParquetFormat());
        var single = await BuildAsync(broken, folder["set.parquet"], new ParquetFormat(ParquetCompression.None));
        Assert.Equal(csv.Manifest.ContentHash, parquet.Manifest.ContentHash);
        Assert.Equal(csv.Manifest.ContentHash, single.Manifest.ContentHash);
    }

    [Fact]
    public async Task Another_value_gives_another_content_hash()
    {
        await using var service = await FakeService.StartAsync();
        using var folder = new TempFolder();
        var all = await BuildAsync(service, folder["all"], new CsvFormat());
        service.Grid = new FakeGrid(entities: 399);
        var fewer = await BuildAsync(service, folder["fewer"], new CsvFormat());
        Assert.NotEqual(all.Manifest.ContentHash, fewer.Manifest.ContentHash);
    }

    [Fact]
    public async Task What_exists_is_kept_unless_something_is_said_about_it()
    {
        await using var service = await FakeService.StartAsync();
        using var folder = new TempFolder();
        await BuildAsync(service, folder["set"], new CsvFormat());
        var before = File.ReadAllBytes(folder["set/_manifest.json"]);
        var error = await Assert.ThrowsAsync<DatasetException>(() => BuildAsync(service, folder["set"], new CsvFormat()));
        Assert.Contains("--overwrite", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(folder["set/_manifest.json"]));
        service.Grid = new FakeGrid(entities: 100);
        var report = await BuildAsync(service, folder["set"], new CsvFormat(), ExistingOutput.Overwrite);
        Assert.Equal(300, report.Manifest.Rows);
    }

    [Fact]
    public async Task A_folder_with_files_of_others_is_not_touched()
    {
        await using var service = await FakeService.StartAsync();
        using var folder = new TempFolder();
        folder.Write("set/notes.txt", "mine");
        var error = await Assert.ThrowsAsync<DatasetException>(() => BuildAsync(service, folder["set"], new CsvFormat(), ExistingOutput.Overwrite));
        Assert.Contains("notes.txt", error.Message, StringComparison.Ordinal);
        Assert.Equal(["notes.txt"], Names(folder["set"]));
    }

    [Theory]
    [InlineData(ExistingOutput.Refuse)]
    [InlineData(ExistingOutput.Overwrite)]
    public async Task A_folder_where_a_file_is_to_be_is_refused_before_anything_is_computed(ExistingOutput existing)
    {
        await using var service = await FakeService.StartAsync();
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder["set.csv"]);
        var error = await Assert.ThrowsAsync<DatasetException>(() => BuildAsync(service, folder["set.csv"], new CsvFormat(), existing));
        Assert.Contains("is a folder", error.Message, StringComparison.Ordinal);
        Assert.Equal(["set.csv"], Names(folder.Path));
    }

    [Fact]
    public async Task A_build_that_lost_the_service_is_resumed_with_only_what_is_missing()
    {
        await using var service = await FakeService.StartAsync(script: FailFrom(2));
        using var folder = new TempFolder();
        await Assert.ThrowsAsync<PartialBuildException>(() => BuildAsync(service, folder["set"], new ParquetFormat()));
        var finished = Names(folder["set"]).Count(n => n.StartsWith("part-", StringComparison.Ordinal));
        Assert.Equal(2, finished);
        Assert.DoesNotContain("_manifest.json", Names(folder["set"]));
        Assert.DoesNotContain(Names(folder["set"]), n => n.EndsWith(".tmp", StringComparison.Ordinal));

        var streams = service.StreamCount;
        service.Script = _ => new StreamScript();
        var resumed = await BuildAsync(service, folder["set"], new ParquetFormat(), ExistingOutput.Resume);
        Assert.Equal(2, resumed.PartsResumed);
        Assert.Equal(2, service.StreamCount - streams);
        var whole = await BuildAsync(service, folder["whole"], new ParquetFormat());
        Assert.Equal(whole.Manifest.ContentHash, resumed.Manifest.ContentHash);
    }

    [Theory]
    [InlineData("parquet", false)]
    [InlineData("csv", false)]
    [InlineData("parquet", true)]
    public async Task A_shard_that_was_broken_off_goes_on_behind_its_last_slice(string name, bool isDamaged)
    {
        IDatasetFormat format = name == "csv" ? new CsvFormat() : new ParquetFormat();
        await using var service = await FakeService.StartAsync(script: n => n == 0
            ? new StreamScript { SliceCountMax = 2, MessageCountMore = 1, Failure = new Status(StatusCode.Unavailable, "gone") }
            : new StreamScript { SliceCountMax = 0, Failure = new Status(StatusCode.Unavailable, "gone") });
        using var folder = new TempFolder();
        await Assert.ThrowsAsync<PartialBuildException>(() => BuildAsync(service, folder["set"], format, checkpointInterval: TimeSpan.Zero));
        var ending = format.Extension;
        Assert.Equal([$"_piece-00000-0000{ending}", $"_piece-00000-0001{ending}", "_progress.jsonl"], Names(folder["set"]));
        if (isDamaged)
        {
            File.AppendAllText(folder[$"set/_piece-00000-0001{ending}"], "x");
        }

        service.Script = _ => new StreamScript();
        service.Cursors.Clear();
        var resumed = await BuildAsync(service, folder["set"], format, ExistingOutput.Resume);
        Assert.Equal((0, 1), (resumed.PartsResumed, resumed.PartsContinued));
        Assert.Equal([isDamaged ? "1" : "2", "", "", ""], service.Cursors);
        var whole = await BuildAsync(service, folder["whole"], format);
        Assert.Equal(whole.Manifest.ContentHash, resumed.Manifest.ContentHash);
        Assert.Equal(whole.Manifest.RowsByStatus, resumed.Manifest.RowsByStatus);
        Assert.Equal(whole.Manifest.Files, resumed.Manifest.Files);
        Assert.Equal(Names(folder["whole"]), Names(folder["set"]));
    }

    [Fact]
    public async Task A_part_of_many_pieces_is_the_part_that_is_made_in_one_go()
    {
        await using var service = await FakeService.StartAsync(new FakeGrid { ErrorsPerSlice = 3 });
        using var folder = new TempFolder();
        var pieces = await Assert.ThrowsAsync<CellErrorsException>(() => BuildAsync(service, folder["a"], new ParquetFormat(), checkpointInterval: TimeSpan.Zero));
        var whole = await Assert.ThrowsAsync<CellErrorsException>(() => BuildAsync(service, folder["b"], new ParquetFormat()));
        Assert.Equal(whole.Errors, pieces.Errors);
        Assert.Equal(whole.Count, pieces.Count);
        Assert.Equal(Names(folder["b"]), Names(folder["a"]));
        Assert.All(Names(folder["a"]).Where(n => n.StartsWith("part-", StringComparison.Ordinal)), n =>
            Assert.Equal(File.ReadAllBytes(folder[$"b/{n}"]), File.ReadAllBytes(folder[$"a/{n}"])));
    }

    [Fact]
    public async Task A_single_file_is_resumed_from_its_parts()
    {
        await using var service = await FakeService.StartAsync(script: FailFrom(3));
        using var folder = new TempFolder();
        await Assert.ThrowsAsync<PartialBuildException>(() => BuildAsync(service, folder["set.csv"], new CsvFormat()));
        Assert.False(File.Exists(folder["set.csv"]));
        service.Script = _ => new StreamScript();
        var resumed = await BuildAsync(service, folder["set.csv"], new CsvFormat(), ExistingOutput.Resume);
        Assert.Equal(3, resumed.PartsResumed);
        var again = await BuildAsync(service, folder["set.csv"], new CsvFormat(), ExistingOutput.Resume);
        Assert.Equal(4, again.PartsResumed);
        Assert.Equal(["set.csv", "set.csv.manifest.json"], Names(folder.Path));
    }

    [Fact]
    public async Task A_damaged_part_is_done_again()
    {
        await using var service = await FakeService.StartAsync();
        using var folder = new TempFolder();
        var first = await BuildAsync(service, folder["set"], new CsvFormat());
        var part = folder["set/part-00002.csv"];
        var bytes = File.ReadAllBytes(part);
        bytes[^3] ^= 1;
        File.WriteAllBytes(part, bytes);
        File.Delete(folder["set/part-00001.csv"]);
        var resumed = await BuildAsync(service, folder["set"], new CsvFormat(), ExistingOutput.Resume);
        Assert.Equal(2, resumed.PartsResumed);
        Assert.Equal(first.Manifest.ContentHash, resumed.Manifest.ContentHash);
        Assert.Equal(first.Manifest.Files, resumed.Manifest.Files);
    }

    [Fact]
    public async Task A_resumed_build_stays_on_the_first_runs_snapshot()
    {
        await using var service = await FakeService.StartAsync(script: FailFrom(1));
        using var folder = new TempFolder();
        await Assert.ThrowsAsync<PartialBuildException>(() => BuildAsync(service, folder["set"], new CsvFormat()));
        service.Grid = new FakeGrid { SnapshotId = "snapshot-2" };
        var error = await Assert.ThrowsAsync<FeatureServiceException>(() => BuildAsync(service, folder["set"], new CsvFormat(), ExistingOutput.Resume));
        Assert.Contains("snapshot-1 is not loaded", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_resumed_build_must_be_the_same_and_says_what_differs()
    {
        await using var service = await FakeService.StartAsync(script: FailFrom(1));
        using var folder = new TempFolder();
        await Assert.ThrowsAsync<PartialBuildException>(() => BuildAsync(service, folder["set"], new CsvFormat()));
        service.Grid = new FakeGrid { ViewVersion = "view-2" };
        var view = await Assert.ThrowsAsync<DatasetException>(() => BuildAsync(service, folder["set"], new CsvFormat(), ExistingOutput.Resume));
        Assert.Contains("definition (view version): view-1 there, view-2 now", view.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("weeks", view.Message, StringComparison.Ordinal);
        service.Grid = new FakeGrid();
        var other = Clients.Query with { Weeks = new WeekSpan("2024-01-01", "2024-01-08") };
        var weeks = await Assert.ThrowsAsync<DatasetException>(
            () => BuildAsync(service, folder["set"], new ParquetFormat(), ExistingOutput.Resume, other));
        Assert.Contains("weeks: 2024-01-01..2024-01-15 there, 2024-01-01..2024-01-08 now", weeks.Message, StringComparison.Ordinal);
        Assert.Contains("format: csv there, parquet now", weeks.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("_manifest.json")]
    [InlineData("_progress.jsonl")]
    public async Task A_dataset_of_an_older_version_is_refused_by_its_version(string file)
    {
        await using var service = await FakeService.StartAsync();
        using var folder = new TempFolder();
        var old = Directory.CreateDirectory(folder["set"]).FullName;
        File.Copy(Path.Combine(AppContext.BaseDirectory, "format-1", file), Path.Combine(old, file));
        var resumed = await Assert.ThrowsAsync<DatasetException>(() => BuildAsync(service, folder["set"], new ParquetFormat(), ExistingOutput.Resume));
        Assert.Equal($"{folder["set"]} has another format version: 1 there, 2 now: --overwrite replaces it", resumed.Message);
    }

    [Fact]
    public async Task Columns_of_a_dataset_of_an_older_version_are_not_taken_over()
    {
        await using var service = await FakeService.StartAsync();
        using var folder = new TempFolder();
        var old = Directory.CreateDirectory(folder["old"]).FullName;
        File.Copy(Path.Combine(AppContext.BaseDirectory, "format-1", "_manifest.json"), Path.Combine(old, "_manifest.json"));
        using var client = Clients.Of(service);
        var options = new DatasetBuildOptions { Query = Clients.Query, Path = folder["set"], Format = new ParquetFormat(), Reuse = folder["old"] };
        var refused = await Assert.ThrowsAsync<DatasetException>(() => new DatasetBuilder(client).BuildAsync(options, cancellation: Stop));
        Assert.Contains("format version: 1 there, 2 now", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_builds_at_one_place_exclude_each_other()
    {
        await using var service = await FakeService.StartAsync();
        using var folder = new TempFolder();
        var place = new DatasetPlace(folder["set"], false, ".csv");
        using (DatasetLock.Take(place))
        {
            var error = await Assert.ThrowsAsync<DatasetException>(() => BuildAsync(service, folder["set"], new CsvFormat(), ExistingOutput.Resume));
            Assert.Contains("is being built by another process", error.Message, StringComparison.Ordinal);
        }

        var report = await BuildAsync(service, folder["set"], new CsvFormat(), ExistingOutput.Resume);
        Assert.Equal(1200, report.Manifest.Rows);
    }

    [Fact]
    public async Task What_a_killed_build_left_is_cleared_away()
    {
        await using var service = await FakeService.StartAsync();
        using var folder = new TempFolder();
        var left = DatasetPlace.Temporary("set/part-00001.csv");
        folder.Write(left, "half a ro");
        folder.Write("set/_progress.jsonl", "{\"half a li");
        var report = await BuildAsync(service, folder["set"], new CsvFormat(), ExistingOutput.Resume);
        Assert.Equal(0, report.PartsResumed);
        Assert.False(File.Exists(folder[left]));
    }

    [Theory]
    [InlineData(ExistingOutput.Resume)]
    [InlineData(ExistingOutput.Overwrite)]
    public async Task What_a_build_left_that_was_killed_while_it_cleared_up_a_finished_file_is_cleared_away(ExistingOutput existing)
    {
        await using var service = await FakeService.StartAsync();
        using var folder = new TempFolder();
        var finished = await BuildAsync(service, folder["set.csv"], new CsvFormat());
        folder.Write("set.csv.partial/part-00003.csv", "a part that was to go");
        folder.Write(DatasetPlace.Temporary("set.csv.partial/part-00001.csv"), "half a ro");
        folder.Write("set.csv.partial/_lock", "");
        var streams = service.StreamCount;
        var report = await BuildAsync(service, folder["set.csv"], new CsvFormat(), existing);
        Assert.Equal(["set.csv", "set.csv.manifest.json"], Names(folder.Path));
        Assert.Equal(finished.Manifest.ContentHash, report.Manifest.ContentHash);
        Assert.Equal(existing == ExistingOutput.Resume, service.StreamCount == streams);
    }

    [Fact]
    public async Task A_file_of_others_beside_a_finished_one_is_not_touched()
    {
        await using var service = await FakeService.StartAsync();
        using var folder = new TempFolder();
        await BuildAsync(service, folder["set.csv"], new CsvFormat());
        folder.Write("set.csv.partial/notes.txt", "mine");
        folder.Write("set.csv.partial/part-00003.csv", "");
        var error = await Assert.ThrowsAsync<DatasetException>(() => BuildAsync(service, folder["set.csv"], new CsvFormat(), ExistingOutput.Resume));
        Assert.Contains("notes.txt", error.Message, StringComparison.Ordinal);
        Assert.Equal(["notes.txt", "part-00003.csv"], Names(folder["set.csv.partial"]));
    }

    [Fact]
    public async Task A_last_line_that_was_half_written_does_not_count()
    {
        await using var service = await FakeService.StartAsync();
        using var folder = new TempFolder();
        await BuildAsync(service, folder["set"], new CsvFormat());
        var text = File.ReadAllText(folder["set/_progress.jsonl"]);
        File.WriteAllText(folder["set/_progress.jsonl"], text[..^20]);
        var report = await BuildAsync(service, folder["set"], new CsvFormat(), ExistingOutput.Resume);
        Assert.Equal(3, report.PartsResumed);
    }

    [Fact]
    public async Task Cells_without_a_value_leave_the_build_without_a_manifest()
    {
        await using var service = await FakeService.StartAsync(new FakeGrid { ErrorsPerSlice = 30 });
        using var folder = new TempFolder();
        var error = await Assert.ThrowsAsync<CellErrorsException>(() => BuildAsync(service, folder["set"], new CsvFormat()));
        Assert.Equal(100, error.Errors.Count);
        Assert.Equal(30ul * 16, error.Count);
        Assert.Equal(["0/0", "0/1", "0/2", "0/3"], error.Errors.Select(e => e.Entity).Distinct());
        Assert.DoesNotContain("_manifest.json", Names(folder["set"]));
        var again = await Assert.ThrowsAsync<CellErrorsException>(() => BuildAsync(service, folder["set"], new CsvFormat(), ExistingOutput.Resume));
        Assert.Equal(error.Errors, again.Errors);
    }

    [Fact]
    public async Task A_disk_that_refuses_ends_the_build_with_its_own_error()
    {
        await using var service = await FakeService.StartAsync();
        using var folder = new TempFolder();
        var error = await Assert.ThrowsAsync<IOException>(() => BuildAsync(service, folder["set"], new FullDisk()));
        Assert.Equal("no space left", error.Message);
        Assert.DoesNotContain(Names(folder["set"]), n => n.StartsWith("part-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_place_that_cannot_be_made_is_told()
    {
        await using var service = await FakeService.StartAsync();
        using var folder = new TempFolder();
        folder.Write("file", "");
        var error = await Assert.ThrowsAsync<IOException>(() => BuildAsync(service, folder["file/set"], new CsvFormat()));
        Assert.StartsWith($"{folder["file/set"]} cannot be written", error.Message, StringComparison.Ordinal);
    }

    private static Func<int, StreamScript> FailFrom(int stream) => n => n < stream
        ? new StreamScript()
        : new StreamScript { SliceCountMax = 0, MessageCountMore = 1, Failure = new Status(StatusCode.Unavailable, "gone") };

    private static async Task<DatasetReport> BuildAsync(
        FakeService service, string path, IDatasetFormat format, ExistingOutput existing = ExistingOutput.Refuse, BackfillQuery? query = null,
        TimeSpan? checkpointInterval = null)
    {
        using var client = Clients.Of(
            o => o with { OutageTimeout = TimeSpan.FromMilliseconds(300), ShardsInFlightMax = 1 }, service);
        var options = new DatasetBuildOptions
        {
            Query = query ?? Clients.Query,
            Path = path,
            Format = format,
            Existing = existing,
            CheckpointInterval = checkpointInterval ?? TimeSpan.FromHours(1),
        };
        return await new DatasetBuilder(client).BuildAsync(options, cancellation: Stop);
    }

    private static string[] Names(string folder) =>
        [.. Directory.EnumerateFileSystemEntries(folder).Select(e => Path.GetFileName(e)!).Order(StringComparer.Ordinal)];

    private sealed class FullDisk : IDatasetFormat
    {
        public string Name => "full";

        public string Extension => ".full";

        public string Settings => "";

        public IPartWriter CreatePart(Stream output, IReadOnlyList<DatasetColumn> columns) => new Writer();

        public void Concatenate(IReadOnlyList<string> parts, Stream output, CancellationToken cancellation) => throw new NotSupportedException();

        private sealed class Writer : IPartWriter
        {
            public void Write(FeatureBatch batch) => throw new IOException("no space left");

            public void Complete()
            {
            }

            public void Dispose()
            {
            }
        }
    }
}
