using FeatureService.Client.Transport;
using FeatureService.Hosting;
using FeatureService.Scheduling;

namespace FeatureService.Cli.CommandLine;

/// <summary>A client, and the service that was started for it.</summary>
internal sealed class ServiceSession : IAsyncDisposable
{
    private readonly FeatureServiceHost? _host;
    private readonly DirectoryInfo? _folder;

    /// <summary>A session with a service that runs elsewhere.</summary>
    /// <param name="client">The client.</param>
    public ServiceSession(FeatureServiceClient client) => Client = client;

    private ServiceSession(FeatureServiceHost host, DirectoryInfo folder)
    {
        Client = new FeatureServiceClient(host.Address);
        _host = host;
        _folder = folder;
    }

    /// <summary>The client.</summary>
    public FeatureServiceClient Client { get; }

    /// <summary>Starts a service inside this process, on a Unix socket in a folder that only this user can enter.</summary>
    /// <param name="snapshot">The snapshot's folder.</param>
    /// <param name="views">The folder of published views; null for none.</param>
    /// <param name="cancellation">Ends the start.</param>
    /// <exception cref="CliException">A folder is missing, or its content is wrong.</exception>
    public static async Task<ServiceSession> StartAsync(string snapshot, string? views, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("featurectl-");
        try
        {
            var options = new ServiceOptions
            {
                Listen = $"unix:{Path.Combine(folder.FullName, "socket")}",
                Snapshots = [new SnapshotFolder("local", snapshot)],
                Views = views,
                // It has one user: there is nobody to give way to, and the machine's other programs are not to go first.
                WorkerPolicy = WorkerPolicy.Normal,
            };
            return new ServiceSession(await FeatureServiceHost.StartAsync(options, cancellation).ConfigureAwait(false), folder);
        }
        catch
        {
            folder.Delete(recursive: true);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_host is not null)
        {
            await _host.DisposeAsync().ConfigureAwait(false);
            _folder!.Delete(recursive: true);
        }
    }
}
