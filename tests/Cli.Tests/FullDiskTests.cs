using System.Diagnostics;
using System.Text.RegularExpressions;
using FeatureService.Testing;

namespace FeatureService.Cli.Tests;

/// <summary>Builds in a process whose files may not grow beyond 64 KiB: what a full disk does, wherever the build meets it.</summary>
public sealed class FullDiskTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a segment", 20_000, "--partitions 1 --slices 1")]
    [InlineData("the manifest", 1, "--partitions 4096 --slices 16")]
    public async Task A_build_that_cannot_write_says_so_and_leaves_nothing_behind(string what, int rows, string counts)
    {
        Write(rows);
        var (code, errors) = await Build(counts, limited: true);
        Assert.True(code == 1, $"{what}: exit code {code}: {errors}");
        Assert.Contains(_folder["out"], errors, StringComparison.Ordinal);
        Assert.Contains("larger than the disk or a limit allows", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["out"]));
    }

    [Fact]
    public async Task A_build_that_cannot_spill_says_so_and_leaves_nothing_behind()
    {
        // Each file is read as one block of some MB; the least memory holds two of them at most.
        Write(1);
        const int Files = 6;
        for (var file = 0; file < Files; file++)
        {
            _folder.Write($"e-{file}.csv", "user_id,at,x\n" + string.Concat(Enumerable.Range(0, 40_000).Select(i => $"{i},2024-01-01,{i}\n")));
        }

        _folder.Write("catalog.yaml", "entity: {name: user_id, type: int64}\nsources:\n  e: {files: 'e-*.csv', time: at}\n");
        var (least, code, errors) = ("1MB", 2, "");
        while (code == 2)
        {
            (code, errors) = await Build($"--memory {least}", limited: false);
            least = code == 2 ? Regex.Match(errors, "expected at least ([0-9]+MB)").Groups[1].Value : least;
        }

        Assert.Equal(0, code);
        Directory.Delete(_folder["out"], recursive: true);
        (code, errors) = await Build($"--memory {least}", limited: true);
        Assert.True(code == 1, $"exit code {code}: {errors}");
        Assert.Contains("-spill/00.events: cannot write it: the file is larger than the disk or a limit allows", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["out"]));
    }

    [Fact]
    public async Task A_snapshot_that_was_there_stays_the_current_one()
    {
        Write(1);
        Assert.Equal(0, (await Build("--partitions 1 --slices 1", limited: true)).Code);
        var before = Directory.GetFileSystemEntries(_folder["out"], "*", SearchOption.AllDirectories).Order().ToList();
        var current = File.ReadAllText(_folder["out/manifest.json"]);
        Assert.Equal(1, (await Build("--partitions 4096 --slices 16", limited: true)).Code);
        Assert.Equal(before, Directory.GetFileSystemEntries(_folder["out"], "*", SearchOption.AllDirectories).Order());
        Assert.Equal(current, File.ReadAllText(_folder["out/manifest.json"]));
        Assert.Equal(0, (await Build("--partitions 4096 --slices 16", limited: false)).Code);
        Assert.NotEqual(current, File.ReadAllText(_folder["out/manifest.json"]));
    }

    private void Write(int rows)
    {
        _folder.Write("catalog.yaml", "entity: {name: user_id, type: int64}\nsources:\n  e: {files: e.csv, time: at}\n");
        _folder.Write("e.csv", "user_id,at,x\n" + string.Concat(Enumerable.Range(0, rows).Select(i => $"{i},2024-01-01,{i}\n")));
    }

    private async Task<(int Code, string Errors)> Build(string counts, bool limited)
    {
        // The signal of the limit would end the process; a disk that is full sends none. Blocks of ulimit have 512 bytes.
        var limit = limited ? "trap '' XFSZ; ulimit -f 128; " : "";
        var program = Path.Combine(AppContext.BaseDirectory, "featurectl.dll");
        var start = new ProcessStartInfo("/bin/sh", ["-c", $"{limit}exec dotnet '{program}' snapshot build --catalog '{_folder["catalog.yaml"]}' --out '{_folder["out"]}' {counts}"])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        // The runtime's own files are larger.
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await output;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, errors);
    }
}
