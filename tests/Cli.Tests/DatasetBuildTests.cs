using System.Globalization;
using FeatureService.Client.Datasets;
using FeatureService.Testing;

namespace FeatureService.Cli.Tests;

public sealed class DatasetBuildTests(SmallSnapshot data) : IClassFixture<SmallSnapshot>
{
    [Fact]
    public async Task Parquet_and_csv_folder_and_file_have_one_content_hash()
    {
        using var folder = new TempFolder();
        Assert.Equal(0, (await BuildAsync("--out", folder["a"])).Code);
        Assert.Equal(0, (await BuildAsync("--out", folder["b"], "--format", "csv")).Code);
        Assert.Equal(0, (await BuildAsync("--out", folder["c.parquet"], "--compression", "none")).Code);
        Assert.Equal(0, (await BuildAsync("--out", folder["d.csv"])).Code);
        string[] manifests = [folder["a/_manifest.json"], folder["b/_manifest.json"], folder["c.parquet.manifest.json"], folder["d.csv.manifest.json"]];
        Assert.Single(manifests.Select(m => DatasetManifest.Read(m).ContentHash).Distinct());
        Assert.Equal(40 * 13, DatasetManifest.Read(manifests[0]).Rows);
        Assert.Equal(1 + (40 * 13), File.ReadLines(folder["d.csv"]).Count());
    }

