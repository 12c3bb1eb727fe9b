using FeatureService.Contracts.V1;
using FeatureService.Engine.Snapshots;
using FeatureService.Hosting;
using FeatureService.Registry;
using FeatureService.Testing;
using Grpc.Health.V1;
using Grpc.Net.Client;

namespace FeatureService.Tests.Support;

/// <summary>A service on a Unix socket in a folder of its own, over snapshots in memory, and a channel to it.</summary>
internal sealed class TestService : IAsyncDisposable
{
    private readonly TempFolder _folder;

    private TestService(TempFolder folder, FeatureServiceHost host)
    {
        _folder = folder;
        Host = host;
        Channel = Connect(host.Address);
        Vectors = new FeatureVectorsService.FeatureVectorsServiceClient(Channel);
        Views = new FeatureViewsService.FeatureViewsServiceClient(Channel);
        Cluster = new ClusterService.ClusterServiceClient(Channel);
        Health = new Health.HealthClient(Channel);
    }

    public FeatureServiceHost Host { get; }

    public GrpcChannel Channel { get; }

    public FeatureVectorsService.FeatureVectorsServiceClient Vectors { get; }

    public FeatureViewsService.FeatureViewsServiceClient Views { get; }

    public ClusterService.ClusterServiceClient Cluster { get; }

    public Health.HealthClient Health { get; }

    public static Task<TestService> StartAsync(ISnapshot? snapshot = null, Func<ServiceOptions, ServiceOptions>? change = null) =>
        StartAsync([("default", snapshot ?? Taxi.Snapshot)], [], change);

    public static async Task<TestService> StartAsync(
        (string Name, ISnapshot Snapshot)[] snapshots, (string File, string Text)[] views, Func<ServiceOptions, ServiceOptions>? change = null)
    {
        var folder = new TempFolder();
        var opened = new Dictionary<string, ISnapshot>();
        foreach (var (name, snapshot) in snapshots)
        {
            opened.Add(Directory.CreateDirectory(folder["snapshot-" + name]).FullName, snapshot);
        }

        Directory.CreateDirectory(folder["views"]);
        foreach (var (file, text) in views)
        {
            folder.Write("views/" + file, text);
        }

        var options = new ServiceOptions
        {
            Listen = "unix:" + folder["s"],
            Snapshots = [.. snapshots.Select(s => new SnapshotFolder(s.Name, folder["snapshot-" + s.Name]))],
            Views = folder["views"],
            Workers = 2,
            Opener = new MemoryOpener(opened),
        };
        try
        {
            return new TestService(folder, await FeatureServiceHost.StartAsync(change?.Invoke(options) ?? options, TestContext.Current.CancellationToken));
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    public static GrpcChannel Connect(string address) =>
        GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions { HttpHandler = HttpHandlers.Unix(address) });

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await Host.DisposeAsync();
        _folder.Dispose();
    }

    private sealed class MemoryOpener(IReadOnlyDictionary<string, ISnapshot> snapshots) : ISnapshotOpener
    {
        public ISnapshot Open(string directory) => snapshots[directory];
    }
}
