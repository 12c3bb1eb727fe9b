using FeatureService.Client.Datasets;
using FeatureService.Hosting;
using FeatureService.Scheduling;
using FeatureService.Testing;

namespace FeatureService.Cli.Tests;

/// <summary><c>--cache</c>, at a service that keeps something.</summary>
public sealed class CacheTests(SmallSnapshot data) : IClassFixture<SmallSnapshot>
{
    [Fact]
    public async Task Every_policy_builds_the_same_dataset_and_the_status_tells_what_was_found()
    {
        using var folder = new TempFolder();
        await using var host = await StartAsync(folder);
        foreach (var policy in new[] { "never", "always", "always", "refresh", "auto" })
        {
            var build = await Featurectl.RunAsync(
                "dataset", "build", "--file", data.ViewFile, "--weeks", "2023-W40..2024-W20", "--server", host.Address, "--cache", policy, "--out", folder["d.csv"], "--overwrite");
            Assert.True(build.Code == 0, build.Error);
            File.Copy(folder["d.csv.manifest.json"], folder[policy + ".json"], overwrite: true);
        }

        Assert.Single(new[] { "never", "always", "refresh", "auto" }.Select(policy => DatasetManifest.Read(folder[policy + ".json"]).ContentHash).Distinct());
        var status = await Featurectl.AnsweredAsync("status", "--server", host.Address);
        // Five columns of eight slices, two chunks of weeks each: each block was missing once.
        Assert.Matches("^cache       redis: none; 80 blocks, 0\\.[0-9] MB in memory; [1-9][0-9]* hits, 80 misses, 0 damaged$", status.OutputLines[3]);
    }

    [Fact]
    public async Task Explain_tells_of_each_column_whether_it_is_used()
    {
        using var folder = new TempFolder();
        await using var host = await StartAsync(folder);

        var text = await Featurectl.RunAsync(
            "explain", "--file", data.ViewFile, "--weeks", "2023-W40..2024-W20", "--server", host.Address, "--cache", "always");
        var json = await Featurectl.RunAsync(
            "explain", "--file", data.ViewFile, "--weeks", "2023-W40..2024-W20", "--server", host.Address, "--cache", "never", "--json");

        Assert.Contains("cache     fare_4w: used, as the request says", text.Output, StringComparison.Ordinal);
        using var parsed = System.Text.Json.JsonDocument.Parse(json.Output);
        var uses = parsed.RootElement.GetProperty("cache").EnumerateArray().Select(c => (c.GetProperty("used").GetBoolean(), c.GetProperty("reason").GetString())).ToList();
        Assert.Equal(Enumerable.Repeat((false, (string?)"as the request says"), 5), uses);
    }

    [Fact]
    public async Task Another_policy_and_one_beside_a_spine_are_refused()
    {
        var unknown = await Featurectl.RunAsync("dataset", "build", "--file", data.ViewFile, "--weeks", "2024-W01", "--out", "x.csv", "--cache", "sometimes");
        var spine = await Featurectl.RunAsync("dataset", "build", "--file", data.ViewFile, "--spine", data.ViewFile, "--out", "x.csv", "--cache", "always");

        Assert.Equal((2, 2), (unknown.Code, spine.Code));
        Assert.Contains("'sometimes' not recognized", unknown.Error, StringComparison.Ordinal);
        Assert.Contains("expected no --cache beside it", spine.Error, StringComparison.Ordinal);
    }

    private Task<FeatureServiceHost> StartAsync(TempFolder folder) => FeatureServiceHost.StartAsync(
        new ServiceOptions
        {
            Listen = "unix:" + folder["s"],
            Snapshots = [new SnapshotFolder("default", data.Snapshot)],
            WorkerPolicy = WorkerPolicy.Normal,
        },
        TestContext.Current.CancellationToken);
}
