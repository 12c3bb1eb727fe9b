namespace FeatureService.Cli.Tests;

public sealed class GetTests(SmallSnapshot data) : IClassFixture<SmallSnapshot>
{
    [Fact]
    public async Task A_week_that_does_not_exist_is_told_once_and_by_its_flag()
    {
        var result = await Featurectl.RunAsync("get", "--snapshot", data.Snapshot, "--file", data.ViewFile, "--entities", "1", "--weeks", "2024-W53");

        Assert.Equal(2, result.Code);
        Assert.Equal("featurectl: --weeks: '2024-W53' does not exist: 2024 has weeks W01 to W52", Assert.Single(result.ErrorLines));
    }

    [Fact]
    public async Task Csv_has_the_datasets_columns_and_the_entities_as_named()
    {
        var result = await GetAsync("--entities", "7,3,99", "--weeks", "2024-W10..2024-W11", "--format", "csv");
        Assert.Equal(0, result.Code);
        Assert.Equal("user_id,week,rides_4w,fare_4w,mean_km,last_city,rides_next,row_status", result.OutputLines[0]);
        Assert.Equal(
            ["7,2024-03-04", "7,2024-03-11", "3,2024-03-04", "3,2024-03-11", "99,2024-03-04", "99,2024-03-11"],
            result.OutputLines.Skip(1).Select(l => string.Join(',', l.Split(',')[..2])));
        Assert.EndsWith(",0,,,,0,no_history", result.OutputLines[^1], StringComparison.Ordinal);
        Assert.Equal("", result.Error);
    }

    [Fact]
    public async Task A_table_is_aligned_and_says_null()
    {
        var result = await GetAsync("--entities", "99", "--weeks", "2024-03-04");
        Assert.Equal(
            [
                "user_id  week        rides_4w  fare_4w  mean_km  last_city  rides_next  row_status",
                "-------  ----------  --------  -------  -------  ---------  ----------  ----------",
                "     99  2024-03-04         0     null     null  null                0  no_history",
            ],
            result.OutputLines);
    }

    [Fact]
    public async Task Json_is_an_array_of_objects_with_exact_values()
    {
        var result = await Featurectl.RunAsync(
            "get", "--snapshot", data.Snapshot, "--entities", "7,99", "--weeks", "2024-W10", "--format", "json",
            "--feature", "big=9007199254740993 + count(rides) over 4w - count(rides) over 4w", "--feature", "city = last(rides.city) over 13w",
            "--feature", "up=1e308 * 10.0", "--feature", "nan=up - up", "--feature", "said='a \"quoted\" \\ word'", "--feature", "yes=1 < 2");
        Assert.True(result.Code == 0, result.Error);
        Assert.Equal(
            """
            [
            {"user_id":7,"week":"2024-03-04","big":9007199254740993,"city":"city 1","up":"Infinity","nan":"NaN","said":"a \"quoted\" \\ word","yes":true,"row_status":"ok"},
            {"user_id":99,"week":"2024-03-04","big":9007199254740993,"city":null,"up":"Infinity","nan":"NaN","said":"a \"quoted\" \\ word","yes":true,"row_status":"no_history"}
            ]

            """,
            result.Output);
    }

    [Fact]
    public async Task A_step_takes_every_so_many_weeks()
    {
        var result = await GetAsync("--entities", "7", "--weeks", "2024-W02..2024-W09/3", "--format", "csv");
        Assert.Equal(["2024-01-08", "2024-01-29", "2024-02-19"], result.OutputLines.Skip(1).Select(l => l.Split(',')[1]));
    }

    [Fact]
    public async Task Columns_are_those_named_in_the_order_of_the_view()
    {
        var result = await GetAsync("--entities", "7", "--weeks", "2024-W10", "--format", "csv", "--columns", "rides_next, fare_4w");
        Assert.Equal("user_id,week,fare_4w,rides_next,row_status", result.OutputLines[0]);
    }

    [Theory]
    [InlineData("fare_4", "did you mean 'fare_4w'")]
    [InlineData("fare_4w,fare_4w", "named twice")]
    [InlineData("fare_4w,", "expected names")]
    public async Task Wrong_columns_are_told(string columns, string message) =>
        await RefusedAsync(message, "--entities", "1", "--weeks", "2024-W10", "--columns", columns);

    [Fact]
    public async Task A_published_view_is_found_without_its_team()
    {
        var result = await Featurectl.RunAsync(
            "get", "--view", "rides_view", "--snapshot", data.Snapshot, "--views", data.Views, "--entities", "1", "--weeks", "2024-W10");
        Assert.Equal(0, result.Code);
    }

    [Theory]
    [InlineData("2024-W60", "'2024-W60' does not exist")]
    [InlineData("2024-03-05", "starts no week")]
    [InlineData("2024-W11..2024-W10", "2024-W10")]
    [InlineData("1800-W10", "out of range")]
    [InlineData("2024-W10..", "expected FROM..TO, FROM..TO/STEP or one week")]
    [InlineData("2024-W10..2024-W20/0", "'0' is no step")]
    [InlineData("2024-W10..2024-W20/two", "'two' is no step")]
    [InlineData("2024-W10/2", "expected FROM..TO, FROM..TO/STEP")]
    public async Task Wrong_weeks_are_told(string weeks, string message) =>
        await RefusedAsync(message, "--entities", "1", "--weeks", weeks);

    [Theory]
    [InlineData("1,x", "'x' is no integer")]
    [InlineData("1,1", "named twice")]
    [InlineData("1,,2", "'' is no integer")]
    public async Task Wrong_entities_are_told(string entities, string message) =>
        await RefusedAsync(message, "--entities", entities, "--weeks", "2024-W10");

    [Fact]
    public async Task An_answer_over_the_limit_is_refused_before_computing() => await RefusedAsync(
        "4194304", "--entities", string.Join(',', Enumerable.Range(0, 40)), "--weeks", "1950-01-02..2100-01-04");

    [Fact]
    public async Task An_unknown_column_is_told_with_its_place()
    {
        var file = Path.Combine(data.Views, "..", "bad.yaml");
        await File.WriteAllTextAsync(file, "view: bad\nfeatures:\n  a: sum(rides.fair) over 4w\n", TestContext.Current.CancellationToken);
        var result = await Featurectl.RunAsync("get", "--file", file, "--snapshot", data.Snapshot, "--entities", "1", "--weeks", "2024-W10");
        Assert.Equal(2, result.Code);
        Assert.Contains("bad.yaml:3:", result.Error, StringComparison.Ordinal);
        Assert.Contains("fare", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_told_by_its_address()
    {
        var result = await Featurectl.RunAsync(
            "get", "--file", data.ViewFile, "--server", "http://127.0.0.1:9", "--entities", "1", "--weeks", "2024-W10");
        Assert.Equal(1, result.Code);
        Assert.Contains("http://127.0.0.1:9 does not answer", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_snapshot_that_is_not_there_is_told()
    {
        var result = await Featurectl.RunAsync(
            "get", "--file", data.ViewFile, "--snapshot", data.Snapshot + "x", "--entities", "1", "--weeks", "2024-W10");
        Assert.Equal(2, result.Code);
        Assert.Contains($"{data.Snapshot}x", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    private Task<CommandResult> GetAsync(params string[] args) =>
        Featurectl.RunAsync(["get", "--file", data.ViewFile, "--snapshot", data.Snapshot, .. args]);

    private async Task RefusedAsync(string message, params string[] args)
    {
        var result = await GetAsync(args);
        Assert.Equal(2, result.Code);
        Assert.Equal("", result.Output);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("unexpected error", result.Error, StringComparison.Ordinal);
    }
}
