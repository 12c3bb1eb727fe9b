using FeatureService.Client.Datasets;
using FeatureService.Client.FanOut;
using FeatureService.Client.Tests.Fake;
using FeatureService.Client.Transport;
using FeatureService.Testing;
using Grpc.Core;

namespace FeatureService.Client.Tests;

/// <summary>What services had in their caches, as a build tells it.</summary>
public sealed class CachedValuesTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Values_from_caches_are_summed_by_pod_and_stand_in_the_manifest()
    {
        await using var first = await FakeService.StartAsync();
        await using var second = await FakeService.StartAsync();
        (first.SliceCachedValues, second.SliceCachedValues) = (3, 1_000);
        using var folder = new TempFolder();
        var told = new List<DatasetProgress>();

        var report = await BuildAsync(folder["set"], told, ExistingOutput.Refuse, first, second);

        var pods = report.FanOut.Pods.ToDictionary(pod => pod.Address);
        // Four slices in each of four shards.
        Assert.Equal(16, pods.Values.Sum(pod => pod.Done) * 4);
        Assert.Equal(pods[first.Address].Done * 4 * 3, pods[first.Address].CachedValues);
        Assert.Equal(pods[second.Address].Done * 4 * 1_000, pods[second.Address].CachedValues);
        Assert.Equal(report.FanOut.CachedValues, report.Manifest.Timings.CachedValues);
        Assert.Equal(report.FanOut.CachedValues, told[^1].FanOut.CachedValues);
        Assert.Equal(told.Select(p => p.FanOut.CachedValues).Order(), told.Select(p => p.FanOut.CachedValues));
        Assert.Equal(report.Manifest.Timings, DatasetManifest.Read(folder["set/_manifest.json"]).Timings);
    }

    [Fact]
    public async Task A_slice_that_two_streams_brought_counts_once_and_a_resumed_build_counts_the_run_before()
    {
        await using var service = await FakeService.StartAsync(
            script: stream => stream < 2 ? new StreamScript() : new StreamScript { SliceCountMax = 0, Failure = new Status(StatusCode.Unavailable, "gone") });
        service.SliceCachedValues = 5;
        using var folder = new TempFolder();
        using var impatient = Clients.WithoutPatience(service);
        await Assert.ThrowsAsync<PartialBuildException>(() => BuildAsync(impatient, folder["set"], [], ExistingOutput.Refuse));
        // Every stream is cut in the midst of its second slice, which the next one brings again.
        service.Script = _ => new StreamScript { RowsPerMessage = 7, SliceCountMax = 1, MessageCountMore = 2, Failure = new Status(StatusCode.Unavailable, "cut") };

        var report = await BuildAsync(folder["set"], [], ExistingOutput.Resume, service);

        Assert.True(report.PartsResumed > 0);
        Assert.Equal(16 * 5, report.Manifest.Timings.CachedValues);
        Assert.Equal((16 - (report.PartsResumed * 4)) * 5, report.FanOut.CachedValues);
    }

    [Fact]
    public async Task A_manifest_without_values_from_caches_does_not_name_them()
    {
        await using var service = await FakeService.StartAsync();
        using var folder = new TempFolder();

        var report = await BuildAsync(folder["set"], [], ExistingOutput.Refuse, service);

        Assert.Null(report.Manifest.Timings.CachedValues);
        Assert.DoesNotContain("cachedValues", File.ReadAllText(folder["set/_manifest.json"]), StringComparison.Ordinal);
    }

    private static async Task<DatasetReport> BuildAsync(
        string path, List<DatasetProgress> told, ExistingOutput existing, params FakeService[] services)
    {
        using var client = Clients.Of(o => o with { ShardsInFlightMax = 1 }, services);
        return await BuildAsync(client, path, told, existing);
    }

    private static async Task<DatasetReport> BuildAsync(FeatureServiceClient client, string path, List<DatasetProgress> told, ExistingOutput existing)
    {
        var options = new DatasetBuildOptions { Query = Clients.Query, Path = path, Format = new CsvFormat(), Existing = existing };
        return await new DatasetBuilder(client).BuildAsync(options, new Kept(told), Stop);
    }

    private sealed class Kept(List<DatasetProgress> told) : IProgress<DatasetProgress>
    {
        public void Report(DatasetProgress value) => told.Add(value);
    }
}
