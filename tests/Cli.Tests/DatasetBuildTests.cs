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
    [InlineData("not supported yet", "--out", "x.arrow")]
    [InlineData("--compression is for Parquet", "--out", "x.csv", "--compression", "zstd")]
    [InlineData("at most one of --resume and --overwrite", "--out", "x", "--resume", "--overwrite")]
    [InlineData("'--out' is required", "--format", "csv")]
    [InlineData("named twice", "--out", "x", "--entities", "5,5")]
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
        Assert.Contains("big", result.ErrorLines[0], StringComparison.Ordinal);
        Assert.Contains("there is no manifest", result.ErrorLines[^1], StringComparison.Ordinal);
        Assert.False(File.Exists(folder["a/_manifest.json"]));
    }

    private Task<CommandResult> BuildAsync(params string[] args) => Featurectl.RunAsync(
        ["dataset", "build", "--file", data.ViewFile, "--snapshot", data.Snapshot, "--weeks", "2024-W01..2024-W13", .. args]);
}
