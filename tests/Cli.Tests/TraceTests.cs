using System.Text.Json;

namespace FeatureService.Cli.Tests;

public sealed class TraceTests(SmallSnapshot data) : IClassFixture<SmallSnapshot>
{
    [Fact]
    public async Task The_events_that_made_a_number_are_shown_with_those_that_did_not()
    {
        var result = await RunAsync("--feature", "fare_4w", "--file", data.ViewFile, "--events", "3");

        Assert.True(result.Code == 0, result.Error);
        Assert.Equal("fare_4w of 7 in 2024-W08 = 3416", result.OutputLines[0]);
        Assert.Equal("  sum(rides.fare) over 4w", result.OutputLines[1]);
        Assert.Contains("sum(rides.fare over 28d) = 3416", result.Output, StringComparison.Ordinal);
        Assert.Contains("from 2024-01-22T00:00:00Z to before 2024-02-19T00:00:00Z", result.Output, StringComparison.Ordinal);
        Assert.Contains("before the window", result.Output, StringComparison.Ordinal);
        Assert.Contains("at or behind the window's end", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_idea_that_is_written_out_is_traced_too_the_last_of_several()
    {
        var result = await RunAsync("--feature", "rides_4w=count(rides) over 4w", "--feature", "half=rides_4w / 2", "--json");

        Assert.True(result.Code == 0, result.Error);
        using var json = JsonDocument.Parse(result.Output);
        var aggregate = json.RootElement.GetProperty("aggregates")[0];
        Assert.Equal("half", json.RootElement.GetProperty("column").GetString());
        Assert.Equal(aggregate.GetProperty("value").GetInt64() / 2.0, json.RootElement.GetProperty("value").GetDouble());
        Assert.Equal(aggregate.GetProperty("counted").GetInt64(), aggregate.GetProperty("value").GetInt64());
    }

    [Theory]
    [InlineData("with --view or --file expected one --feature NAME", "--file", "v.yaml", "--feature", "a=1")]
    [InlineData("expected --view NAME or --file FILE beside --feature NAME", "--feature", "a")]
    [InlineData("at most one of --view NAME and --file FILE", "--feature", "a", "--view", "v", "--file", "f")]
    [InlineData("expected a number from 1 to 1000", "--feature", "a=1", "--events", "0")]
    [InlineData("--feature a:1:1: unknown function 'coun': did you mean 'count'?", "--feature", "a=coun(rides) over 4w")]
    [InlineData("has no column 'b'", "--feature", "b", "--view", "rides_view")]
    public async Task What_cannot_be_traced_is_told(string error, params string[] arguments)
    {
        var result = await RunAsync(arguments);

        Assert.Equal(2, result.Code);
        Assert.Contains(error, result.Error, StringComparison.Ordinal);
    }

    private Task<CommandResult> RunAsync(params string[] arguments) => Featurectl.RunAsync(
        ["trace", .. arguments, "--entity", "7", "--week", "2024-W08", "--snapshot", data.Snapshot, "--views", data.Views]);
}
