using System.Text.RegularExpressions;
using FeatureService.Cli.CommandLine;
using FeatureService.Testing;

namespace FeatureService.Cli.Tests;

public sealed class SnapshotCommandTests : IDisposable
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
    public async Task A_build_prints_the_snapshot_and_what_was_left_out_to_stdout()
    {
        Write("1,2024-01-01,3\n,2024-01-01,3\n2,,3\n2,2024-01-01,bad\n");
        Assert.Equal(0, await Run("--partitions", "2", "--slices", "4", "--max-bad-rows", "1"));
        Assert.Contains("events      1 of 1 entities in 2 x 4 slices", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("e: 1 events; left out 1 without entity, 1 without time, 1 bad", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("e.csv:5: 'bad' in column x: expected int64", _output.ToString(), StringComparison.Ordinal);
        Assert.True(File.Exists(_folder["out/manifest.json"]));
    }

    [Fact]
    public async Task Bad_rows_end_with_exit_code_2_and_lines_on_stderr_only()
    {
        Write("2,2024-01-01,bad\n");
        Assert.Equal(2, await Run());
        Assert.Contains("e.csv:2: 'bad' in column x: expected int64", _error.ToString(), StringComparison.Ordinal);
        Assert.Empty(_output.ToString());
        Assert.False(File.Exists(_folder["out/manifest.json"]));
    }

    [Fact]
    public async Task The_future_is_refused_unless_allowed()
    {
        Write("2,2999-01-01,1\n");
        Assert.Equal(2, await Run());
        Assert.Contains("--allow-future", _error.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, await Run("--allow-future"));
    }

    [Theory]
    [InlineData("--partitions", "3", "--partitions 3: expected a power of two from 1 to 4096")]
    [InlineData("--slices", "0", "--slices 0: expected a power of two from 1 to 65536")]
    public async Task Counts_that_are_no_powers_of_two_end_with_exit_code_2(string option, string value, string message)
    {
        Write("1,2024-01-01,1\n");
        Assert.Equal(2, await Run(option, value));
        Assert.Contains(message, _error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("much", "--memory much: expected a size, one as 256KiB, 64MB or 1GiB")]
    [InlineData("-1GB", "--memory -1GB: expected a size")]
    [InlineData("20MB", "--memory 20MB: expected at least 129MB, for rows while they are read")]
    public async Task Memory_that_is_no_size_or_too_little_ends_with_exit_code_2(string size, string message)
    {
        Write("1,2024-01-01,1\n");
        Assert.Equal(2, await Run("--memory", size));
        Assert.Contains(message, _error.ToString(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["out"]));
    }

    [Fact]
    public async Task What_was_spilled_is_told_and_the_snapshot_is_the_same()
    {
        Write(string.Concat(Enumerable.Range(0, 200_000).Select(i => $"{i % 5000},2024-01-0{1 + (i % 9)},{i}\n")));
        Assert.Equal(0, await Run("--memory", "1GB"));
        Assert.DoesNotContain("spilled", _output.ToString(), StringComparison.Ordinal);
        var id = File.ReadAllText(_folder["out/manifest.json"]);
        var (least, code) = ("1", 2);
        while (code == 2)
        {
            code = await Run("--memory", least);
            least = code == 2 ? Regex.Matches(_error.ToString(), "expected at least ([0-9]+MB)")[^1].Groups[1].Value : least;
        }

        Assert.Equal(0, code);
        Assert.Contains("MB of events to temporary files", _output.ToString(), StringComparison.Ordinal);
        Assert.Equal(id, File.ReadAllText(_folder["out/manifest.json"]));
    }

    [Fact]
    public async Task A_catalog_that_is_missing_or_wrong_ends_with_exit_code_2()
    {
        Assert.Equal(2, await Run());
        Assert.Contains("cannot read the catalog", _error.ToString(), StringComparison.Ordinal);
        _folder.Write("catalog.yaml", "entity: {name: user_id, type: int32}\n");
        Assert.Equal(2, await Run());
        Assert.Contains("catalog.yaml:1:", _error.ToString(), StringComparison.Ordinal);
    }

    private void Write(string rows)
    {
        _folder.Write("e.csv", "user_id,at,x\n" + rows);
        _folder.Write("catalog.yaml", "entity: {name: user_id, type: int64}\nsources:\n  e:\n    files: e.csv\n    time: at\n    columns: {at: date, x: int64}\n");
    }

    private Task<int> Run(params string[] more) => CommandRunner.RunAsync(
        ["snapshot", "build", "--catalog", _folder["catalog.yaml"], "--out", _folder["out"], .. more], _output, _error, TestContext.Current.CancellationToken);
}
