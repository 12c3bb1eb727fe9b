using System.Text;
using FeatureService.Testing;

namespace FeatureService.Cli.Tests;

/// <summary><c>--entities-file</c> of <c>get</c> and <c>dataset build</c>.</summary>
public sealed class EntitiesFileTests(SmallSnapshot data) : IClassFixture<SmallSnapshot>
{
    [Fact]
    public async Task Get_prints_the_entities_of_a_file_in_its_order()
    {
        using var folder = new TempFolder();
        var file = folder.Write("keys.txt", "\uFEFF7\r\n\n3\n99");
        var result = await GetAsync(file);
        Assert.True(result.Code == 0, result.Error);
        Assert.Equal(["7", "3", "99"], result.OutputLines.Skip(1).Select(line => line.Split(',')[0]));
    }

    [Fact]
    public async Task A_dataset_of_a_files_entities_is_that_of_the_same_list()
    {
        using var folder = new TempFolder();
        var file = folder.Write("keys.txt", "31\n5\n99\n");
        Assert.Equal(0, (await BuildAsync(folder["file.csv"], "--entities-file", file)).Code);
        Assert.Equal(0, (await BuildAsync(folder["list.csv"], "--entities", "31,5,99")).Code);
        Assert.Equal(File.ReadAllText(folder["list.csv"]), File.ReadAllText(folder["file.csv"]));
    }

    [Fact]
    public async Task Keys_may_hold_commas_spaces_and_quotes()
    {
        using var folder = new TempFolder();
        folder.Write("e.csv", "name,at\n\"a,b\",2024-01-01\n\" c \",2024-01-02\n\"\"\"d\"\"\",2024-01-03\n");
        folder.Write("catalog.yaml", "entity: {name: name, type: string}\nsources: {e: {files: e.csv, time: at}}\n");
        Assert.Equal(0, (await Featurectl.RunAsync("snapshot", "build", "--catalog", folder["catalog.yaml"], "--out", folder["snapshot"])).Code);
        var file = folder.Write("keys.txt", "a,b\n c \n\"d\"\na\n");
        var result = await Featurectl.RunAsync(
            "get", "--snapshot", folder["snapshot"], "--feature", "n=count(e) over all", "--entities-file", file, "--weeks", "2024-W10", "--format", "json");
        Assert.True(result.Code == 0, result.Error);
        Assert.Equal(
            [
                """{"name":"a,b","week":"2024-03-04","n":1,"row_status":"incomplete"},""",
                """{"name":" c ","week":"2024-03-04","n":1,"row_status":"incomplete"},""",
                """{"name":"\"d\"","week":"2024-03-04","n":1,"row_status":"incomplete"},""",
                """{"name":"a","week":"2024-03-04","n":0,"row_status":"incomplete"}""",
            ],
            result.OutputLines.Skip(1).SkipLast(1));
    }

    [Fact]
    public async Task Every_wrong_line_is_told_with_its_place()
    {
        using var folder = new TempFolder();
        var file = folder.Write("keys.txt", "1\ntwo\n\n3\n01\n4 \n");
        var result = await GetAsync(file);
        Assert.Equal(2, result.Code);
        Assert.Equal(
            [
                $"featurectl: {file}:2: 'two' is no integer, which this snapshot's entities are",
                $"featurectl: {file}:5: '01' is named twice: the first is in line 1",
                $"featurectl: {file}:6: '4 ' is no integer, which this snapshot's entities are",
            ],
            result.ErrorLines);
    }

    [Fact]
    public async Task The_first_ten_wrong_lines_are_told()
    {
        using var folder = new TempFolder();
        var file = folder.Write("keys.txt", string.Concat(Enumerable.Range(0, 30).Select(i => $"x{i}\n")));
        Assert.Equal(10, (await GetAsync(file)).ErrorLines.Count);
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_is_no_text_or_names_nobody_is_told_before_a_service_is_asked()
    {
        using var folder = new TempFolder();
        await RefusedAsync(folder["none.txt"], folder["none.txt"]);
        await RefusedAsync(folder.Write("empty.txt", "\n\n"), "names no entity: expected keys, one a line");
        File.WriteAllBytes(folder["latin.txt"], [.. "M"u8, 0xFC, .. "ller\n"u8]);
        await RefusedAsync(folder["latin.txt"], "is no UTF-8");

        async Task RefusedAsync(string file, string message)
        {
            var result = await Featurectl.RunAsync(
                "get", "--file", data.ViewFile, "--server", "http://127.0.0.1:9", "--entities-file", file, "--weeks", "2024-W10");
            Assert.Equal(2, result.Code);
            Assert.Contains(message, Assert.Single(result.ErrorLines), StringComparison.Ordinal);
            Assert.Contains(file, result.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData]
    [InlineData("--entities", "1", "--entities-file", "keys.txt")]
    public async Task Get_wants_a_list_or_a_file(params string[] args)
    {
        var result = await Featurectl.RunAsync(["get", "--file", data.ViewFile, "--snapshot", data.Snapshot, "--weeks", "2024-W10", .. args]);
        Assert.Equal(2, result.Code);
        Assert.Contains("expected one of --entities LIST and --entities-file FILE", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_keys_than_one_request_takes_are_one_dataset()
    {
        using var folder = new TempFolder();
        var keys = new StringBuilder();
        for (var key = 0; key < 20_000; key++)
        {
            keys.Append(key).Append('\n');
        }

        var result = await BuildAsync(folder["set.csv"], "--entities-file", folder.Write("keys.txt", keys.ToString()), "--columns", "rides_4w");
        Assert.True(result.Code == 0, result.Error);
        Assert.Equal(20_000 + 1, File.ReadLines(folder["set.csv"]).Count());
    }

    private Task<CommandResult> GetAsync(string file) => Featurectl.RunAsync(
        "get", "--file", data.ViewFile, "--snapshot", data.Snapshot, "--entities-file", file, "--weeks", "2024-W10", "--format", "csv");

    private Task<CommandResult> BuildAsync(string path, params string[] args) => Featurectl.RunAsync(
        ["dataset", "build", "--file", data.ViewFile, "--snapshot", data.Snapshot, "--weeks", "2024-W10", "--out", path, .. args]);
}
