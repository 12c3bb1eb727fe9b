using FeatureService.Testing;
using FeatureService.Testing.Network;

namespace FeatureService.EndToEnd.Tests;

/// <summary>Whatever dies, a build ends with the dataset of an undisturbed one, or can be resumed to it.</summary>
[Collection(TaxiWorld.Name)]
public sealed class FaultTests(TaxiWorld world)
{
    /// <summary>Bytes that pass a <see cref="SilentNetwork"/>, of some 13 MB of a build.</summary>
    private const long BytesMax = 1_500_000;

    public static TheoryData<int> Moments => [1, 2, 3];

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task A_service_killed_during_a_build_costs_nothing_but_time(int moment)
    {
        using var folder = new TempFolder();
        using var survivor = await ServiceProcess.StartAsync(world.Snapshot, world.Views);
        using var victim = await ServiceProcess.StartAsync(world.Snapshot, world.Views);
        var path = folder["dataset"];
        using var build = FeatureCtl.Start(world.Build(path, survivor, victim));

        await Datasets.AfterPartsAsync(build, path, TaxiWorld.PartsBefore(moment));
        victim.Kill();
        var result = await build.WaitAsync();

        if (result.ExitCode == 3)
        {
            result = await FeatureCtl.RunAsync([.. world.Build(path, survivor), "--resume"]);
        }

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal(await world.ContentHashAsync(), Datasets.ContentHash(path));
    }

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task A_client_killed_during_a_build_is_resumed_to_the_same_dataset(int moment)
    {
        using var folder = new TempFolder();
        using var first = await ServiceProcess.StartAsync(world.Snapshot, world.Views);
        using var second = await ServiceProcess.StartAsync(world.Snapshot, world.Views);
        var path = folder["dataset"];
        using (var build = FeatureCtl.Start(world.Build(path, first, second)))
        {
            await Datasets.AfterPartsAsync(build, path, TaxiWorld.PartsBefore(moment));
            build.Kill();
            await build.WaitAsync();
        }

        foreach (var part in Directory.GetFiles(path, "part-*.parquet"))
        {
            using var reader = new ParquetSharp.ParquetFileReader(part);
            Assert.True(reader.FileMetaData.NumRows > 0, part);
        }

        var resumed = await FeatureCtl.RunAsync([.. world.Build(path, first, second), "--resume"]);
        Assert.True(resumed.ExitCode == 0, resumed.ToString());
        Assert.Equal(await world.ContentHashAsync(), Datasets.ContentHash(path));
    }

    [Fact]
    public async Task All_services_lost_ends_with_3_and_is_resumed()
    {
        using var folder = new TempFolder();
        var path = folder["dataset"];
        using (var only = await ServiceProcess.StartAsync(world.Snapshot, world.Views))
        await using (var network = SilentNetwork.Before(BytesMax, only))
        using (var build = FeatureCtl.Start([.. world.Build(path, [network.Address]), "--outage-timeout", "5"]))
        {
            await Datasets.AfterPartsAsync(build, path, 1);
            only.Kill();
            var lost = await build.WaitAsync();
            Assert.True(lost.ExitCode == 3, lost.ToString());
            Assert.False(File.Exists(Path.Combine(path, "_manifest.json")));
        }

        using var next = await ServiceProcess.StartAsync(world.Snapshot, world.Views);
        var resumed = await FeatureCtl.RunAsync([.. world.Build(path, next), "--resume"]);
        Assert.True(resumed.ExitCode == 0, resumed.ToString());
        Assert.Equal(await world.ContentHashAsync(), Datasets.ContentHash(path));
    }

    [Fact]
    public async Task A_build_that_is_told_to_stop_ends_with_3_and_is_resumed()
    {
        using var folder = new TempFolder();
        var path = folder["dataset"];
        using var service = await ServiceProcess.StartAsync(world.Snapshot, world.Views);
        await using (var network = SilentNetwork.Before(BytesMax, service))
        using (var build = FeatureCtl.Start(world.Build(path, [network.Address])))
        {
            await Datasets.AfterPartsAsync(build, path, 2);
            build.Terminate();
            var stopped = await build.WaitAsync();
            Assert.True(stopped.ExitCode == 3, stopped.ToString());
            Assert.Contains("--resume", stopped.Errors, StringComparison.Ordinal);
        }

        var resumed = await FeatureCtl.RunAsync([.. world.Build(path, service), "--resume"]);
        Assert.True(resumed.ExitCode == 0, resumed.ToString());
        Assert.Equal(await world.ContentHashAsync(), Datasets.ContentHash(path));
    }

    [Fact]
    public async Task A_rolling_restart_fails_no_build()
    {
        using var folder = new TempFolder();
        var path = folder["dataset"];
        using var stays = await ServiceProcess.StartAsync(world.Snapshot, world.Views);
        using var leaves = await ServiceProcess.StartAsync(world.Snapshot, world.Views);
        using var build = FeatureCtl.Start(world.Build(path, stays, leaves));
        await Datasets.AfterPartsAsync(build, path, 1);

        leaves.Terminate();
        var service = await leaves.WaitAsync();
        var result = await build.WaitAsync();

        Assert.True(service.ExitCode == 0, service.ToString());
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal(await world.ContentHashAsync(), Datasets.ContentHash(path));
    }

    [Fact]
    public async Task A_service_that_hangs_holds_no_build_up()
    {
        using var folder = new TempFolder();
        var path = folder["dataset"];
        using var well = await ServiceProcess.StartAsync(world.Snapshot, world.Views);
        using var hung = await ServiceProcess.StartAsync(world.Snapshot, world.Views);
        using var build = FeatureCtl.Start([.. world.Build(path, well, hung), "--json"]);
        await Datasets.AfterPartsAsync(build, path, 1);

        hung.Hold();
        var result = await build.WaitAsync();
        hung.GoOn();

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal(await world.ContentHashAsync(), Datasets.ContentHash(path));
        using var report = System.Text.Json.JsonDocument.Parse(result.Output);
        // None where all that is left was begun on the other.
        Assert.InRange(report.RootElement.GetProperty("retries").GetInt32(), 0, 20);
    }

    [Fact]
    public async Task A_balancer_that_hides_services_is_as_good_as_their_addresses()
    {
        using var folder = new TempFolder();
        var path = folder["dataset"];
        using var one = await ServiceProcess.StartAsync(world.Snapshot, world.Views);
        using var two = await ServiceProcess.StartAsync(world.Snapshot, world.Views);
        await using var balancer = SilentNetwork.Before(BytesMax, one, two);
        using var build = FeatureCtl.Start([.. world.Build(path), "--server", balancer.Address, "--connections", "4"]);
        await Datasets.AfterPartsAsync(build, path, 1);

        Assert.True(balancer.CutAll() > 1, "one connection only");
        balancer.Fault = ProxyFault.None;
        one.Kill();
        var result = await build.WaitAsync();

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal(await world.ContentHashAsync(), Datasets.ContentHash(path));
    }
}
