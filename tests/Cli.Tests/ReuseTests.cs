using DuckDB.NET.Data;
using FeatureService.Client.Datasets;
using FeatureService.Sinks.Parquet;
using FeatureService.Testing;
using ParquetSharp;

namespace FeatureService.Cli.Tests;

/// <summary>A dataset of which some columns are taken over is the one that a build of all columns makes, and those columns are, to the byte, the earlier ones.</summary>
public sealed class ReuseTests(SmallSnapshot data) : IClassFixture<SmallSnapshot>, IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_edited_feature_alone_is_computed()
    {
        await BuildAsync(SmallSnapshot.View, "old");
        var edited = SmallSnapshot.View.Replace("sum(rides.fare) over 4w", "sum(rides.fare) over 8w", StringComparison.Ordinal);
        var reused = await ReuseAsync(edited, "old", "new");
        Assert.Contains($"4 of 5 columns are those of {_folder["old"]}, byte for byte", reused.Output, StringComparison.Ordinal);
        Assert.Contains("computed: fare_4w: its definition has changed", reused.Output, StringComparison.Ordinal);
        var manifest = DatasetManifest.Read(_folder["new/_manifest.json"]);
        Assert.Equal(["rides_4w", "mean_km", "last_city", "rides_next"], manifest.Reuse!.Taken);
        Assert.Equal([new ManifestComputed("fare_4w", "its definition has changed")], manifest.Reuse.Computed);
        Assert.Equal(DatasetManifest.Read(_folder["old/_manifest.json"]).ContentHash, manifest.Reuse.PreviousContentHash);
        await AssertIsThatOfAFullBuildAsync(edited, "new");
    }

    [Fact]
    public async Task Chunks_of_other_columns_are_those_of_the_previous_files_byte_for_byte()
    {
        await BuildAsync(SmallSnapshot.View, "old");
        await ReuseAsync(SmallSnapshot.View.Replace("count(rides) over 4w", "count(rides) over 5w", StringComparison.Ordinal), "old", "new");
        var parts = Directory.GetFiles(_folder["old"], "part-*.parquet").Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(4, parts.Length);
        foreach (var part in parts)
        {
            var (old, made) = (Chunks(part), Chunks(_folder[$"new/{Path.GetFileName(part)}"]));
            Assert.Equal(old.Keys, made.Keys);
            Assert.Equal(2 * 8, old.Count);
            Assert.All(old, chunk => Assert.Equal(chunk.Key.Column != "rides_4w", chunk.Value.AsSpan().SequenceEqual(made[chunk.Key])));
        }
    }

    [Theory]
    [InlineData("  mean_km: avg(rides.km) over 13w", "  average_km: avg(rides.km) over 13w", 5)]
    [InlineData("  mean_km: avg(rides.km) over 13w\n", "", 4)]
    [InlineData("  mean_km: avg(rides.km) over 13w", "  mean_km: avg(rides.km) over 13w\n  same: avg(rides.km) over 13w\n  other: min(rides.km) over 13w", 6)]
    [InlineData("  rides_4w: count(rides) over 4w\n  fare_4w: sum(rides.fare) over 4w", "  fare_4w: sum(rides.fare) over 4w\n  rides_4w: count(rides) over 4w", 5)]
    [InlineData("labels:\n  rides_next: count(rides) over next 1w", "", 4)]
    [InlineData("over next 1w", "over next 2w", 4)]
    [InlineData("view: rides_view", "view: rides_view\nnumbers: float32", 1)]
    [InlineData("view: rides_view", "view: other", 5)]
    public async Task Any_edit_gives_the_dataset_of_a_full_build(string from, string to, int taken)
    {
        // The last weeks are not mature, so what is dropped or added changes the status of rows.
        const string Weeks = "2024-W01..2024-W15";
        await BuildAsync(SmallSnapshot.View, "old", Weeks);
        var edited = SmallSnapshot.View.Replace(from, to, StringComparison.Ordinal);
        Assert.NotEqual(SmallSnapshot.View, edited);
        var reused = await ReuseAsync(edited, "old", "new", Weeks);
        Assert.Contains($"{taken} of ", reused.Output, StringComparison.Ordinal);
        await AssertIsThatOfAFullBuildAsync(edited, "new", Weeks);
    }

    [Fact]
    public async Task A_label_that_is_added_censors_the_weeks_that_it_is_not_mature_in()
    {
        var features = SmallSnapshot.View[..SmallSnapshot.View.IndexOf("labels:", StringComparison.Ordinal)];
        await BuildAsync(features, "old", "2024-W09..2024-W13");
        await ReuseAsync(features + "labels:\n  far: count(rides) over next 3w\n", "old", "new", "2024-W09..2024-W13");
        var manifest = DatasetManifest.Read(_folder["new/_manifest.json"]);
        Assert.Equal(40 * 2, manifest.RowsByStatus["censored"]);
        await AssertIsThatOfAFullBuildAsync(features + "labels:\n  far: count(rides) over next 3w\n", "new", "2024-W09..2024-W13");
    }

    [Theory]
    [InlineData("old.parquet", "new.parquet")]
    [InlineData("old.parquet", "new")]
    [InlineData("old", "new.parquet")]
    public async Task Files_and_folders_may_be_taken_from_each_other(string old, string made)
    {
        await BuildAsync(SmallSnapshot.View, old);
        var edited = SmallSnapshot.View.Replace("avg(rides.km)", "max(rides.km)", StringComparison.Ordinal);
        await ReuseAsync(edited, old, made);
        await AssertIsThatOfAFullBuildAsync(edited, made);
    }

    [Fact]
    public async Task What_was_taken_over_may_be_taken_over_again_and_resumed()
    {
        await BuildAsync(SmallSnapshot.View, "a");
        var second = SmallSnapshot.View.Replace("avg(rides.km)", "max(rides.km)", StringComparison.Ordinal);
        await ReuseAsync(second, "a", "b");
        var third = second.Replace("sum(rides.fare) over 4w", "sum(rides.fare) over 3w", StringComparison.Ordinal);
        await ReuseAsync(third, "b", "c");
        await AssertIsThatOfAFullBuildAsync(third, "c");
        File.Delete(_folder["c/part-00001.parquet"]);
        File.Delete(_folder["c/_manifest.json"]);
        var resumed = await BuildAsync(third, "c", more: ["--resume"]);
        Assert.Contains("3 of 4 parts were already finished", resumed.Output, StringComparison.Ordinal);
        File.Delete(_folder["c/part-00002.parquet"]);
        resumed = await BuildAsync(third, "c", more: ["--resume", "--reuse", _folder["b"]]);
        Assert.Contains("3 of 4 parts were already finished", resumed.Output, StringComparison.Ordinal);
        await AssertIsThatOfAFullBuildAsync(third, "c");
    }

    [Theory]
    [InlineData("--population", "fare_4w > 1000")]
    [InlineData("--none", "")]
    public async Task Rows_that_a_population_left_out_stay_out(string kind, string population)
    {
        var view = SmallSnapshot.View + "\npopulation: rides_4w > 8\n";
        await BuildAsync(view, "old");
        var edited = view.Replace("avg(rides.km)", "max(rides.km)", StringComparison.Ordinal);
        await ReuseAsync(edited, "old", "new");
        await AssertIsThatOfAFullBuildAsync(edited, "new");
        var other = kind == "--none" ? SmallSnapshot.View : SmallSnapshot.View + $"\npopulation: {population}\n";
        var refused = await RunAsync(other, "other", "2024-W01..2024-W13", "--reuse", _folder["old"]);
        Assert.Equal(2, refused.Code);
        Assert.Contains("expected the same", refused.Error, StringComparison.Ordinal);
        Assert.Contains("population", refused.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["other/_manifest.json"]));
    }

    [Fact]
    public async Task A_spine_s_rows_keep_the_callers_columns()
    {
        var lines = Enumerable.Range(0, 3000).Select(i => $"{i * 7 % 45},2024-{(i % 3) + 1:D2}-{(i % 20) + 1:D2} 10:00:00,agent {i % 5}");
        _folder.Write("calls.csv", "user_id,called_at,agent\n" + string.Join('\n', lines) + "\n");
        string[] rows = ["--spine", _folder["calls.csv"], "--spine-time", "called_at"];
        var edited = SmallSnapshot.View.Replace("avg(rides.km)", "max(rides.km)", StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync(SmallSnapshot.View, "old", null, rows)).Code);
        var reused = await RunAsync(edited, "new", null, [.. rows, "--reuse", _folder["old"]]);
        Assert.True(reused.Code == 0, reused.Error);
        Assert.Equal(0, (await RunAsync(edited, "full", null, rows)).Code);
        AssertSame("full", "new");
        File.AppendAllText(_folder["calls.csv"], "3,2024-03-01 10:00:00,agent 9\n");
        var refused = await RunAsync(edited, "other", null, [.. rows, "--reuse", _folder["old"]]);
        Assert.Equal(2, refused.Code);
        Assert.Contains("spine: 3000 rows", refused.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("weeks: 2024-01-01..2024-03-25 there, 2024-01-01..2024-02-26 now", "--weeks", "2024-W01..2024-W09")]
    [InlineData("entities: all there, ", "--entities", "1,2")]
    [InlineData("entities: all there, ", "--sample", "3")]
    [InlineData("population ignored: False there, True now", "--no-population", null)]
    [InlineData("format settings: zstd there, snappy now", "--compression", "snappy")]
    [InlineData("does not keep columns apart: expected parquet", "--format", "csv")]
    public async Task A_dataset_of_other_rows_or_another_form_is_refused_with_what_differs(string told, string option, string? value)
    {
        await BuildAsync(SmallSnapshot.View, "old");
        string[] more = value is null ? [option] : [option, value];
        var refused = await RunAsync(SmallSnapshot.View, "new", option == "--weeks" ? null : "2024-W01..2024-W13", [.. more, "--reuse", _folder["old"]]);
        Assert.Equal(2, refused.Code);
        Assert.Contains(told, refused.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["new"]));
    }

    [Fact]
    public async Task What_is_no_finished_dataset_or_the_same_place_is_refused()
    {
        await BuildAsync(SmallSnapshot.View, "old");
        var same = await RunAsync(SmallSnapshot.View, "old", "2024-W01..2024-W13", "--overwrite", "--reuse", _folder["old"]);
        Assert.Contains("is what is built: expected another dataset", same.Error, StringComparison.Ordinal);
        File.Delete(_folder["old/_manifest.json"]);
        foreach (var place in new[] { "old", "nowhere", "nowhere.parquet" })
        {
            var refused = await RunAsync(SmallSnapshot.View, "new", "2024-W01..2024-W13", "--reuse", _folder[place]);
            Assert.Equal(2, refused.Code);
            Assert.Contains("expected a finished dataset", refused.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("old", "old/part-00002.parquet")]
    [InlineData("old.parquet", "old.parquet")]
    public async Task A_file_that_is_not_the_one_that_was_built_is_refused_by_name(string old, string file)
    {
        await BuildAsync(SmallSnapshot.View, old);
        var bytes = File.ReadAllBytes(_folder[file]);
        bytes[bytes.Length / 3] ^= 1;
        File.WriteAllBytes(_folder[file], bytes);
        var edited = SmallSnapshot.View.Replace("avg(rides.km)", "max(rides.km)", StringComparison.Ordinal);
        var refused = await RunAsync(edited, "new", "2024-W01..2024-W13", "--reuse", _folder[old]);
        Assert.Equal(2, refused.Code);
        Assert.Contains($"{Path.GetFileName(file)} is not the file that was built: its checksum is ", refused.Error, StringComparison.Ordinal);
        File.WriteAllBytes(_folder[file], bytes[..^10]);
        refused = await RunAsync(edited, "new", "2024-W01..2024-W13", "--reuse", _folder[old], "--overwrite");
        Assert.Contains("bytes, the manifest says ", refused.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.GetFiles(_folder["new"]), f => f.EndsWith(".tmp", StringComparison.Ordinal));
    }

    private static Dictionary<(int Group, string Column), byte[]> Chunks(string path)
    {
        var bytes = File.ReadAllBytes(path);
        using var names = new ParquetFileReader(path);
        using var file = new ParquetFile(File.OpenRead(path));
        var chunks = new Dictionary<(int, string), byte[]>();
        for (var group = 0; group < file.RowGroups.Count; group++)
        {
            for (var column = 0; column < names.FileMetaData.NumColumns; column++)
            {
                var chunk = file.Footer.Chunk(group, column);
                chunks[(group, names.FileMetaData.Schema.Column(column).Name)] = bytes[(int)chunk.Start..(int)(chunk.Start + chunk.Length)];
            }
        }

        return chunks;
    }

    private Task<CommandResult> ReuseAsync(string view, string old, string made, string weeks = "2024-W01..2024-W13") =>
        BuildAsync(view, made, weeks, "--reuse", _folder[old]);

    private async Task<CommandResult> BuildAsync(string view, string path, string weeks = "2024-W01..2024-W13", params string[] more)
    {
        var built = await RunAsync(view, path, weeks, more);
        Assert.True(built.Code == 0, built.Error);
        return built;
    }

    private async Task<CommandResult> RunAsync(string view, string path, string? weeks, params string[] more) => await Featurectl.RunAsync(
    [
        "dataset", "build", "--file", _folder.Write("rides.view.yaml", view), "--snapshot", data.Snapshot, "--out", _folder[path],
        .. weeks is null ? Array.Empty<string>() : ["--weeks", weeks], .. more,
    ]);

    private async Task AssertIsThatOfAFullBuildAsync(string view, string made, string weeks = "2024-W01..2024-W13")
    {
        var full = "full-" + made;
        await BuildAsync(view, full, weeks, "--overwrite");
        AssertSame(full, made);
    }

    private void AssertSame(string full, string made)
    {
        var isFile = made.EndsWith(".parquet", StringComparison.Ordinal);
        var (expected, actual) = isFile
            ? (DatasetManifest.Read(_folder[full + ".manifest.json"]), DatasetManifest.Read(_folder[made + ".manifest.json"]))
            : (DatasetManifest.Read(_folder[full + "/_manifest.json"]), DatasetManifest.Read(_folder[made + "/_manifest.json"]));
        Assert.Equal(expected.ContentHash, actual.ContentHash);
        Assert.Equal(expected.ColumnHashes, actual.ColumnHashes);
        Assert.Equal(expected.RowsByStatus, actual.RowsByStatus);
        Assert.Equal(expected.Files.Select(file => file.Rows), actual.Files.Select(file => file.Rows));
        var (one, other) = (Files(full), Files(made));
        Assert.Equal(0, Count($"(FROM '{one}' EXCEPT ALL FROM '{other}') UNION ALL (FROM '{other}' EXCEPT ALL FROM '{one}')"));
        Assert.Equal(actual.Rows, Count($"FROM '{other}'"));
        string Files(string path) => isFile ? _folder[path] : _folder[path + "/part-*.parquet"];
    }

    /// <summary>Rows of a query, by a reader that has no part in how the files were written.</summary>
    private static long Count(string query)
    {
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT count(*) FROM ({query})";
        return (long)command.ExecuteScalar()!;
    }
}
