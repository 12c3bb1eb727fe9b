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
    public ServiceSession(FeatureServiceClient client) => Client = client;

    private ServiceSession(FeatureServiceHost host)
    {
        Client = new FeatureServiceClient(new FeatureServiceClientOptions
        {
            Endpoints = [host.Address],
            Connect = (_, cancellation) => host.ConnectAsync(cancellation),
        });
        _host = host;
    }

    /// <summary>The client.</summary>
    public FeatureServiceClient Client { get; }

    /// <summary>Starts a service inside this process, which nothing else reaches.</summary>
    /// <param name="snapshot">The snapshot's folder.</param>
    /// <param name="views">The folder of published views; null for none.</param>
    /// <param name="cancellation">Ends the start.</param>
    /// <exception cref="ServiceOptionsException">A folder is missing, or its content is wrong.</exception>
    public static async Task<ServiceSession> StartAsync(string snapshot, string? views, CancellationToken cancellation)
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
        return new ServiceSession(await FeatureServiceHost.StartAsync(options, cancellation).ConfigureAwait(false));
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
