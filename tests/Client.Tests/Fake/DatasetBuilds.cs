using FeatureService.Client.Datasets;
using FeatureService.Client.FanOut;
using FeatureService.Client.Transport;
using Grpc.Core;

namespace FeatureService.Client.Tests.Fake;

/// <summary>Builds of a dataset from one fake service, shard by shard.</summary>
internal static class DatasetBuilds
{
    public static async Task<DatasetReport> RunAsync(
        FakeService service,
        string path,
        IDatasetFormat format,
        ExistingOutput existing = ExistingOutput.Refuse,
        BackfillQuery? query = null,
        TimeSpan? checkpointInterval = null)
    {
        using var client = Clients.Of(o => o with { ShardsInFlightMax = 1 }, service);
        return await RunAsync(client, path, format, existing, query, checkpointInterval);
    }

    /// <summary>A build that ends at the first failure of a service that its script has fail.</summary>
    public static async Task BreakOffAsync(
        FakeService service, string path, IDatasetFormat format, TimeSpan? checkpointInterval = null, ExistingOutput existing = ExistingOutput.Refuse)
    {
        using var client = Clients.WithoutPatience(service);
        await Assert.ThrowsAsync<PartialBuildException>(() => RunAsync(client, path, format, existing, null, checkpointInterval));
    }

    private static async Task<DatasetReport> RunAsync(
        FeatureServiceClient client, string path, IDatasetFormat format, ExistingOutput existing, BackfillQuery? query, TimeSpan? checkpointInterval)
    {
        var options = new DatasetBuildOptions
        {
            Query = query ?? Clients.Query,
            Path = path,
            Format = format,
            Existing = existing,
            CheckpointInterval = checkpointInterval ?? TimeSpan.FromHours(1),
        };
        return await new DatasetBuilder(client).BuildAsync(options, cancellation: TestContext.Current.CancellationToken);
    }

    /// <summary>What is in a folder, in order.</summary>
    public static string[] Names(string folder) =>
        [.. Directory.EnumerateFileSystemEntries(folder).Select(e => Path.GetFileName(e)!).Order(StringComparer.Ordinal)];

    /// <summary>A service that is lost with its stream of this number.</summary>
    public static Func<int, StreamScript> FailFrom(int stream) => n => n < stream
        ? new StreamScript()
        : new StreamScript { SliceCountMax = 0, MessageCountMore = 1, Failure = new Status(StatusCode.Unavailable, "gone") };
}
