using System.Text.Json;
using FeatureService.Cli.Explaining;
using FeatureService.Client.Datasets;
using FeatureService.Testing;

namespace FeatureService.Cli.Tests;

public sealed class ExplainTests(SmallSnapshot data) : IClassFixture<SmallSnapshot>
{
    [Fact]
    public async Task A_page_tells_sources_shared_work_shards_tasks_and_cost()
    {
        var result = await RunAsync("--view", "rides_view");

        Assert.True(result.Code == 0, result.Error);
        Assert.StartsWith("view      team/rides_view ", result.OutputLines[0], StringComparison.Ordinal);
        Assert.Contains("grid      40 entities x 13 weeks of 2024-01-01..2024-03-25 = 520 rows", result.Output, StringComparison.Ordinal);
        Assert.Contains("rides: 1,000 of 1,000 events, reading ", result.Output, StringComparison.Ordinal);
        Assert.Contains("5 aggregates written, 5 computed: ", result.Output, StringComparison.Ordinal);
        Assert.Contains("sum(rides.fare over 28d)  (fare_4w)", result.Output, StringComparison.Ordinal);
        Assert.Contains("shards    4 shards of ", result.Output, StringComparison.Ordinal);
        Assert.Contains("tasks     about 8 in 8 slices, for ", result.Output, StringComparison.Ordinal);
        Assert.Contains("cost      1,000 events to scan, 2,600 cells, ", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_has_the_same_for_columns_and_entities_that_are_named()
    {
        var result = await RunAsync("--feature", "fare_4w=sum(rides.fare) over 4w", "--feature", "half=fare_4w / 2", "--columns", "half", "--entities", "1,2,3", "--json");

        Assert.True(result.Code == 0, result.Error);
        using var json = JsonDocument.Parse(result.Output);
        var (root, source) = (json.RootElement, json.RootElement.GetProperty("sources")[0]);
        Assert.Equal((3, 13), (root.GetProperty("entities").GetInt32(), root.GetProperty("weekCount").GetInt32()));
        Assert.Equal("half", Assert.Single(root.GetProperty("columns").EnumerateArray()).GetProperty("name").GetString());
        Assert.Equal("fare", Assert.Single(source.GetProperty("columns").EnumerateArray()).GetString());
        Assert.Equal(1, source.GetProperty("aggregates")[0].GetProperty("cpuShare").GetDouble(), 1e-9);
        Assert.Equal(39, root.GetProperty("cost").GetProperty("cells").GetInt32());
        Assert.Equal(39, root.GetProperty("shards").EnumerateArray().Sum(shard => shard.GetProperty("rows").GetInt32()));
    }

    [Theory]
    [InlineData(0.0564, "0.056")]
    [InlineData(9.96, "10")]
    [InlineData(98.7, "99")]
    [InlineData(104.2, "104")]
    [InlineData(12_345, "12,345")]
    public void Figures_are_written_out(double figure, string expected) => Assert.Equal(expected, ExplainText.Figure(figure));

    [Fact]
    public async Task A_sample_is_explained_as_it_would_be_built()
    {
        var result = await RunAsync("--file", data.ViewFile, "--sample", "10", "--seed", "3", "--json");

        Assert.True(result.Code == 0, result.Error);
        using var json = JsonDocument.Parse(result.Output);
        Assert.Equal(10, json.RootElement.GetProperty("entities").GetInt32());
    }

    [Theory]
    [InlineData("--seed S goes with --sample", "--view", "rides_view", "--seed", "1")]
    [InlineData("at most one of --entities LIST", "--view", "rides_view", "--entities", "1", "--sample", "2")]
    [InlineData("--feature a:1:1: unknown function 'coun': did you mean 'count'?", "--feature", "a=coun(rides) over 4w")]
    [InlineData("the view has no 'b'", "--view", "rides_view", "--columns", "b")]
    public async Task What_could_not_be_built_is_not_explained(string error, params string[] arguments)
    {
        var result = await RunAsync(arguments);

        Assert.Equal(2, result.Code);
        Assert.Contains(error, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_estimate_of_a_dataset_is_that_of_explain()
    {
        using var folder = new TempFolder();
        var built = await Featurectl.RunAsync(
            "dataset", "build", "--file", data.ViewFile, "--snapshot", data.Snapshot, "--weeks", "2024-W01..2024-W13", "--out", folder["set"]);
        Assert.True(built.Code == 0, built.Error);

        var (manifest, explained) = (DatasetManifest.Read(folder["set/_manifest.json"]), await RunAsync("--file", data.ViewFile, "--json"));

        using var json = JsonDocument.Parse(explained.Output);
        var cost = json.RootElement.GetProperty("cost");
        Assert.Equal(cost.GetProperty("events").GetInt64(), manifest.Estimate!.Events);
        Assert.Equal(cost.GetProperty("cells").GetInt64(), manifest.Estimate.Cells);
        Assert.Equal(cost.GetProperty("bytes").GetInt64(), manifest.Estimate.Bytes);
    }

    private Task<CommandResult> RunAsync(params string[] arguments) => Featurectl.RunAsync(
        ["explain", .. arguments, "--weeks", "2024-W01..2024-W13", "--snapshot", data.Snapshot, "--views", data.Views]);
}
