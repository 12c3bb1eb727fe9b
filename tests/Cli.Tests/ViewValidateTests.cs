using FeatureService.Testing;

namespace FeatureService.Cli.Tests;

public sealed class ViewValidateTests(SmallSnapshot data) : IClassFixture<SmallSnapshot>
{
    [Fact]
    public async Task A_good_view_is_good_by_catalog_and_by_snapshot()
    {
        var catalog = await Featurectl.RunAsync("view", "validate", data.ViewFile, "--catalog", data.Catalog);
        var snapshot = await Featurectl.RunAsync("view", "validate", data.ViewFile, "--snapshot", data.Snapshot);
        Assert.Equal(0, catalog.Code);
        Assert.Contains("ok: rides_view, 4 features, 1 labels", catalog.Output, StringComparison.Ordinal);
        Assert.Equal(catalog.Output, snapshot.Output);
    }

    [Fact]
    public async Task Every_error_of_every_file_is_told_with_its_place()
    {
        using var folder = new TempFolder();
        var one = folder.Write("one.view.yaml", "view: one\nfeatures:\n  a: count(ride) over 4w\n  b: sum(rides.fare) over 4y\n");
        var two = folder.Write("two.view.yaml", "view: two\nfeatures:\n  c: 1 +\n");
        foreach (var where in new[] { new[] { "--catalog", data.Catalog }, ["--snapshot", data.Snapshot] })
        {
            var result = await Featurectl.RunAsync(["view", "validate", one, data.ViewFile, two, .. where]);
            Assert.Equal(2, result.Code);
            Assert.Collection(
                result.ErrorLines,
                line => Assert.StartsWith($"{one}:3:", line, StringComparison.Ordinal),
                line => Assert.StartsWith($"{one}:4:", line, StringComparison.Ordinal),
                line => Assert.StartsWith($"{two}:3:", line, StringComparison.Ordinal));
            Assert.Single(result.OutputLines);
        }
    }

    [Theory]
    [InlineData("cannot read the catalog", "--catalog", "nowhere.yaml")]
    [InlineData("expected one of --catalog FILE", "--catalog", "a", "--server", "http://127.0.0.1:9")]
    [InlineData("--views DIR goes with --snapshot", "--views", "a")]
    public async Task Wrong_places_are_refused(string message, params string[] args)
    {
        var result = await Featurectl.RunAsync(["view", "validate", data.ViewFile, .. args]);
        Assert.Equal(2, result.Code);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_missing_is_told()
    {
        var result = await Featurectl.RunAsync("view", "validate", "nowhere.view.yaml", "--snapshot", data.Snapshot);
        Assert.Equal(2, result.Code);
        Assert.Contains("nowhere.view.yaml", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }
}
