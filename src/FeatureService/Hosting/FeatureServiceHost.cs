using System.Net.Sockets;
using FeatureService.Caching;
using FeatureService.Hosting.InMemory;
using FeatureService.Registry;
using FeatureService.Scheduling;
using FeatureService.Telemetry;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace FeatureService.Hosting;

/// <summary>A running service. Any number of them run in one process, and none touches anything outside itself.</summary>
public sealed class FeatureServiceHost : IAsyncDisposable
{
    /// <summary>
    /// Callers that have not ended their side of a stream lose what they have not read of ours when the connection is closed: .NET's
    /// HTTP/2 client drops it.
    /// </summary>
    private static readonly TimeSpan _streamsReadTime = TimeSpan.FromMilliseconds(500);

    private readonly WebApplication _app;
    private readonly ServiceOptions _options;
    private readonly Admission _admission;
    private readonly WorkerPool _workers;
    private readonly SnapshotRegistry _snapshots;
    private readonly Reloader _reloader;
    private readonly ServiceMetrics _metrics;
    private readonly Listeners _listeners;
    private readonly InMemoryTransport _transport;
    private readonly Lock _stopLock = new();
    private Task? _stop;

    private FeatureServiceHost(WebApplication app, ServiceOptions options, Listeners listeners)
    {
        _app = app;
        _options = options;
        _listeners = listeners;
        _metrics = app.Services.GetRequiredService<ServiceMetrics>();
        Cache = app.Services.GetRequiredService<BlockCache>();
        _admission = app.Services.GetRequiredService<Admission>();
        _workers = app.Services.GetRequiredService<WorkerPool>();
        _snapshots = app.Services.GetRequiredService<SnapshotRegistry>();
        _reloader = app.Services.GetRequiredService<Reloader>();
        _transport = app.Services.GetRequiredService<InMemoryTransport>();
        var bound = BoundAddresses(app, listeners);
        Address = bound[ListenerRole.Api];
        HealthAddress = bound.GetValueOrDefault(ListenerRole.Health);
        MetricsAddress = bound.GetValueOrDefault(ListenerRole.Metrics);
    }

    /// <summary>
    /// Where it listens, the port filled in: <c>http://127.0.0.1:5080</c>, <c>unix:/path</c>, or <c>in-memory</c> where only
    /// <see cref="ConnectAsync"/> reaches it.
    /// </summary>
    public string Address { get; }

    /// <summary>Where its listener for health alone listens; null where it has none.</summary>
    public string? HealthAddress { get; }

    /// <summary>Where Prometheus reads its metrics, below <c>/metrics</c>; null where it has no listener for them.</summary>
    public string? MetricsAddress { get; }

    /// <summary>What it counts and times.</summary>
    internal ServiceMetrics Metrics => _metrics;

    /// <summary>What it keeps of columns that were computed.</summary>
    internal BlockCache Cache { get; }

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
        if (errors.Count > 0)
        {
            throw new ServiceOptionsException(errors);
        }

        var listeners = options.Listeners;

        var holdings = Holdings.Load(options);
        WebApplication? app = null;
        try
        {
            RemoveStaleSockets(listeners);
            app = Composition.Build(options, listeners, holdings);
            await app.StartAsync(cancellation).ConfigureAwait(false);
            return new FeatureServiceHost(app, options, listeners);
        }
        catch (Exception exception)
        {
            if (app is not null)
            {
                app.Services.GetRequiredService<WorkerPool>().Dispose();
                await app.Services.GetRequiredService<BlockCache>().DisposeAsync().ConfigureAwait(false);
                app.Services.GetRequiredService<ServiceMetrics>().Dispose();
                await app.DisposeAsync().ConfigureAwait(false);
            }

            holdings.Snapshots.Dispose();
            if (exception is not SocketException)
            {
                throw;
            }

            throw new IOException($"cannot listen on {string.Join(" or ", listeners.All.Select(l => l.Address))}: {exception.Message}", exception);
        }
    }

    /// <summary>
    /// A connection to a service whose <see cref="ServiceOptions.Listen"/> is null: the caller speaks HTTP/2 on it, as on a socket. Most
    /// often given to <c>SocketsHttpHandler.ConnectCallback</c>, or to the client's options as <c>Connect</c>.
    /// </summary>
    /// <param name="cancellation">Gives the attempt up.</param>
    /// <returns>The caller's end; asynchronous operations alone.</returns>
    /// <exception cref="InvalidOperationException">The service listens at an address.</exception>
    /// <exception cref="IOException">The service has stopped.</exception>
    public ValueTask<Stream> ConnectAsync(CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        return _listeners.Api == ListenAddress.InMemory
            ? ValueTask.FromResult(_transport.Connect())
            : throw new InvalidOperationException($"the service listens on {Address}: connect there");
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
        var hasMinibatches = _admission.CountOf(WorkLane.Training) > 0;
        var drained = _admission.DrainAsync();
        await drained.WaitAsync(_options.DrainMax, _options.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (hasMinibatches)
        {
            await Task.Delay(_streamsReadTime, _options.Time).ConfigureAwait(false);
        }

        await _app.StopAsync().ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
        _workers.Dispose();
        await Cache.DisposeAsync().ConfigureAwait(false);
        _admission.Dispose();
        _snapshots.Dispose();
        _metrics.Dispose();
        foreach (var (_, address) in _listeners.All)
        {
            SocketFile.Remove(address);
        }
    }

    private static void RemoveStaleSockets(Listeners listeners)
    {
        foreach (var (_, address) in listeners.All)
        {
            SocketFile.RemoveStale(address);
        }
    }

    /// <summary>The server tells addresses in the order in which it has bound them.</summary>
    private static Dictionary<ListenerRole, string> BoundAddresses(WebApplication app, Listeners listeners) => listeners.All
        .Zip(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses)
        .ToDictionary(pair => pair.First.Role, pair => pair.First.Address.Tcp is null ? pair.First.Address.ToString() : pair.Second);
}
