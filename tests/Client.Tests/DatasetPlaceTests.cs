using FeatureService.Client.Datasets;
using FeatureService.Client.Tests.Fake;
using FeatureService.Sinks.Parquet;
using FeatureService.Testing;

namespace FeatureService.Client.Tests;

/// <summary>What is at a dataset's place before it is built: datasets of now and before, files of others, what a killed build has left.</summary>
public sealed class DatasetPlaceTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_exists_is_kept_unless_something_is_said_about_it()
    {
        await using var service = await FakeService.StartAsync();
        using var folder = new TempFolder();
        await DatasetBuilds.RunAsync(service, folder["set"], new CsvFormat());
        var before = File.ReadAllBytes(folder["set/_manifest.json"]);
        var error = await Assert.ThrowsAsync<DatasetException>(() => DatasetBuilds.RunAsync(service, folder["set"], new CsvFormat()));
        Assert.Contains("--overwrite", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(folder["set/_manifest.json"]));
        service.Grid = new FakeGrid(entities: 100);
        var report = await DatasetBuilds.RunAsync(service, folder["set"], new CsvFormat(), ExistingOutput.Overwrite);
        Assert.Equal(300, report.Manifest.Rows);
    }

    [Fact]
    public async Task A_folder_with_files_of_others_is_not_touched()
    {
        await using var service = await FakeService.StartAsync();
        using var folder = new TempFolder();
        folder.Write("set/notes.txt", "mine");
        var error = await Assert.ThrowsAsync<DatasetException>(() => DatasetBuilds.RunAsync(service, folder["set"], new CsvFormat(), ExistingOutput.Overwrite));
        Assert.Contains("notes.txt", error.Message, StringComparison.Ordinal);
        Assert.Equal(["notes.txt"], DatasetBuilds.Names(folder["set"]));
    }

    [Theory]
    [InlineData(ExistingOutput.Refuse)]
    [InlineData(ExistingOutput.Overwrite)]
    public async Task A_folder_where_a_file_is_to_be_is_refused_before_anything_is_computed(ExistingOutput existing)
    {
        await using var service = await FakeService.StartAsync();
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder["set.csv"]);
        var error = await Assert.ThrowsAsync<DatasetException>(() => DatasetBuilds.RunAsync(service, folder["set.csv"], new CsvFormat(), existing));
        Assert.Contains("is a folder", error.Message, StringComparison.Ordinal);
        Assert.Equal(["set.csv"], DatasetBuilds.Names(folder.Path));
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
        var resumed = await Assert.ThrowsAsync<DatasetException>(() => DatasetBuilds.RunAsync(service, folder["set"], new ParquetFormat(), ExistingOutput.Resume));
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
            var error = await Assert.ThrowsAsync<DatasetException>(() => DatasetBuilds.RunAsync(service, folder["set"], new CsvFormat(), ExistingOutput.Resume));
            Assert.Contains("is being built by another process", error.Message, StringComparison.Ordinal);
        }

        var report = await DatasetBuilds.RunAsync(service, folder["set"], new CsvFormat(), ExistingOutput.Resume);
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
        var report = await DatasetBuilds.RunAsync(service, folder["set"], new CsvFormat(), ExistingOutput.Resume);
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
        var finished = await DatasetBuilds.RunAsync(service, folder["set.csv"], new CsvFormat());
        folder.Write("set.csv.partial/part-00003.csv", "a part that was to go");
        folder.Write(DatasetPlace.Temporary("set.csv.partial/part-00001.csv"), "half a ro");
        folder.Write("set.csv.partial/_lock", "");
        var streams = service.StreamCount;
        var report = await DatasetBuilds.RunAsync(service, folder["set.csv"], new CsvFormat(), existing);
        Assert.Equal(["set.csv", "set.csv.manifest.json"], DatasetBuilds.Names(folder.Path));
        Assert.Equal(finished.Manifest.ContentHash, report.Manifest.ContentHash);
        Assert.Equal(existing == ExistingOutput.Resume, service.StreamCount == streams);
    }

    [Fact]
    public async Task A_file_of_others_beside_a_finished_one_is_not_touched()
    {
        await using var service = await FakeService.StartAsync();
        using var folder = new TempFolder();
        await DatasetBuilds.RunAsync(service, folder["set.csv"], new CsvFormat());
        folder.Write("set.csv.partial/notes.txt", "mine");
        folder.Write("set.csv.partial/part-00003.csv", "");
        var error = await Assert.ThrowsAsync<DatasetException>(() => DatasetBuilds.RunAsync(service, folder["set.csv"], new CsvFormat(), ExistingOutput.Resume));
        Assert.Contains("notes.txt", error.Message, StringComparison.Ordinal);
        Assert.Equal(["notes.txt", "part-00003.csv"], DatasetBuilds.Names(folder["set.csv.partial"]));
    }
}
