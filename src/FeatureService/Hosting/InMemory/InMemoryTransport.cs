using System.Net;
using Microsoft.AspNetCore.Connections;

namespace FeatureService.Hosting.InMemory;

/// <summary>
/// What carries bytes between the server and callers in its own process, below the same HTTP/2 and gRPC as sockets do. Nothing of it is
/// known to the system: no port, no file.
/// </summary>
/// <param name="pools">Makes the memory that bytes lie in between writer and reader.</param>
internal sealed class InMemoryTransport(IMemoryPoolFactory<byte> pools) : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    private InMemoryListener? _listener;

    /// <inheritdoc/>
    public bool CanBind(EndPoint endpoint) => endpoint is InMemoryEndPoint;

    /// <inheritdoc/>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        _listener = new InMemoryListener(pools.Create());
        return ValueTask.FromResult<IConnectionListener>(_listener);
    }

    /// <summary>The caller's end of a new connection.</summary>
    /// <exception cref="IOException">The server does not listen any more.</exception>
    public Stream Connect() => _listener!.Connect();
}
