using System.Text.Json;
using FeatureService.Cli.CommandLine;
using FeatureService.Testing;

namespace FeatureService.Cli.Tests;

public sealed class SnapshotInspectTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public void Dispose()
    {
        _folder.Dispose();
        _output.Dispose();
        _error.Dispose();
    }

    [Fact]
    public async Task The_text_tells_id_catalog_counts_partitions_bytes_and_completeness()
    {
        var id = await Build();
        Assert.Equal(0, await Inspect());
        var files = Directory.GetFiles(_folder["out/segments"], "*", SearchOption.AllDirectories);
        var bytes = files.Sum(file => new FileInfo(file).Length);
        var lines = _output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal($"snapshot    {id}", lines[0]);
        Assert.Contains("entity      user_id int64, 2 in 2 x 4 slices", lines);
        Assert.Contains("weeks       start on monday in Asia/Tokyo", lines);
        Assert.Contains($"events      3 in {files.Length} files of {bytes} bytes", lines);
        Assert.Contains(lines, line => line.StartsWith("  e: 3 events", StringComparison.Ordinal) && line.EndsWith("complete until 2024-01-31T15:00:00Z", StringComparison.Ordinal));
        Assert.Contains("  f: 0 events in 0 files of 0 bytes, complete until nothing: it has no event", lines);
        Assert.Contains("    reading zone Asia/Tokyo order x", lines);
        Assert.Contains("    at date, the time", lines);
        Assert.Contains("    x decimal(2)", lines);
    }

    [Fact]
    public async Task JSON_has_the_same_for_programs()
    {
        var id = await Build();
        Assert.Equal(0, await Inspect("--json", "--id", id));
        using var json = JsonDocument.Parse(_output.ToString());
        var root = json.RootElement;
        Assert.Equal(id, root.GetProperty("id").GetString());
        Assert.Equal((2, 4), (root.GetProperty("partitions").GetInt32(), root.GetProperty("slicesPerPartition").GetInt32()));
        Assert.Equal((2, 3), (root.GetProperty("entities").GetInt32(), root.GetProperty("events").GetInt32()));
        var source = root.GetProperty("sources")[0];
        Assert.Equal("2024-01-31T15:00:00Z", source.GetProperty("completeUntil").GetString());
        Assert.Equal("at", source.GetProperty("time").GetString());
        Assert.Equal("decimal(2)", source.GetProperty("columns")[1].GetProperty("type").GetString());
        Assert.Equal(JsonValueKind.Null, root.GetProperty("sources")[1].GetProperty("completeUntil").ValueKind);
    }

    [Fact]
    public async Task A_snapshot_that_is_not_there_ends_with_exit_code_2_and_a_damaged_one_with_1()
    {
        Assert.Equal(2, await Inspect());
        Assert.Contains("no such folder", _error.ToString(), StringComparison.Ordinal);
        var id = await Build();
        Assert.Equal(2, await Inspect("--id", new string('0', 32)));
        var path = _folder[$"out/snapshots/{id}.json"];
        File.WriteAllText(path, File.ReadAllText(path).Replace("Asia/Tokyo", "Asia/Seoul", StringComparison.Ordinal));
        Assert.Equal(1, await Inspect());
        Assert.Contains(path, _error.ToString(), StringComparison.Ordinal);
    }

    private async Task<string> Build()
    {
        _folder.Write("e.csv", "user_id,at,x\n1,2024-01-01,1.5\n1,2024-01-02,2\n2,2024-01-03,3\n");
        _folder.Write("f.csv", "user_id,at\n");
        _folder.Write(
            "catalog.yaml",
            """
            entity: {name: user_id, type: int64}
            time_zone: Asia/Tokyo
            sources:
              e: {files: e.csv, time: at, order: x, columns: {at: date, x: decimal(2)}, complete_until: 2024-02-01}
              f: {files: f.csv, time: at}

            """);
        Assert.Equal(0, await Run("build", "--catalog", _folder["catalog.yaml"], "--out", _folder["out"], "--partitions", "2", "--slices", "4"));
        var id = _output.ToString().Split('\n')[0].Split(' ')[^1];
        _output.GetStringBuilder().Clear();
        return id;
    }

    private Task<int> Inspect(params string[] more) => Run(["inspect", "--snapshot", _folder["out"], .. more]);

    private Task<int> Run(params string[] arguments) =>
        CommandRunner.RunAsync(["snapshot", .. arguments], _output, _error, TestContext.Current.CancellationToken);
}
