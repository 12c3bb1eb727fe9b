using FeatureService.Client.Datasets;
using FeatureService.Client.Tests.Fake;
using FeatureService.Client.Transport;
using FeatureService.Sinks.Parquet;
using FeatureService.Testing;
using Grpc.Core;

namespace FeatureService.Client.Tests;

/// <summary>Builds that were broken off, and go on.</summary>
public sealed class DatasetResumeTests
{
    [Fact]
    public async Task A_build_that_lost_the_service_is_resumed_with_only_what_is_missing()
    {
        await using var service = await FakeService.StartAsync(script: DatasetBuilds.FailFrom(2));
        using var folder = new TempFolder();
        await DatasetBuilds.BreakOffAsync(service, folder["set"], new ParquetFormat());
        var finished = DatasetBuilds.Names(folder["set"]).Count(n => n.StartsWith("part-", StringComparison.Ordinal));
        Assert.Equal(2, finished);
        Assert.DoesNotContain("_manifest.json", DatasetBuilds.Names(folder["set"]));
        Assert.DoesNotContain(DatasetBuilds.Names(folder["set"]), n => n.EndsWith(".tmp", StringComparison.Ordinal));

        var streams = service.StreamCount;
        service.Script = _ => new StreamScript();
        var resumed = await DatasetBuilds.RunAsync(service, folder["set"], new ParquetFormat(), ExistingOutput.Resume);
        Assert.Equal(2, resumed.PartsResumed);
        Assert.Equal(2, service.StreamCount - streams);
        var whole = await DatasetBuilds.RunAsync(service, folder["whole"], new ParquetFormat());
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
        await DatasetBuilds.BreakOffAsync(service, folder["set"], format, checkpointInterval: TimeSpan.Zero);
        var ending = format.Extension;
        Assert.Equal([$"_piece-00000-0000{ending}", $"_piece-00000-0001{ending}", "_progress.jsonl"], DatasetBuilds.Names(folder["set"]));
        if (isDamaged)
        {
            File.AppendAllText(folder[$"set/_piece-00000-0001{ending}"], "x");
        }

        service.Script = _ => new StreamScript();
        service.Cursors.Clear();
        var resumed = await DatasetBuilds.RunAsync(service, folder["set"], format, ExistingOutput.Resume);
        Assert.Equal((0, 1), (resumed.PartsResumed, resumed.PartsContinued));
        Assert.Equal([isDamaged ? "1" : "2", "", "", ""], service.Cursors);
        var whole = await DatasetBuilds.RunAsync(service, folder["whole"], format);
        Assert.Equal(whole.Manifest.ContentHash, resumed.Manifest.ContentHash);
        Assert.Equal(whole.Manifest.RowsByStatus, resumed.Manifest.RowsByStatus);
        Assert.Equal(whole.Manifest.Files, resumed.Manifest.Files);
        Assert.Equal(DatasetBuilds.Names(folder["whole"]), DatasetBuilds.Names(folder["set"]));
    }

    [Fact]
    public async Task A_part_of_many_pieces_is_the_part_that_is_made_in_one_go()
    {
        await using var service = await FakeService.StartAsync(new FakeGrid { ErrorsPerSlice = 3 });
        using var folder = new TempFolder();
        var pieces = await Assert.ThrowsAsync<CellErrorsException>(() => DatasetBuilds.RunAsync(service, folder["a"], new ParquetFormat(), checkpointInterval: TimeSpan.Zero));
        var whole = await Assert.ThrowsAsync<CellErrorsException>(() => DatasetBuilds.RunAsync(service, folder["b"], new ParquetFormat()));
        Assert.Equal(whole.Errors, pieces.Errors);
        Assert.Equal(whole.Count, pieces.Count);
        Assert.Equal(DatasetBuilds.Names(folder["b"]), DatasetBuilds.Names(folder["a"]));
        Assert.All(DatasetBuilds.Names(folder["a"]).Where(n => n.StartsWith("part-", StringComparison.Ordinal)), n =>
            Assert.Equal(File.ReadAllBytes(folder[$"b/{n}"]), File.ReadAllBytes(folder[$"a/{n}"])));
    }

    [Fact]
    public async Task A_single_file_is_resumed_from_its_parts()
    {
        await using var service = await FakeService.StartAsync(script: DatasetBuilds.FailFrom(3));
        using var folder = new TempFolder();
        await DatasetBuilds.BreakOffAsync(service, folder["set.csv"], new CsvFormat());
        Assert.False(File.Exists(folder["set.csv"]));
        service.Script = _ => new StreamScript();
        var resumed = await DatasetBuilds.RunAsync(service, folder["set.csv"], new CsvFormat(), ExistingOutput.Resume);
        Assert.Equal(3, resumed.PartsResumed);
        var again = await DatasetBuilds.RunAsync(service, folder["set.csv"], new CsvFormat(), ExistingOutput.Resume);
        Assert.Equal(4, again.PartsResumed);
        Assert.Equal(["set.csv", "set.csv.manifest.json"], DatasetBuilds.Names(folder.Path));
    }

