using System.Text.Json;
using FeatureService.Cli.CommandLine;
using FeatureService.Client.Datasets;
using FeatureService.Client.FanOut;
using FeatureService.Hosting;
using FeatureService.Scheduling;
using FeatureService.Testing;

namespace FeatureService.Cli.Tests;

/// <summary>Builds over several services, and what they say of them.</summary>
public sealed class BuildOverServersTests(SmallSnapshot data) : IClassFixture<SmallSnapshot>
{
    [Fact]
    public async Task Json_tells_what_was_built_and_what_each_service_did()
    {
        using var folder = new TempFolder();
        await using var one = await StartAsync("http://127.0.0.1:0");
        await using var two = await StartAsync("http://127.0.0.1:0");
        var result = await BuildAsync("--server", one.Address, "--server", two.Address, "--out", folder["set"], "--json");
        Assert.True(result.Code == 0, result.Error);
        using var json = JsonDocument.Parse(result.Output);
        var root = json.RootElement;
        var manifest = DatasetManifest.Read(folder["set/_manifest.json"]);
        Assert.Equal(manifest.ContentHash, root.GetProperty("contentHash").GetString());
        Assert.Equal(40 * 13, root.GetProperty("rows").GetInt64());
        var services = root.GetProperty("services").EnumerateArray().ToArray();
        Assert.Equal(40 * 13, services.Sum(service => service.GetProperty("rows").GetInt64()));
        Assert.Equal(manifest.Shards, services.Sum(service => service.GetProperty("done").GetInt32()));
        Assert.Equal(services.Sum(service => service.GetProperty("failures").GetInt32()), root.GetProperty("retries").GetInt32());
    }

