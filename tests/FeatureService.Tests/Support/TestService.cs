using System.Collections.Concurrent;
using FeatureService.Contracts.V1;
using FeatureService.Engine.Snapshots;
using FeatureService.Hosting;
using FeatureService.Registry;
using FeatureService.Scheduling;
using FeatureService.Testing;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Microsoft.Extensions.Time.Testing;

namespace FeatureService.Tests.Support;

/// <summary>A service over snapshots in memory, and a channel to it: by a Unix socket in a folder of its own, or inside the process.</summary>
internal sealed class TestService : IAsyncDisposable
{
    private readonly TempFolder _folder;

    private readonly ConcurrentDictionary<string, ISnapshot> _opened;

    private readonly FakeTimeProvider? _time;

    private TestService(TempFolder folder, ConcurrentDictionary<string, ISnapshot> opened, FeatureServiceHost host, TimeProvider time)
    {
        _folder = folder;
        _opened = opened;
        _time = time as FakeTimeProvider;
        Host = host;
        Channel = Connect(host.Address == ListenAddress.InMemory.ToString() ? HttpHandlers.InMemory(host) : HttpHandlers.Unix(host.Address));
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
        var opened = new ConcurrentDictionary<string, ISnapshot>();
        foreach (var (name, snapshot) in snapshots)
        {
            opened[Directory.CreateDirectory(folder["snapshot-" + name]).FullName] = snapshot;
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
            // Tests run beside others: threads that give way to all of them would make them slow.
            WorkerPolicy = WorkerPolicy.Normal,
            Opener = new MemoryOpener(opened),
        };
        options = change?.Invoke(options) ?? options;
        try
        {
            return new TestService(folder, opened, await FeatureServiceHost.StartAsync(options, TestContext.Current.CancellationToken), options.Time);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    public static GrpcChannel Connect(string address) => Connect(HttpHandlers.Unix(address));

    public async ValueTask DisposeAsync()
    {
        // A service cannot stop while its workers are held: a test that has failed before it let them go would hang.
        foreach (var snapshot in _opened.Values.OfType<GatedSnapshot>())
        {
            snapshot.Open();
        }

        Channel.Dispose();
        await StopAsync();
        _folder.Dispose();
    }

    /// <summary>Stops it, or waits for its stop to end. A clock that the test holds goes on meanwhile: callers are given time to read.</summary>
    public async Task StopAsync()
    {
        var stopping = Host.StopAsync();
        if (_time is not null)
        {
            await Eventually.TrueAsync(
                () =>
                {
                    if (!stopping.IsCompleted)
                    {
                        _time.Advance(TimeSpan.FromSeconds(1));
                    }

                    return stopping.IsCompleted;
                },
                CancellationToken.None,
                "the service has stopped");
        }

        await stopping;
    }

    /// <summary>Writes a file of the views directory.</summary>
    public void WriteView(string file, string text) => _folder.Write("views/" + file, text);

    /// <summary>Full path of something in the service's folder.</summary>
    public string PathOf(string name) => _folder[name];

    /// <summary>Makes another snapshot the current one of a name; null for a folder that holds none.</summary>
    public void Publish(string name, ISnapshot? snapshot)
    {
        if (snapshot is null)
        {
            _opened.TryRemove(_folder["snapshot-" + name], out _);
        }
        else
        {
            _opened[_folder["snapshot-" + name]] = snapshot;
        }
    }

    private static GrpcChannel Connect(HttpMessageHandler handler) =>
        GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions { HttpHandler = handler });

    private sealed class MemoryOpener(IReadOnlyDictionary<string, ISnapshot> snapshots) : ISnapshotOpener
    {
        public string CurrentId(string directory) => Find(directory).Id;

        public ISnapshot Open(string directory, string id) => Find(directory) is { } current && current.Id == id
            ? current
            : throw new SnapshotNotFoundException($"{directory} holds no snapshot {id}");

        private ISnapshot Find(string directory) =>
            snapshots.TryGetValue(directory, out var snapshot) ? snapshot : throw new SnapshotNotFoundException($"{directory} holds no snapshot");
    }
}
