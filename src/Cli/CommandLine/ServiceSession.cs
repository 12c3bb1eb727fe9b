using FeatureService.Caching;
using FeatureService.Client.Transport;
using FeatureService.Hosting;
using FeatureService.Scheduling;

namespace FeatureService.Cli.CommandLine;

/// <summary>A client, and the service that was started for it.</summary>
internal sealed class ServiceSession : IAsyncDisposable
{
    private readonly FeatureServiceHost? _host;

    /// <summary>A session with a service that runs elsewhere.</summary>
    /// <param name="client">The client.</param>
    /// <param name="snapshot">The snapshot that the user names.</param>
    public ServiceSession(FeatureServiceClient client, SnapshotReference snapshot) => (Client, Snapshot) = (client, snapshot);

    private ServiceSession(FeatureServiceHost host, SnapshotReference snapshot)
    {
        Snapshot = snapshot;
        Client = new FeatureServiceClient(new FeatureServiceClientOptions
        {
            Endpoints = [host.Address],
            Connect = (_, cancellation) => host.ConnectAsync(cancellation),
        });
        _host = host;
    }

    /// <summary>The client.</summary>
    public FeatureServiceClient Client { get; }

    /// <summary>The snapshot that the user names; nothing set for the current one of the only or default name.</summary>
    public SnapshotReference Snapshot { get; }

    /// <summary>Starts a service inside this process, which nothing else reaches.</summary>
    /// <param name="snapshot">The snapshot's folder.</param>
    /// <param name="views">The folder of published views; null for none.</param>
    /// <param name="reference">Which of the folder's snapshots.</param>
    /// <param name="cancellation">Ends the start.</param>
    /// <exception cref="ServiceOptionsException">A folder is missing, or its content is wrong.</exception>
    public static async Task<ServiceSession> StartAsync(string snapshot, string? views, SnapshotReference reference, CancellationToken cancellation)
    {
        var options = new ServiceOptions
        {
            Listen = null,
            Snapshots = [new SnapshotFolder("local", snapshot)],
            Views = views,
            // It has one user: there is nobody to give way to, and the machine's other programs are not to go first.
            WorkerPolicy = WorkerPolicy.Normal,
            // It ends with the command, which asks for nothing twice.
            Cache = new CacheOptions { MemoryBytes = 0 },
        };
        return new ServiceSession(await FeatureServiceHost.StartAsync(options, cancellation).ConfigureAwait(false), reference);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_host is not null)
        {
            await _host.DisposeAsync().ConfigureAwait(false);
        }
    }
}
