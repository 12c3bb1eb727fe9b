using System.Text.Json;
using FeatureService.Testing;

namespace FeatureService.Cli.Tests;

/// <summary>Facts without time through <c>snapshot build</c>, <c>snapshot inspect</c> and <c>get</c>.</summary>
public sealed class FactsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public FactsTests()
    {
        _folder.Write("e.csv", "user_id,at\n1,2024-01-01\n1,2024-01-02\n");
        _folder.Write("users.csv", "user_id,city\n1,Nara\n5,Kobe\n,Otsu\n");
        _folder.Write(
            "catalog.yaml",
            """
            entity: {name: user_id, type: int64}
            complete_until: 2024-04-01
            sources:
              e: {files: e.csv, time: at}
              users: {files: users.csv, time: always, columns: {city: string}}

            """);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_build_counts_facts_apart_from_events()
    {
        var result = await BuildAsync();
        Assert.Equal(0, result.Code);
        Assert.Contains("events      2 of 2 entities in 2 x 1 slices", result.OutputLines);
        Assert.Contains("  e: 2 events; left out 0 without entity, 0 without time, 0 bad", result.OutputLines);
        Assert.Contains("  users: 2 facts; left out 1 without entity, 0 bad", result.OutputLines);
    }

    [Fact]
    public async Task Inspecting_tells_facts_and_that_they_have_no_time()
    {
        await BuildAsync();
        var lines = (await InspectAsync()).OutputLines;
        Assert.Contains("entity      user_id int64, 2 in 2 x 1 slices", lines);
        Assert.Contains(lines, line => line.StartsWith("events      2 and 2 facts in ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("  users: 2 facts without time in ", StringComparison.Ordinal) && line.EndsWith(" bytes", StringComparison.Ordinal));
        Assert.Contains("    city string", lines);
        using var json = JsonDocument.Parse((await InspectAsync("--json")).Output);
        var sources = json.RootElement.GetProperty("sources");
        Assert.Equal((2, 2), (json.RootElement.GetProperty("events").GetInt32(), json.RootElement.GetProperty("facts").GetInt32()));
        Assert.Equal((2, 0), (sources[0].GetProperty("events").GetInt32(), sources[0].GetProperty("facts").GetInt32()));
        Assert.Equal((0, 2), (sources[1].GetProperty("events").GetInt32(), sources[1].GetProperty("facts").GetInt32()));
        Assert.Equal(JsonValueKind.Null, sources[1].GetProperty("time").ValueKind);
        Assert.Equal(JsonValueKind.Null, sources[1].GetProperty("completeUntil").ValueKind);
    }

    [Fact]
    public async Task A_second_row_of_an_entity_ends_with_exit_code_2_and_both_places()
    {
        var path = _folder.Write("users.csv", "user_id,city\n1,Nara\n1,Kobe\n");
        var result = await BuildAsync("--max-bad-rows", "5");
        Assert.Equal(2, result.Code);
        Assert.Equal(
            [
                "featurectl: source users: 1 rows of entities that have a row already: expected one row per entity, as time is 'always'; the first:",
                $"featurectl: {path}:3: another row of user_id 1, whose first is {path}:2",
            ],
            result.ErrorLines);
        Assert.Equal("", result.Output);
        Assert.False(File.Exists(_folder["out/manifest.json"]));
    }

    [Fact]
    public async Task A_quote_that_is_not_closed_ends_with_exit_code_2_whatever_bad_rows_are_allowed()
    {
        var path = _folder.Write("users.csv", "user_id,city\n1,\"Nara\n5,Kobe\n");
        var result = await BuildAsync("--max-bad-rows", "1");
        Assert.Equal(2, result.Code);
        Assert.StartsWith($"featurectl: {path}:2: a quote opens a field", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_entity_with_a_fact_is_an_entity_of_the_grid()
    {
        await BuildAsync();
        var result = await Featurectl.RunAsync(
            "dataset", "build", "--snapshot", _folder["out"], "--feature", "n=count(e) over all", "--weeks", "2024-W05", "--out", _folder["set.csv"]);
        Assert.True(result.Code == 0, result.Error);
        Assert.Equal(["1,2024-01-29,2,ok", "5,2024-01-29,0,no_history"], File.ReadLines(_folder["set.csv"]).Skip(1).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_value_is_the_same_at_every_cutoff_and_null_of_an_entity_without_facts()
    {
        await BuildAsync();
        var result = await Featurectl.RunAsync(
            "get", "--snapshot", _folder["out"], "--feature", "city=value(users.city)", "--entities", "5,1,9", "--weeks", "1950-01-02..2100-01-04/5218",
            "--format", "csv");
        Assert.True(result.Code == 0, result.Error);
        Assert.Equal(
            [
                "5,1950-01-02,Kobe,no_history", "5,2050-01-03,Kobe,no_history", "1,1950-01-02,Nara,no_history", "1,2050-01-03,Nara,ok",
                "9,1950-01-02,,no_history", "9,2050-01-03,,no_history",
            ],
            result.OutputLines.Skip(1));
    }

    private Task<CommandResult> BuildAsync(params string[] more) => Featurectl.RunAsync(
        ["snapshot", "build", "--catalog", _folder["catalog.yaml"], "--out", _folder["out"], "--partitions", "2", .. more]);

    private Task<CommandResult> InspectAsync(params string[] more) => Featurectl.RunAsync(["snapshot", "inspect", "--snapshot", _folder["out"], .. more]);
}
