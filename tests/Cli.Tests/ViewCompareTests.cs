using System.Text.Json;
using FeatureService.Testing;

namespace FeatureService.Cli.Tests;

public sealed class ViewCompareTests(SmallSnapshot data) : IClassFixture<SmallSnapshot>
{
    private const string Edited = """
        view: rides_view
        features:
          rides: count(rides) over 4w
          fare_4w: sum(rides.fare where km > 60) over 4w
          mean_km: avg(rides.km) over 13w
          new_city: first(rides.city) over 13w
        labels:
          rides_next: count(rides) over next 1w
        population: rides > 8
        """;

    [Fact]
    public async Task Each_column_says_what_became_of_it_and_what_a_rebuild_computes()
    {
        using var folder = new TempFolder();
        var result = await RunAsync(folder, "--json");

        Assert.True(result.Code == 0, result.Error);
        using var json = JsonDocument.Parse(result.Output);
        var root = json.RootElement;
        var columns = root.GetProperty("columns").EnumerateArray().ToDictionary(c => c.GetProperty("name").GetString()!);
        Assert.Equal(
            ["fare_4w changed", "last_city removed", "mean_km same", "new_city added", "rides renamed", "rides_next same"],
            columns.Select(c => $"{c.Key} {c.Value.GetProperty("change").GetString()}").Order());
        Assert.Equal("rides_4w", columns["rides"].GetProperty("oldName").GetString());
        Assert.InRange(columns["fare_4w"].GetProperty("changed").GetDouble(), 0.05, 0.99);
        Assert.Equal(0, columns["mean_km"].GetProperty("changed").GetDouble());
        Assert.Equal(3, columns["last_city"].GetProperty("old").GetProperty("distinct").GetInt64());
        Assert.Equal(JsonValueKind.Null, columns["last_city"].GetProperty("new").ValueKind);
        Assert.Equal(["fare_4w", "new_city"], root.GetProperty("recomputed").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal((40 * 13, 40 * 13), (root.GetProperty("rows").GetInt32(), root.GetProperty("oldPopulation").GetInt32()));
        Assert.InRange(root.GetProperty("newPopulation").GetInt32(), 1, (40 * 13) - 1);
    }

    [Fact]
    public async Task The_changed_share_is_that_of_the_rows_of_both_datasets()
    {
        using var folder = new TempFolder();
        var result = await RunAsync(folder, "--json");
        string[] get = ["get", "--snapshot", data.Snapshot, "--entities", string.Join(',', Enumerable.Range(0, 40)), "--weeks", "2024-W01..2024-W13", "--format", "csv", "--columns", "fare_4w"];
        var before = await Featurectl.RunAsync([.. get, "--file", data.ViewFile]);
        var after = await Featurectl.RunAsync([.. get, "--file", folder["new.view.yaml"]]);
        using var json = JsonDocument.Parse(result.Output);
        var changed = json.RootElement.GetProperty("columns").EnumerateArray().Single(c => c.GetProperty("name").GetString() == "fare_4w").GetProperty("changed").GetDouble();
        Assert.Equal(before.OutputLines.Zip(after.OutputLines).Count(pair => pair.First != pair.Second), (int)Math.Round(changed * 40 * 13));
    }

    [Fact]
    public async Task People_get_a_table()
    {
        using var folder = new TempFolder();
        var result = await RunAsync(folder, "--sample", "10", "--seed", "3");

        Assert.True(result.Code == 0, result.Error);
        Assert.Contains("on   130 rows of 10 entities", result.Output, StringComparison.Ordinal);
        Assert.Contains("renamed, was rides_4w", result.Output, StringComparison.Ordinal);
        Assert.Contains("a rebuild computes 2 of 5 columns: fare_4w, new_city", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("new.view.yaml:3:10: unknown function 'coun': did you mean 'count'?", "view: v\nfeatures:\n  f: 1 + coun(rides) over 1w\n")]
    public async Task A_broken_view_is_told_with_its_place(string error, string text)
    {
        using var folder = new TempFolder();
        var file = folder.Write("new.view.yaml", text);
        var result = await Featurectl.RunAsync("view", "compare", data.ViewFile, file, "--snapshot", data.Snapshot, "--weeks", "2024-W10");
        Assert.Equal(2, result.Code);
        Assert.Contains(error, result.Error, StringComparison.Ordinal);
    }

    private Task<CommandResult> RunAsync(TempFolder folder, params string[] arguments)
    {
        var file = folder.Write("new.view.yaml", Edited);
        return Featurectl.RunAsync([
            "view", "compare", "rides_view", file, "--snapshot", data.Snapshot, "--views", data.Views, "--weeks", "2024-W01..2024-W13", .. arguments]);
    }
}
