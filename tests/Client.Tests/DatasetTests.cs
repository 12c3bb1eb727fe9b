using FeatureService.Client.Datasets;
using FeatureService.Client.FanOut;
using FeatureService.Client.Tests.Fake;
using FeatureService.Client.Transport;
using FeatureService.Parquet;
using FeatureService.Sinks.Parquet;
using FeatureService.Testing;
using Grpc.Core;

namespace FeatureService.Client.Tests;

/// <summary>What a build makes of the rows that it gets.</summary>
public sealed class DatasetTests
{
    [Fact]
    public async Task A_folder_holds_one_part_for_each_shard_and_a_manifest()
    {
        await using var service = await FakeService.StartAsync();
        using var folder = new TempFolder();
        var report = await DatasetBuilds.RunAsync(service, folder["set"], new CsvFormat());
        Assert.Equal(
            ["_manifest.json", "_progress.jsonl", "part-00000.csv", "part-00001.csv", "part-00002.csv", "part-00003.csv"],
            DatasetBuilds.Names(folder["set"]));
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
        var parts = await DatasetBuilds.RunAsync(service, folder["set"], new CsvFormat());
        var file = await DatasetBuilds.RunAsync(service, folder["set.csv"], new CsvFormat());
        var lines = parts.Manifest.Files.SelectMany((f, i) => File.ReadLines(folder[$"set/{f.Name}"]).Skip(i == 0 ? 0 : 1));
        Assert.Equal(lines, File.ReadLines(folder["set.csv"]));
        Assert.Equal(parts.Manifest.ContentHash, file.Manifest.ContentHash);
        Assert.Equal(["set", "set.csv", "set.csv.manifest.json"], DatasetBuilds.Names(folder.Path));
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
        var csv = await DatasetBuilds.RunAsync(plain, folder["csv"], new CsvFormat());
        var parquet = await DatasetBuilds.RunAsync(broken, folder["parquet"], new ParquetFormat());
        var single = await DatasetBuilds.RunAsync(broken, folder["set.parquet"], new ParquetFormat(ParquetCompression.None));
        Assert.Equal(csv.Manifest.ContentHash, parquet.Manifest.ContentHash);
        Assert.Equal(csv.Manifest.ContentHash, single.Manifest.ContentHash);
    }

    [Fact]
    public async Task Another_value_gives_another_content_hash()
    {
        await using var service = await FakeService.StartAsync();
        using var folder = new TempFolder();
        var all = await DatasetBuilds.RunAsync(service, folder["all"], new CsvFormat());
        service.Grid = new FakeGrid(entities: 399);
        var fewer = await DatasetBuilds.RunAsync(service, folder["fewer"], new CsvFormat());
        Assert.NotEqual(all.Manifest.ContentHash, fewer.Manifest.ContentHash);
    }

    [Fact]
    public async Task Cells_without_a_value_leave_the_build_without_a_manifest()
    {
        await using var service = await FakeService.StartAsync(new FakeGrid { ErrorsPerSlice = 30 });
        using var folder = new TempFolder();
        var error = await Assert.ThrowsAsync<CellErrorsException>(() => DatasetBuilds.RunAsync(service, folder["set"], new CsvFormat()));
        Assert.Equal(100, error.Errors.Count);
        Assert.Equal(30ul * 16, error.Count);
        Assert.Equal(["0/0", "0/1", "0/2", "0/3"], error.Errors.Select(e => e.Entity).Distinct());
        Assert.DoesNotContain("_manifest.json", DatasetBuilds.Names(folder["set"]));
        var again = await Assert.ThrowsAsync<CellErrorsException>(() => DatasetBuilds.RunAsync(service, folder["set"], new CsvFormat(), ExistingOutput.Resume));
        Assert.Equal(error.Errors, again.Errors);
    }

    [Fact]
    public async Task Cells_without_a_value_that_are_only_counted_end_a_build_too()
    {
        await using var service = await FakeService.StartAsync(new FakeGrid { ErrorsPerSlice = 30, TellsErrors = false });
        using var folder = new TempFolder();

        var error = await Assert.ThrowsAsync<CellErrorsException>(() => DatasetBuilds.RunAsync(service, folder["set"], new CsvFormat()));

        Assert.Equal((0, 30ul * 16), (error.Errors.Count, error.Count));
        Assert.Equal("480 cells have no value, because an int64 overflowed", error.Message);
        Assert.DoesNotContain("_manifest.json", DatasetBuilds.Names(folder["set"]));
    }

    [Fact]
    public async Task A_disk_that_refuses_ends_the_build_with_its_own_error()
    {
        await using var service = await FakeService.StartAsync();
        using var folder = new TempFolder();
        var error = await Assert.ThrowsAsync<IOException>(() => DatasetBuilds.RunAsync(service, folder["set"], new FullDisk()));
        Assert.Equal("no space left", error.Message);
        Assert.DoesNotContain(DatasetBuilds.Names(folder["set"]), n => n.StartsWith("part-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_place_that_cannot_be_made_is_told()
    {
        await using var service = await FakeService.StartAsync();
        using var folder = new TempFolder();
        folder.Write("file", "");
        var error = await Assert.ThrowsAsync<IOException>(() => DatasetBuilds.RunAsync(service, folder["file/set"], new CsvFormat()));
        Assert.StartsWith($"{folder["file/set"]} cannot be written", error.Message, StringComparison.Ordinal);
    }

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
