using FeatureService.Samples.Taxi;
using FeatureService.Testing;

namespace FeatureService.EndToEnd.Tests;

public sealed class DemoTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_demo_makes_a_dataset_of_every_user_and_week_twice_over()
    {
        await using var shell = new Shell(_folder.Path);
        for (var run = 0; run < 2; run++)
        {
            var (code, output, error) = await shell.RunAsync("featurectl demo --users 60 --out made", TestContext.Current.CancellationToken);
            Assert.True(code == 0, error);
            Assert.Contains($"{60 * 260:N0} vectors", output, StringComparison.Ordinal);
            Assert.Contains("2024 ", output, StringComparison.Ordinal);
            Assert.True(File.Exists(_folder["made/dataset/_manifest.json"]));
        }
    }

    [Fact]
    public async Task A_folder_with_other_files_is_left_alone()
    {
        _folder.Write("mine/notes.txt", "keep");
        await using var shell = new Shell(_folder.Path);
        var (code, _, error) = await shell.RunAsync("featurectl demo --users 60 --out mine", TestContext.Current.CancellationToken);
        Assert.Equal(2, code);
        Assert.Equal("featurectl: --out mine: holds other files; expected a new or empty folder, or that of an earlier demo\n", error);
        Assert.Equal(["notes.txt"], Directory.EnumerateFileSystemEntries(_folder["mine"]).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("0", "--users 0: expected a number from 1 to 1000000")]
    [InlineData("1000001", "--users 1000001: expected a number from 1 to 1000000")]
    public async Task A_number_of_users_out_of_range_is_refused(string users, string message)
    {
        await using var shell = new Shell(_folder.Path);
        var (code, _, error) = await shell.RunAsync($"featurectl demo --users {users}", TestContext.Current.CancellationToken);
        Assert.Equal((2, $"featurectl: {message}\n"), (code, error));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task The_view_of_the_sample_is_good()
    {
        TaxiSample.Write(_folder.Path, new TaxiOptions { Users = 20, Weeks = 60 }, cancellation: TestContext.Current.CancellationToken);
        await using var shell = new Shell(_folder.Path);
        var (code, _, error) = await shell.RunAsync(
            $"featurectl view validate {TaxiSample.ViewFile} --catalog {TaxiSample.CatalogFile}", TestContext.Current.CancellationToken);
        Assert.True(code == 0, error);
    }
}