    [Fact]
    public async Task A_damaged_part_is_done_again()
    {
        await using var service = await FakeService.StartAsync();
        using var folder = new TempFolder();
        var first = await DatasetBuilds.RunAsync(service, folder["set"], new CsvFormat());
        var part = folder["set/part-00002.csv"];
        var bytes = File.ReadAllBytes(part);
        bytes[^3] ^= 1;
        File.WriteAllBytes(part, bytes);
        File.Delete(folder["set/part-00001.csv"]);
        var resumed = await DatasetBuilds.RunAsync(service, folder["set"], new CsvFormat(), ExistingOutput.Resume);
        Assert.Equal(2, resumed.PartsResumed);
        Assert.Equal(first.Manifest.ContentHash, resumed.Manifest.ContentHash);
        Assert.Equal(first.Manifest.Files, resumed.Manifest.Files);
    }

    [Fact]
    public async Task A_dataset_has_no_manifest_while_parts_of_it_are_done_again()
    {
        await using var service = await FakeService.StartAsync();
        using var folder = new TempFolder();
        var first = await DatasetBuilds.RunAsync(service, folder["set"], new CsvFormat());
        File.Delete(folder["set/part-00001.csv"]);
        service.Script = DatasetBuilds.FailFrom(0);
        await DatasetBuilds.BreakOffAsync(service, folder["set"], new CsvFormat(), existing: ExistingOutput.Resume);
        Assert.DoesNotContain("_manifest.json", DatasetBuilds.Names(folder["set"]));

        service.Script = _ => new StreamScript();
        var resumed = await DatasetBuilds.RunAsync(service, folder["set"], new CsvFormat(), ExistingOutput.Resume);
        Assert.Equal(3, resumed.PartsResumed);
        Assert.Equal(first.Manifest.Files, resumed.Manifest.Files);
    }

    [Fact]
    public async Task A_resumed_build_stays_on_the_first_runs_snapshot()
    {
        await using var service = await FakeService.StartAsync(script: DatasetBuilds.FailFrom(1));
        using var folder = new TempFolder();
        await DatasetBuilds.BreakOffAsync(service, folder["set"], new CsvFormat());
        service.Grid = new FakeGrid { SnapshotId = "snapshot-2" };
        var error = await Assert.ThrowsAsync<FeatureServiceException>(() => DatasetBuilds.RunAsync(service, folder["set"], new CsvFormat(), ExistingOutput.Resume));
        Assert.Contains("snapshot-1 is not loaded", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_resumed_build_must_be_the_same_and_says_what_differs()
    {
        await using var service = await FakeService.StartAsync(script: DatasetBuilds.FailFrom(1));
        using var folder = new TempFolder();
        await DatasetBuilds.BreakOffAsync(service, folder["set"], new CsvFormat());
        service.Grid = new FakeGrid { ViewVersion = "view-2" };
        var view = await Assert.ThrowsAsync<DatasetException>(() => DatasetBuilds.RunAsync(service, folder["set"], new CsvFormat(), ExistingOutput.Resume));
        Assert.Contains("definition (view version): view-1 there, view-2 now", view.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("weeks", view.Message, StringComparison.Ordinal);
        service.Grid = new FakeGrid();
        var other = Clients.Query with { Weeks = new WeekSpan("2024-01-01", "2024-01-08") };
        var weeks = await Assert.ThrowsAsync<DatasetException>(
            () => DatasetBuilds.RunAsync(service, folder["set"], new ParquetFormat(), ExistingOutput.Resume, other));
        Assert.Contains("weeks: 2024-01-01..2024-01-15 there, 2024-01-01..2024-01-08 now", weeks.Message, StringComparison.Ordinal);
        Assert.Contains("format: csv there, parquet now", weeks.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_last_line_that_was_half_written_does_not_count()
    {
        await using var service = await FakeService.StartAsync();
        using var folder = new TempFolder();
        await DatasetBuilds.RunAsync(service, folder["set"], new CsvFormat());
        var text = File.ReadAllText(folder["set/_progress.jsonl"]);
        File.WriteAllText(folder["set/_progress.jsonl"], text[..^20]);
        var report = await DatasetBuilds.RunAsync(service, folder["set"], new CsvFormat(), ExistingOutput.Resume);
        Assert.Equal(3, report.PartsResumed);
    }
}