    [Fact]
    public async Task The_rows_are_those_that_get_prints()
    {
        using var folder = new TempFolder();
        await BuildAsync("--out", folder["d.csv"]);
        var get = await Featurectl.RunAsync(
            "get", "--file", data.ViewFile, "--snapshot", data.Snapshot, "--entities", string.Join(',', Enumerable.Range(0, 40)),
            "--weeks", "2024-W01..2024-W13", "--format", "csv");
        Assert.Equal(get.OutputLines.Order(StringComparer.Ordinal), File.ReadLines(folder["d.csv"]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Named_entities_alone_are_built()
    {
        using var folder = new TempFolder();
        Assert.Equal(0, (await BuildAsync("--out", folder["d.csv"], "--entities", "31,5,99")).Code);
        var keys = File.ReadLines(folder["d.csv"]).Skip(1).Select(l => l.Split(',')[0]).Distinct();
        Assert.Equal(["31", "5", "99"], keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_sample_is_the_same_for_one_seed_and_its_rows_are_those_of_its_entities()
    {
        using var folder = new TempFolder();
        Assert.Equal(0, (await BuildAsync("--out", folder["a.csv"], "--sample", "10", "--seed", "3")).Code);
        var keys = File.ReadLines(folder["a.csv"]).Skip(1).Select(l => l.Split(',')[0]).Distinct().ToArray();
        Assert.Equal(10, keys.Length);
        await BuildAsync("--out", folder["b.csv"], "--entities", string.Join(',', keys));
        await BuildAsync("--out", folder["c.csv"], "--sample", "10", "--seed", "4");
        Assert.Equal(File.ReadAllText(folder["b.csv"]), File.ReadAllText(folder["a.csv"]));
        Assert.NotEqual(File.ReadAllText(folder["c.csv"]), File.ReadAllText(folder["a.csv"]));
        var resumed = await BuildAsync("--out", folder["a.csv"], "--sample", "10", "--seed", "4", "--resume");
        Assert.Equal(2, resumed.Code);
        Assert.Contains("entities", resumed.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rides_4w > 8", true)]
    [InlineData("rides_4w > 1000", false)]
    public async Task A_population_decides_which_rows_there_are_also_none(string population, bool hasRows)
    {
        using var folder = new TempFolder();
        var view = folder.Write("rides.view.yaml", SmallSnapshot.View + $"\npopulation: {population}\n");
        string[] build = ["dataset", "build", "--file", view, "--snapshot", data.Snapshot, "--weeks", "2024-W01..2024-W13"];
        Assert.Equal(0, (await Featurectl.RunAsync([.. build, "--out", folder["d.csv"]])).Code);
        Assert.Equal(0, (await Featurectl.RunAsync([.. build, "--out", folder["parts"]])).Code);
        Assert.Equal(0, (await Featurectl.RunAsync([.. build, "--out", folder["all.csv"], "--no-population"])).Code);
        var lines = File.ReadLines(folder["all.csv"]).Where((line, i) => i == 0 || double.Parse(line.Split(',')[2], CultureInfo.InvariantCulture) > 8).ToArray();
        Assert.InRange(lines.Length, 10, 500);
        Assert.Equal(hasRows ? lines : [File.ReadLines(folder["all.csv"]).First()], File.ReadLines(folder["d.csv"]));
        Assert.Equal(40 * 13, DatasetManifest.Read(folder["all.csv.manifest.json"]).Rows);
        Assert.Equal(DatasetManifest.Read(folder["d.csv.manifest.json"]).ContentHash, DatasetManifest.Read(folder["parts/_manifest.json"]).ContentHash);
        var resumed = await Featurectl.RunAsync([.. build, "--out", folder["parts"], "--no-population", "--resume"]);
        Assert.Equal(2, resumed.Code);
        Assert.Contains("population ignored", resumed.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("columns: only now c", "a=count(rides) over 4w", "b=count(rides) over 8w", "c=count(rides) over 2w")]
    [InlineData("columns: changed b", "a=count(rides) over 4w", "b=count(rides) over 9w")]
    [InlineData("columns: in another order", "b=count(rides) over 8w", "a=count(rides) over 4w")]
    [InlineData("columns: only there a, b; only now d, e, f, g, h and 1 more", "d=1", "e=1", "f=1", "g=1", "h=1", "i=1")]
    public async Task Columns_of_another_dataset_are_told_by_their_names(string told, params string[] features)
    {
        using var folder = new TempFolder();
        string[] build = ["dataset", "build", "--snapshot", data.Snapshot, "--weeks", "2024-W01..2024-W13", "--out", folder["d"]];
        var first = await Featurectl.RunAsync([.. build, "--feature", "a=count(rides) over 4w", "--feature", "b=count(rides) over 8w"]);
        Assert.True(first.Code == 0, first.Error);

        var other = await Featurectl.RunAsync(
            [.. build, "--resume", .. features.SelectMany(feature => new[] { "--feature", feature.EndsWith("=1", StringComparison.Ordinal) ? feature[..2] + "count(rides) over 1w" : feature })]);

        Assert.Equal(2, other.Code);
        Assert.Contains($"featurectl: {told}", other.ErrorLines);
    }

    [Fact]
    public async Task Steps_features_and_columns_make_a_small_dataset()
    {
        using var folder = new TempFolder();
        var result = await Featurectl.RunAsync(
            "dataset", "build", "--snapshot", data.Snapshot, "--weeks", "2024-W01..2024-W13/4", "--out", folder["d.csv"], "--sample", "100%",
            "--feature", "a=count(rides) over 4w", "--feature", "half=a / 2", "--columns", "half");
        Assert.True(result.Code == 0, result.Error);
        var lines = File.ReadLines(folder["d.csv"]).ToArray();
        Assert.Equal("user_id,week,half,row_status", lines[0]);
        Assert.Equal(40 * 4, lines.Length - 1);
        var manifest = DatasetManifest.Read(folder["d.csv.manifest.json"]);
        Assert.Equal(new ManifestWeeks("2024-01-01", "2024-03-25", 4, 4), manifest.Weeks);
    }

    [Theory]
    [InlineData("d.arrow", "d.arrow.manifest.json")]
    [InlineData("parts", "parts/_manifest.json", "--format", "arrow")]
    public async Task Arrow_files_have_the_content_of_the_others(string path, string manifest, params string[] format)
    {
        using var folder = new TempFolder();
        Assert.Equal(0, (await BuildAsync("--out", folder["d.csv"])).Code);
        Assert.Equal(0, (await BuildAsync(["--out", folder[path], .. format])).Code);
        Assert.Equal(DatasetManifest.Read(folder["d.csv.manifest.json"]).ContentHash, DatasetManifest.Read(folder[manifest]).ContentHash);
        var files = Directory.GetFiles(folder[""], "*.arrow", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.Equal("ARROW1"u8, File.ReadAllBytes(file).AsSpan(0, 6)));
    }

    [Fact]
    public async Task The_summary_goes_to_stdout()
    {
        using var folder = new TempFolder();
        var result = await BuildAsync("--out", folder["a"]);
        Assert.Contains("520 rows", result.OutputLines[0], StringComparison.Ordinal);
        Assert.Contains(DatasetManifest.Read(folder["a/_manifest.json"]).ContentHash, result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_existing_output_needs_resume_or_overwrite()
    {
        using var folder = new TempFolder();
        await BuildAsync("--out", folder["a"]);
        var refused = await BuildAsync("--out", folder["a"]);
        Assert.Equal(2, refused.Code);
        Assert.Contains("--resume", Assert.Single(refused.ErrorLines), StringComparison.Ordinal);
        Assert.Contains("already finished", (await BuildAsync("--out", folder["a"], "--resume")).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await BuildAsync("--out", folder["a"], "--overwrite")).Code);
    }

    [Theory]
    [InlineData("contradicts", "--out", "x.csv", "--format", "parquet")]
    [InlineData("contradicts", "--out", "x.arrow", "--format", "csv")]
    [InlineData("--compression is for Parquet, not for arrow", "--out", "x.arrow", "--compression", "zstd")]
    [InlineData("--compression is for Parquet", "--out", "x.csv", "--compression", "zstd")]
    [InlineData("at most one of --resume and --overwrite", "--out", "x", "--resume", "--overwrite")]
    [InlineData("'--out' is required", "--format", "csv")]
    [InlineData("--out is empty", "--out", "")]
    [InlineData("named twice", "--out", "x", "--entities", "5,5")]
    [InlineData("at most one of --entities LIST, --entities-file FILE and --sample", "--out", "x", "--entities", "5", "--sample", "5")]
    [InlineData("at most one of --entities LIST, --entities-file FILE and --sample", "--out", "x", "--entities", "5", "--entities-file", "x")]
    [InlineData("at most one of --entities LIST, --entities-file FILE and --sample", "--out", "x", "--sample", "5", "--entities-file", "x")]
    [InlineData("--seed S goes with --sample", "--out", "x", "--seed", "5")]
    [InlineData("--sample 0: expected a number of entities", "--out", "x", "--sample", "0")]
    [InlineData("--sample 101%: expected a number of entities", "--out", "x", "--sample", "101%")]
    [InlineData("--sample -1%: expected a number of entities", "--out", "x", "--sample", "-1%")]
    [InlineData("holds none of the snapshot's entities", "--out", "x", "--sample", "0.0000001%")]
    [InlineData("the view has no 'fair'", "--out", "x", "--columns", "fair")]
    public async Task Arguments_that_contradict_each_other_are_refused(string message, params string[] args)
    {
        using var folder = new TempFolder();
        var result = await BuildAsync([.. args.Select(a => a.StartsWith('x') ? folder[a] : a)]);
        Assert.Equal(2, result.Code);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_told()
    {
        using var folder = new TempFolder();
        folder.Write("file", "");
        var result = await BuildAsync("--out", folder["file/set"]);
        Assert.Equal(1, result.Code);
        Assert.Contains($"{folder["file/set"]} cannot be written", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cells_that_overflow_are_listed_and_leave_no_manifest()
    {
        using var folder = new TempFolder();
        var view = folder.Write("big.view.yaml", "view: big\nfeatures:\n  big: sum(rides.fare * 9000000000000000) over 13w\n");
        var result = await Featurectl.RunAsync(
            "dataset", "build", "--file", view, "--snapshot", data.Snapshot, "--weeks", "2024-W01..2024-W13", "--out", folder["a"]);
        Assert.Equal(1, result.Code);
        Assert.Matches(
            @"^featurectl: int64 overflow in feature 'big' for entity \d+ in week 2024-\d\d-\d\d: multiply by 1\.0 \(\* 1\.0\) to compute in float64$",
            result.ErrorLines[0]);
        Assert.Contains("there is no manifest", result.ErrorLines[^1], StringComparison.Ordinal);
        Assert.False(File.Exists(folder["a/_manifest.json"]));
    }

    private Task<CommandResult> BuildAsync(params string[] args) => Featurectl.RunAsync(
        ["dataset", "build", "--file", data.ViewFile, "--snapshot", data.Snapshot, "--weeks", "2024-W01..2024-W13", .. args]);
}
