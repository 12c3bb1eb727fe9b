using System.Net.Sockets;
using FeatureService.Registry;
using FeatureService.Scheduling;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace FeatureService.Hosting;

/// <summary>A running service. Any number of them run in one process, and none touches anything outside itself.</summary>
public sealed class FeatureServiceHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ServiceOptions _options;
    private readonly Admission _admission;
    private readonly WorkerPool _workers;
    private readonly SnapshotRegistry _snapshots;
    private readonly Reloader _reloader;
    private readonly ListenAddress _listen;
    private readonly Lock _stopLock = new();
    private Task? _stop;

    private FeatureServiceHost(WebApplication app, ServiceOptions options, ListenAddress listen)
    {
        _app = app;
        _options = options;
        _listen = listen;
        _admission = app.Services.GetRequiredService<Admission>();
        _workers = app.Services.GetRequiredService<WorkerPool>();
        _snapshots = app.Services.GetRequiredService<SnapshotRegistry>();
        _reloader = app.Services.GetRequiredService<Reloader>();
        Address = BoundAddress(app, listen);
    }

    /// <summary>Where it listens, the port filled in: <c>http://127.0.0.1:5080</c> or <c>unix:/path</c>.</summary>
    public string Address { get; }

    /// <summary>Looks for new snapshots and views.</summary>
    internal Reloader Reloader => _reloader;

    /// <summary>What is queued and runs.</summary>
    internal WorkQueue Queue => _workers.Queue;

    /// <summary>Checks the options, opens the snapshots, loads the views, and then listens.</summary>
    /// <param name="options">The options.</param>
    /// <param name="cancellation">Gives the start up.</param>
    /// <exception cref="ServiceOptionsException">Options, snapshots or views are wrong or missing; tells every error.</exception>
    /// <exception cref="Engine.Snapshots.SnapshotDamagedException">A snapshot is damaged.</exception>
    /// <exception cref="IOException">The address is taken, or a file cannot be read.</exception>
    public static async Task<FeatureServiceHost> StartAsync(ServiceOptions options, CancellationToken cancellation = default)
    {
        var errors = options.Errors();
        if (errors.Count > 0 || !ListenAddress.TryParse(options.Listen, out var listen, out _))
        {
            throw new ServiceOptionsException(errors);
        }

        var holdings = Holdings.Load(options);
        WebApplication? app = null;
        try
        {
            SocketFile.RemoveStale(listen);
            app = Composition.Build(options, listen, holdings);
            await app.StartAsync(cancellation).ConfigureAwait(false);
            return new FeatureServiceHost(app, options, listen);
        }
        catch (Exception exception)
        {
            if (app is not null)
            {
                app.Services.GetRequiredService<WorkerPool>().Dispose();
                await app.DisposeAsync().ConfigureAwait(false);
            }

            holdings.Snapshots.Dispose();
            if (exception is not SocketException)
            {
                throw;
            }

            throw new IOException($"cannot listen on {listen}: {exception.Message}", exception);
        }
    }

    /// <summary>
    /// Stops in order: health says so, new calls are refused, streams end behind the slice that they are at, answers in flight are
    /// finished. What is not done in time is cut.
    /// </summary>
    public Task StopAsync()
    {
        lock (_stopLock)
        {
            return _stop ??= StopOnceAsync();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync().ConfigureAwait(false);

    private async Task StopOnceAsync()
    {
        var drained = _admission.DrainAsync();
        await drained.WaitAsync(_options.DrainMax, _options.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _app.StopAsync().ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
        _workers.Dispose();
        _admission.Dispose();
        _snapshots.Dispose();
        SocketFile.Remove(_listen);
    }

    private static string BoundAddress(WebApplication app, ListenAddress listen) =>
        listen.UnixPath is not null
            ? listen.ToString()
            : app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
}
