using System.Text.Json;
using FeatureService.Hosting;
using FeatureService.Scheduling;
using FeatureService.Testing;

namespace FeatureService.Cli.Tests;

public sealed class StatusCommandTests(SmallSnapshot data) : IClassFixture<SmallSnapshot>
{
    [Fact]
    public async Task Status_shows_workers_queue_cache_memory_snapshots_and_views()
    {
        using var folder = new TempFolder();
        await using var host = await StartAsync(folder);

        var result = await Featurectl.AnsweredAsync("status", "--server", host.Address);

        Assert.True(result.Code == 0, result.Error);
        Assert.Matches($"^service     {host.Address}, up 0:\\d\\d:\\d\\d, engine 1$", result.OutputLines[0]);
        Assert.Equal("workers     interactive: 0 of 2 busy, policy normal; background: 0 of 2 busy, policy nice", result.OutputLines[1]);
        Assert.Equal("queue       interactive: 0 requests, 0 waiting; training: 0 requests, 0 waiting; backfill: 0 requests, 0 waiting", result.OutputLines[2]);
        Assert.Equal("cache       redis: none; 0 blocks, 0.0 MB in memory; 0 hits, 0 misses, 0 damaged", result.OutputLines[3]);
        Assert.Matches(@"^memory      [\d,]+\.\d MB anonymous, [\d,]+\.\d of them managed$", result.OutputLines[4]);
        Assert.Matches("^snapshot    default: [0-9a-f]{32}, 1,000 events of 40 entities$", result.OutputLines[5]);
        Assert.Matches("^view        team/rides_view: served, 4 features, 1 labels, version [0-9a-f]{32}$", result.OutputLines[6]);
    }

    [Fact]
    public async Task Json_has_one_object_for_each_server_and_names_the_one_that_is_gone()
    {
        using var folder = new TempFolder();
        await using var host = await StartAsync(folder);
        var gone = "unix:" + folder["nobody"];

        var result = await Featurectl.AnsweredAsync("status", "--json", "--server", host.Address, "--server", gone);

        Assert.Equal(1, result.Code);
        Assert.Contains($"{gone} does not answer: there is no such socket", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        using var json = JsonDocument.Parse(result.Output);
        Assert.Equal([host.Address, gone], json.RootElement.EnumerateArray().Select(e => e.GetProperty("address").GetString()));
        var status = json.RootElement[0].GetProperty("status");
        Assert.Equal(2, status.GetProperty("workers").GetInt32());
        Assert.Equal(
            [("interactive", 2, 0, "normal"), ("background", 2, 0, "nice")],
            status.GetProperty("workerClasses").EnumerateArray().Select(c => (
                c.GetProperty("name").GetString(), c.GetProperty("workers").GetInt32(), c.GetProperty("busy").GetInt32(), c.GetProperty("policy").GetString())));
        Assert.Equal(JsonValueKind.Null, json.RootElement[1].GetProperty("status").ValueKind);
    }

    [Fact]
    public async Task An_address_that_is_none_is_refused()
    {
        var result = await Featurectl.RunAsync("status", "--server", "nowhere");

        Assert.Equal(2, result.Code);
        Assert.Contains("--server", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    private Task<FeatureServiceHost> StartAsync(TempFolder folder) => FeatureServiceHost.StartAsync(
        new ServiceOptions
        {
            Listen = "unix:" + folder["s"],
            Snapshots = [new SnapshotFolder("default", data.Snapshot)],
            Views = data.Views,
            Workers = 2,
            WorkerPolicy = WorkerPolicy.Nice,
        },
        TestContext.Current.CancellationToken);
}
