using FeatureService.Cli.CommandLine;

namespace FeatureService.Cli.Tests;

public sealed class InlineViewTests(SmallSnapshot data) : IClassFixture<SmallSnapshot>
{
    [Theory]
    [InlineData("a=sum(rides.fair) over 4w", "--feature a:1:11: ", "did you mean 'fare'")]
    [InlineData("a='a \"b\" \\ c' = nonsense", "--feature a:1:15: ", "nonsense")]
    [InlineData("a=1 +\n  nonsense", "--feature a:2:3: ", "nonsense")]
    [InlineData("a=count(rides)", "--feature a:1:13: ", "expected 'over'")]
    [InlineData("week=1", "--feature week: ", "the column 'week'")]
    public async Task An_error_points_into_the_flag(string feature, string place, string message)
    {
        var result = await GetAsync("ok=count(rides) over 4w", feature);
        Assert.Equal(2, result.Code);
        var line = Assert.Single(result.ErrorLines);
        Assert.StartsWith($"featurectl: {place}", line, StringComparison.Ordinal);
        Assert.Contains(message, line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_flag_with_an_error_is_told()
    {
        var result = await GetAsync("a=count(ride) over 4w", "b=1", "c=1 +");
        Assert.Collection(
            result.ErrorLines,
            line => Assert.StartsWith("featurectl: --feature a:1:7: ", line, StringComparison.Ordinal),
            line => Assert.StartsWith("featurectl: --feature c:1:4: ", line, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--feature a: expected NAME='EXPR'", "a")]
    [InlineData("--feature =1: expected NAME='EXPR'", "=1")]
    [InlineData("--feature a= : expected NAME='EXPR'", "a= ")]
    [InlineData("--feature A: the name stands twice", "a=1", "A=2")]
    public async Task A_flag_of_another_form_is_refused(string message, params string[] features)
    {
        var result = await GetAsync(features);
        Assert.Equal(2, result.Code);
        Assert.StartsWith($"featurectl: {message}", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_build_tells_errors_in_the_same_way()
    {
        var result = await Featurectl.RunAsync(
            "dataset", "build", "--snapshot", data.Snapshot, "--weeks", "2024-W10", "--out", data.Snapshot + ".csv", "--feature", "a=nonsense");
        Assert.Equal(2, result.Code);
        Assert.StartsWith("featurectl: --feature a:1:1: ", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_or_a_text_may_hold_any_characters()
    {
        var result = await GetAsync("how \"many\": \\ # é=case when true then 'tab\there é # : \\n' end");
        Assert.True(result.Code == 0, result.Error);
        Assert.Equal("user_id,week,\"how \"\"many\"\": \\ # é\",row_status", result.OutputLines[0]);
        Assert.Equal("1,2024-03-04,tab\there é # : \\n,ok", result.OutputLines[1]);
    }

    [Fact]
    public async Task One_way_to_name_a_view_is_expected()
    {
        var result = await Featurectl.RunAsync("get", "--file", "a", "--feature", "b=1", "--entities", "1", "--weeks", "2024-W10");
        Assert.Equal(2, result.Code);
        Assert.Contains("expected one of --view NAME, --file FILE and --feature", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Servers_come_from_flag_then_environment_then_default()
    {
        Assert.Equal(("--server", ["http://a:1"]), ServerOptions.Addresses(["http://a:1"], "http://b:1"), SameAddresses);
        Assert.Equal(("FEATURES__SERVER", ["http://b:1", "http://c:1"]), ServerOptions.Addresses([], "http://b:1; http://c:1"), SameAddresses);
        Assert.Equal(("--server", [ServerOptions.DefaultServer]), ServerOptions.Addresses(null, " "), SameAddresses);
        Assert.Equal(("--server", [ServerOptions.DefaultServer]), ServerOptions.Addresses(null, null), SameAddresses);
    }

    private static bool SameAddresses((string Origin, IReadOnlyList<string> Servers) a, (string Origin, IReadOnlyList<string> Servers) b) =>
        a.Origin == b.Origin && a.Servers.SequenceEqual(b.Servers);

    private Task<CommandResult> GetAsync(params string[] features) => Featurectl.RunAsync(
        ["get", "--snapshot", data.Snapshot, "--entities", "1", "--weeks", "2024-W10", "--format", "csv", .. features.SelectMany(f => new[] { "--feature", f })]);
}