    [Fact]
    public async Task A_name_will_do_for_addresses()
    {
        using var folder = new TempFolder();
        await using var host = await StartAsync("http://127.0.0.1:0");
        var result = await BuildAsync("--server", $"dns:///127.0.0.1:{new Uri(host.Address).Port}", "--out", folder["set"]);
        Assert.True(result.Code == 0, result.Error);
        var status = await Featurectl.AnsweredAsync("status", "--server", $"dns:///127.0.0.1:{new Uri(host.Address).Port}");
        Assert.StartsWith($"service     {host.Address}, up", status.OutputLines[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_build_is_resumed_on_its_snapshot_though_a_newer_one_is_served()
    {
        using var folder = new TempFolder();
        var snapshot = folder["snapshot"];
        await BuildSnapshotAsync(data.Catalog, snapshot);
        await using var host = await FeatureServiceHost.StartAsync(
            new ServiceOptions { Listen = "http://127.0.0.1:0", Snapshots = [new SnapshotFolder("default", snapshot)], Workers = 1, WorkerPolicy = WorkerPolicy.Normal },
            TestContext.Current.CancellationToken);
        string[] build = ["--server", host.Address, "--out", folder["set"]];
        Assert.Equal(0, (await BuildAsync(build)).Code);
        var whole = DatasetManifest.Read(folder["set/_manifest.json"]);
        File.Delete(folder["set/_manifest.json"]);
        File.Delete(folder["set/part-00001.parquet"]);

        var rides = File.ReadAllText(Path.Combine(Path.GetDirectoryName(data.Catalog)!, "rides.csv"));
        folder.Write("rides.csv", rides + "1,2024-03-02 00:00:00,5,1.5,city 1\n");
        await BuildSnapshotAsync(folder.Write("catalog.yaml", File.ReadAllText(data.Catalog)), snapshot);
        await Eventually.TrueAsync(
            async () => !(await Featurectl.RunAsync("status", "--server", host.Address)).Output.Contains("default: " + whole.Snapshot, StringComparison.Ordinal),
            TestContext.Current.CancellationToken);
        var resumed = await BuildAsync([.. build, "--resume"]);

        Assert.True(resumed.Code == 0, resumed.Error);
        var manifest = DatasetManifest.Read(folder["set/_manifest.json"]);
        Assert.Equal((whole.Snapshot, whole.ContentHash), (manifest.Snapshot, manifest.ContentHash));
    }

    [Fact]
    public async Task A_build_is_resumed_and_rows_are_asked_for_on_any_snapshot_that_the_folder_has()
    {
        using var folder = new TempFolder();
        var snapshot = folder["snapshot"];
        var rides = File.ReadAllText(Path.Combine(Path.GetDirectoryName(data.Catalog)!, "rides.csv"));
        var catalog = folder.Write("catalog.yaml", File.ReadAllText(data.Catalog));
        folder.Write("rides.csv", rides);
        await BuildSnapshotAsync(catalog, snapshot);
        string[] build = ["--snapshot", snapshot, "--out", folder["set"]];
        Assert.Equal(0, (await BuildAsync(build)).Code);
        var whole = DatasetManifest.Read(folder["set/_manifest.json"]);
        for (var newer = 1; newer <= 2; newer++)
        {
            folder.Write("rides.csv", rides + $"1,2024-03-0{newer} 00:00:00,5,1.5,city 1\n");
            await BuildSnapshotAsync(catalog, snapshot);
        }

        await using var host = await FeatureServiceHost.StartAsync(
            new ServiceOptions { Listen = "http://127.0.0.1:0", Snapshots = [new SnapshotFolder("default", snapshot)], Workers = 1, WorkerPolicy = WorkerPolicy.Normal },
            TestContext.Current.CancellationToken);
        foreach (var where in (string[][])[["--snapshot", snapshot], ["--server", host.Address]])
        {
            File.Delete(folder["set/_manifest.json"]);
            File.Delete(folder["set/part-00001.parquet"]);
            var resumed = await BuildAsync([.. where, "--out", folder["set"], "--resume"]);
            Assert.True(resumed.Code == 0, resumed.Error);
            Assert.Equal(whole.ContentHash, DatasetManifest.Read(folder["set/_manifest.json"]).ContentHash);

            string[] get = ["get", .. where, "--file", data.ViewFile, "--weeks", "2024-W13", "--entities", "1"];
            var (now, then) = (await Featurectl.RunAsync(get), await Featurectl.RunAsync([.. get, "--snapshot-id", whole.Snapshot]));
            Assert.Equal((0, 0), (now.Code, then.Code));
            Assert.NotEqual(now.Output, then.Output);
            var gone = await Featurectl.RunAsync([.. get, "--snapshot-id", "../../snapshots/x"]);
            Assert.Contains("snapshot id '../../snapshots/x' is not here", gone.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_snapshot_of_several_is_asked_for_by_its_name()
    {
        using var folder = new TempFolder();
        await using var host = await FeatureServiceHost.StartAsync(
            new ServiceOptions
            {
                Listen = "http://127.0.0.1:0",
                Snapshots = [new SnapshotFolder("north", data.Snapshot), new SnapshotFolder("south", data.Snapshot)],
                Workers = 1,
                WorkerPolicy = WorkerPolicy.Normal,
            },
            TestContext.Current.CancellationToken);
        string[] build = ["--server", host.Address, "--out", folder["set"]];
        var which = await BuildAsync(build);
        Assert.Equal(2, which.Code);
        Assert.Contains("--snapshot-name: expected a name, as several snapshots are served: north, south", which.Error, StringComparison.Ordinal);

        var built = await BuildAsync([.. build, "--snapshot-name", "south"]);
        Assert.True(built.Code == 0, built.Error);
        Assert.Contains("there is no snapshot 'east'", (await BuildAsync([.. build, "--overwrite", "--snapshot-name", "east"])).Error, StringComparison.Ordinal);
        var both = await BuildAsync("--snapshot", data.Snapshot, "--snapshot-name", "south", "--out", folder["other"]);
        Assert.Contains("--snapshot-name NAME goes with --server URL", both.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--connections", "0", "--connections: expected a whole number from 1 to 100")]
    [InlineData("--server", "dns:///pods", "--server: 'dns:///pods' is no name of services: expected dns:///NAME:PORT")]
    public async Task What_is_wrong_is_told(string option, string value, string expected)
    {
        using var folder = new TempFolder();
        var result = await BuildAsync(option, value, "--out", folder["set"]);
        Assert.Equal(2, result.Code);
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_tells_shards_rows_rate_time_left_and_services()
    {
        var progress = new DatasetProgress(12, 93, 1_234_567, 9_999_999, 20, TimeSpan.FromSeconds(5))
        {
            Fraction = 0.12,
            RowsPerSecond = 1_250_000,
            TimeLeft = TimeSpan.FromSeconds(200),
            FanOut = new FanOutProgress(2, 1, [new PodProgress("http://a:1", 1, 5, 500, 2), new PodProgress("http://b:1", 2, 7, 700, 0)]),
        };
        Assert.Equal(
            "12 of 93 shards, 1,234,567 rows, 1.25 M vectors/s, 3 min 20 s left, 2 retries, 1 doubled; a:1 5, b:1 7", BuildSummary.Line(progress));
        var cached = progress with { FanOut = new FanOutProgress(0, 0, [new PodProgress("http://a:1", 1, 5, 500, 0) { CachedValues = 12_000 }]) };
        Assert.EndsWith(" left, 12,000 values from caches", BuildSummary.Line(cached), StringComparison.Ordinal);
        PodProgress[] many = [.. Enumerable.Range(0, 8).Select(i => new PodProgress($"http://pod{i}:1", 0, 3 + (i % 3), 0, 0))];
        Assert.EndsWith(
            " left; 8 services, 3 to 5 each", BuildSummary.Line(progress with { FanOut = new FanOutProgress(0, 0, many) }), StringComparison.Ordinal);
    }

    private Task<CommandResult> BuildAsync(params string[] more) =>
        Featurectl.RunAsync(["dataset", "build", "--file", data.ViewFile, "--weeks", "2024-W01..2024-W13", .. more]);

    private static async Task BuildSnapshotAsync(string catalog, string snapshot)
    {
        var built = await Featurectl.RunAsync("snapshot", "build", "--catalog", catalog, "--out", snapshot, "--partitions", "4", "--slices", "2");
        Assert.True(built.Code == 0, built.Error);
    }

    private Task<FeatureServiceHost> StartAsync(string listen) => FeatureServiceHost.StartAsync(
        new ServiceOptions
        {
            Listen = listen,
            Snapshots = [new SnapshotFolder("default", data.Snapshot)],
            Workers = 1,
            WorkerPolicy = WorkerPolicy.Normal,
        },
        TestContext.Current.CancellationToken);
}
