using FeatureService.Cli.CommandLine;

namespace FeatureService.Cli.Tests;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("get", "--nonsense")]
    [InlineData("nonsense")]
    [InlineData("dataset", "build", "--weeks", "a", "--out", "b")]
    public async Task Arguments_that_are_none_end_with_2_and_point_to_the_help(params string[] args)
    {
        var result = await Featurectl.RunAsync(args);
        Assert.Equal(2, result.Code);
        Assert.Equal("", result.Output);
        Assert.StartsWith("see: featurectl", result.ErrorLines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_goes_to_stdout()
    {
        var result = await Featurectl.RunAsync("--help");
        Assert.Equal(0, result.Code);
        Assert.Contains("dataset", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Plain_progress_is_a_line_each_interval()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        using var error = new StringWriter { NewLine = "\n" };
        var progress = new LineProgress("building", error, time, TimeSpan.FromSeconds(2));
        progress.Report(new ProgressUpdate(0.1, "too early"));
        time.Advance(TimeSpan.FromSeconds(2));
        progress.Report(new ProgressUpdate(0.5, "half"));
        progress.Report(new ProgressUpdate(0.6, "too early"));
        time.Advance(TimeSpan.FromSeconds(3));
        progress.Report(new ProgressUpdate(1, "all"));
        Assert.Equal("building: 50 %, half\nbuilding: 100 %, all\n", error.ToString());
    }

    [Fact]
    public void A_lost_service_ends_with_3_and_says_how_to_go_on()
    {
        var (code, message) = ExitCodes.Of(new Client.FanOut.PartialBuildException("no progress"), TestContext.Current.CancellationToken);
        Assert.Equal(ExitCode.Partial, code);
        Assert.Contains("--resume", message, StringComparison.Ordinal);
    }
}
