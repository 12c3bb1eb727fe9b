using System.Text.Json;
using FeatureService.Cli.CommandLine;
using FeatureService.Hosting;
using FeatureService.Scheduling;
using FeatureService.Testing;
using Microsoft.Extensions.Time.Testing;

namespace FeatureService.Cli.Tests;

/// <summary><c>featurectl status --watch</c>, while the test holds the clock.</summary>
public sealed class StatusWatchTests : IClassFixture<SmallSnapshot>, IDisposable
{
    private static readonly TimeSpan _period = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _moment = TimeSpan.FromMilliseconds(1);

    private readonly SmallSnapshot _data;
    private readonly TempFolder _folder = new();

    // An hour ahead: however long the machine stands, the deadline of no call passes on the system's clock.
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow().AddHours(1));

    private readonly LineWriter _output = new();
    private readonly LineWriter _error = new();
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    public StatusWatchTests(SmallSnapshot data) => _data = data;

    public void Dispose()
    {
        _stop.Dispose();
        _output.Dispose();
        _error.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_watch_looks_every_two_seconds_until_it_is_stopped_which_ends_it_well()
    {
        await using var host = await StartAsync();
        var watch = WatchAsync(host.Address, "--json");

        Assert.Equal(JsonValueKind.Object, StatusOf(await _output.NextAsync()).ValueKind);
        for (var look = 0; look < 3; look++)
        {
            _time.Advance(_period - _moment);
            Assert.Equal(0, _output.UnreadCount);
            _time.Advance(_moment);
            Assert.Equal(2, StatusOf(await _output.NextAsync()).GetProperty("workers").GetInt32());
        }

        await _stop.CancelAsync();
        Assert.Equal(0, await watch);
        Assert.Equal((0, 0), (_output.UnreadCount, _error.UnreadCount));
    }

    [Fact]
    public async Task A_watch_for_people_prints_the_whole_status_each_time()
    {
        await using var host = await StartAsync();
        var watch = WatchAsync(host.Address);

        for (var look = 0; look < 2; look++)
        {
            foreach (var part in (string[])["service", "workers", "queue", "cache", "memory", "snapshot"])
            {
                Assert.StartsWith(part + " ", await _output.NextAsync(), StringComparison.Ordinal);
            }

            _time.Advance(_period);
        }

        await _stop.CancelAsync();
        Assert.Equal(0, await watch);
    }

    [Fact]
    public async Task A_watch_goes_on_while_a_service_is_gone_and_shows_it_again_when_it_is_back()
    {
        var host = await StartAsync();
        var watch = WatchAsync(host.Address, "--json");
        await _output.NextAsync();

        await host.DisposeAsync();
        _time.Advance(_period);
        Assert.Equal(JsonValueKind.Null, StatusOf(await _output.NextAsync()).ValueKind);
        Assert.Contains($"{host.Address} does not answer", await _error.NextAsync(), StringComparison.Ordinal);

        await using var next = await StartAsync();
        JsonElement status;
        do
        {
            // The channel may still pause before it connects again.
            _time.Advance(_period);
            status = StatusOf(await _output.NextAsync());
        }
        while (status.ValueKind == JsonValueKind.Null);

        await _stop.CancelAsync();
        Assert.Equal(0, await watch);
    }

    private static JsonElement StatusOf(string line)
    {
        using var json = JsonDocument.Parse(line);
        return Assert.Single(json.RootElement.EnumerateArray()).GetProperty("status").Clone();
    }

    private Task<int> WatchAsync(string server, params string[] more) =>
        CommandRunner.RunAsync(["status", "--watch", "--server", server, .. more], _output, _error, _stop.Token, _time);

    private Task<FeatureServiceHost> StartAsync() => FeatureServiceHost.StartAsync(
        new ServiceOptions
        {
            Listen = "unix:" + _folder["s"],
            Snapshots = [new SnapshotFolder("default", _data.Snapshot)],
            Workers = 2,
            WorkerPolicy = WorkerPolicy.Normal,
        },
        TestContext.Current.CancellationToken);
}
