using FeatureService.Testing;

namespace FeatureService.EndToEnd.Tests;

/// <summary>Bad input ends with its exit code and one clear error, and leaves nothing behind.</summary>
[Collection(TaxiWorld.Name)]
public sealed class BadInputTests(TaxiWorld world)
{
    [Theory]
    [InlineData("features: {a: sum(rides.fair) over 13w}", "fare")]
    [InlineData("features: {a: sum(rides.fare over 13w}", "expected")]
    [InlineData("features: {a: sum(ride.fare) over 13w}", "rides")]
    [InlineData("features: {a: sum(rides.fare) over 3m}", "min")]
    public async Task A_view_with_an_error_is_refused_with_place_and_hint(string features, string hint)
    {
        using var folder = new TempFolder();
        var file = folder.Write("idea.view.yaml", $"view: idea\n{features}\n");
        var result = await FeatureCtl.RunAsync(
            "dataset", "build", "--file", file, "--weeks", "2021-W10", "--snapshot", world.Snapshot, "--out", folder["out"]);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("idea.view.yaml:2:", result.Errors, StringComparison.Ordinal);
        Assert.Contains(hint, result.Errors, StringComparison.Ordinal);
        Assert.Empty(result.Output);
        Assert.False(Path.Exists(folder["out"]));
    }

    [Theory]
    [InlineData("2021-W53", "W52")]
    [InlineData("2021-W20..2021-W10", "2021-W10")]
    [InlineData("1850-W10", "1900")]
    [InlineData("2021-03-03", "2021-03-01")]
    [InlineData("soon", "2024-W10")]
    public async Task A_bad_week_is_named(string weeks, string hint)
    {
        using var folder = new TempFolder();
        var result = await FeatureCtl.RunAsync(
            "dataset", "build", "--view", "coupon_response", "--weeks", weeks, "--snapshot", world.Snapshot, "--views", world.Views,
            "--out", folder["out"]);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(hint, result.Errors, StringComparison.Ordinal);
        Assert.False(Path.Exists(folder["out"]));
    }

    [Fact]
    public async Task Two_views_of_one_name_are_refused_by_serve()
    {
        using var folder = new TempFolder();
        folder.Write("views/team/a.view.yaml", "view: a\nfeatures: {n: count(rides) over 4w}\n");
        folder.Write("views/team/b.view.yaml", "view: a\nfeatures: {n: count(rides) over 4w}\n");
        var result = await FeatureCtl.RunAsync(
            "serve", "--snapshot", world.Snapshot, "--views", folder["views"], "--listen", "http://127.0.0.1:0");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("b.view.yaml", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_listener_beyond_loopback_needs_both_waivers()
    {
        var result = await FeatureCtl.RunAsync(
            "serve", "--snapshot", world.Snapshot, "--views", world.Views, "--listen", "http://0.0.0.0:0", "--insecure-no-tls");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("insecure-no-auth", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_input_file_is_named()
    {
        using var folder = new TempFolder();
        var catalog = folder.Write("catalog.yaml", "entity: {name: user_id, type: int64}\nsources:\n  opens: {files: opens.parquet, time: at}\n");
        var result = await FeatureCtl.RunAsync("snapshot", "build", "--catalog", catalog, "--out", folder["snapshot"]);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("opens.parquet", result.Errors, StringComparison.Ordinal);
        Assert.False(Path.Exists(folder["snapshot"]));
    }

    [Fact]
    public async Task A_damaged_parquet_is_named()
    {
        using var folder = new TempFolder();
        folder.Write("opens.parquet", "PAR1 this is no parquet file PAR1");
        var catalog = folder.Write("catalog.yaml", "entity: {name: user_id, type: int64}\nsources:\n  opens: {files: opens.parquet, time: at}\n");
        var result = await FeatureCtl.RunAsync("snapshot", "build", "--catalog", catalog, "--out", folder["snapshot"]);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("opens.parquet", result.Errors, StringComparison.Ordinal);
        Assert.False(Path.Exists(folder["snapshot"]));
    }

    [Fact]
    public async Task A_damaged_snapshot_names_file_and_offset()
    {
        using var folder = new TempFolder();
        var copy = TaxiWorld.Copy(world.Snapshot, folder["snapshot"]);
        var segment = Directory.GetFiles(copy, "*.arrow", SearchOption.AllDirectories).MaxBy(file => new FileInfo(file).Length)!;
        using (var file = File.Open(segment, FileMode.Open))
        {
            file.Position = file.Length / 2;
            var value = file.ReadByte();
            file.Position--;
            file.WriteByte((byte)(value ^ 0x40));
        }

        var result = await FeatureCtl.RunAsync(
            "dataset", "build", "--view", "coupon_response", "--weeks", "2021-W10", "--snapshot", copy, "--views", world.Views,
            "--out", folder["out"]);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(Path.GetFileName(segment), result.Errors, StringComparison.Ordinal);
        Assert.Contains("offset", result.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(folder["out/_manifest.json"]));
    }

    [Fact]
    public async Task An_output_that_exists_needs_a_word()
    {
        using var folder = new TempFolder();
        var path = folder.Write("out.parquet", "mine");
        var result = await FeatureCtl.RunAsync(
            "dataset", "build", "--view", "coupon_response", "--weeks", "2021-W10", "--snapshot", world.Snapshot, "--views", world.Views,
            "--out", path);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("--overwrite", result.Errors, StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_output_that_cannot_be_written_is_named()
    {
        using var folder = new TempFolder();
        var blocked = folder.Write("file", "no folder");
        var result = await FeatureCtl.RunAsync(
            "dataset", "build", "--view", "coupon_response", "--weeks", "2021-W10", "--snapshot", world.Snapshot, "--views", world.Views,
            "--out", Path.Combine(blocked, "out"));
        Assert.True(result.ExitCode is 1 or 2, result.ToString());
        Assert.Contains(blocked, result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_named()
    {
        var result = await FeatureCtl.RunAsync(
            "get", "--view", "coupon_response", "--entities", "1", "--weeks", "2021-W10", "--server", "http://127.0.0.1:9");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("http://127.0.0.1:9", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_over_the_size_limit_names_the_other_way()
    {
        var entities = string.Join(',', Enumerable.Range(1, 1_000));
        var result = await FeatureCtl.RunAsync(
            "get", "--view", "coupon_response", "--entities", entities, "--weeks", "2020-W10..2023-W10", "--snapshot", world.Snapshot,
            "--views", world.Views);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("Backfill", result.Errors, StringComparison.Ordinal);
    }
}
