using FeatureService.Client.Datasets;
using FeatureService.Client.FanOut;
using FeatureService.Client.Tests.Fake;
using FeatureService.Client.Transport;
using FeatureService.Contracts.V1;
using FeatureService.Core.Keys;
using FeatureService.Testing;
using Grpc.Core;

namespace FeatureService.Client.Tests;

public sealed class ExplainTests
{
    private static readonly PlanCost Cost = new() { Events = 70, Rows = 1_200, Cells = 3_600, Bytes = 9_000, CpuSeconds = 0.5, Seconds = 0.25 };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_backfill_is_explained_in_one_call_with_the_shards_that_it_would_be_cut_into()
    {
        await using var service = await FakeService.StartAsync();
        service.Cost = Cost;
        using var client = Clients.Of(service);

        var explained = await client.ExplainAsync(Clients.Query, Stop);

        Assert.Equal(new CostEstimate(70, 1_200, 3_600, 9_000, 0.5, 0.25), explained.Plan.Cost);
        Assert.Equal((4, 1_200), (explained.ShardRows.Count, explained.ShardRows.Sum()));
        Assert.Equal(0.25, explained.Seconds);
        Assert.Equal(0, service.StreamCount);
        var request = Assert.Single(service.Explained);
        Assert.Equal(("snapshot-1", "2024-01-01", true), (request.Snapshot.Id, request.Grid.Weeks.First, request.Columns.Labels));
        Assert.Equal(Grid.EntitiesOneofCase.None, request.Grid.EntitiesCase);
    }

    [Fact]
    public async Task Several_services_share_the_time_as_far_as_there_are_shards_for_them()
    {
        await using var first = await FakeService.StartAsync();
        await using var second = await FakeService.StartAsync();
        (first.Cost, second.Cost) = (Cost, Cost);
        using var client = Clients.Of(first, second);

        Assert.Equal(0.125, (await client.ExplainAsync(Clients.Query, Stop)).Seconds);
        Assert.Equal(0.25, (await client.ExplainAsync(Clients.Query with { Entities = [EntityKey.Of(5)] }, Stop)).Seconds);
    }

    [Fact]
    public async Task Entities_that_do_not_fit_one_request_are_explained_in_several_and_added_up()
    {
        await using var service = await FakeService.StartAsync();
        service.Cost = Cost;
        using var client = Clients.Of(service);
        var query = Clients.Query with { Entities = [.. Enumerable.Range(0, 40_000).Select(key => EntityKey.Of(key))] };

        var explained = await client.ExplainAsync(query, Stop);

        Assert.Equal(3, service.Explained.Count);
        Assert.Equal((40_000, 9), (explained.Plan.Entities, explained.Plan.Tasks));
        Assert.Equal((210, 1.5), (explained.Plan.Cost.Events, explained.Plan.Cost.CpuSeconds));
    }

    [Fact]
    public async Task The_manifest_has_the_estimate_beside_what_the_build_took()
    {
        await using var service = await FakeService.StartAsync();
        (service.Cost, service.SliceCpu) = (Cost, TimeSpan.FromMilliseconds(40));
        using var folder = new TempFolder();

        var manifest = await BuildAsync(service, folder["set"]);

        Assert.Equal(new ManifestEstimate(70, 3_600, 9_000, 0.5, 0.25), manifest.Estimate);
        Assert.Equal(16 * 0.04, manifest.Timings.CpuSeconds);
        Assert.Equal(manifest.Estimate, DatasetManifest.Read(folder["set/_manifest.json"]).Estimate);
    }

    [Fact]
    public async Task A_service_that_tells_no_cost_builds_the_same_dataset()
    {
        await using var service = await FakeService.StartAsync();
        using var folder = new TempFolder();
        var without = await BuildAsync(service, folder["a"]);
        service.Cost = Cost;
        var with = await BuildAsync(service, folder["b"]);

        Assert.Null(without.Estimate);
        Assert.Null(without.Timings.CpuSeconds);
        Assert.DoesNotContain("estimate", File.ReadAllText(folder["a/_manifest.json"]), StringComparison.Ordinal);
        Assert.NotNull(with.Estimate);
        Assert.Equal(without.ContentHash, with.ContentHash);
    }

    [Fact]
    public async Task A_resumed_build_has_the_time_of_the_parts_of_its_first_run_too()
    {
        await using var service = await FakeService.StartAsync(
            script: stream => stream < 2 ? new StreamScript() : new StreamScript { SliceCountMax = 0, Failure = new Status(StatusCode.Unavailable, "gone") });
        (service.Cost, service.SliceCpu) = (Cost, TimeSpan.FromMilliseconds(40));
        using var folder = new TempFolder();
        await DatasetBuilds.BreakOffAsync(service, folder["set"], new CsvFormat());
        service.Script = _ => new StreamScript();

        var manifest = await BuildAsync(service, folder["set"], ExistingOutput.Resume);

        Assert.True(manifest.Timings.PartsResumed > 0);
        Assert.Equal(16 * 0.04, manifest.Timings.CpuSeconds);
    }

    private static async Task<DatasetManifest> BuildAsync(FakeService service, string path, ExistingOutput existing = ExistingOutput.Refuse)
    {
        using var client = Clients.Of(o => o with { ShardsInFlightMax = 1 }, service);
        var options = new DatasetBuildOptions { Query = Clients.Query, Path = path, Format = new CsvFormat(), Existing = existing };
        return (await new DatasetBuilder(client).BuildAsync(options, cancellation: Stop)).Manifest;
    }
}
