using System.Buffers;
using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;

namespace FeatureService.Hosting.InMemory;

/// <summary>Hands connections from callers to the server.</summary>
/// <param name="pool">Memory of the connections; disposed with the listener.</param>
internal sealed class InMemoryListener(MemoryPool<byte> pool) : IConnectionListener
{
    private readonly Channel<InMemoryConnection> _waiting = Channel.CreateUnbounded<InMemoryConnection>();
    private int _connectionCount;

    /// <inheritdoc/>
    public EndPoint EndPoint => InMemoryEndPoint.Instance;

    /// <summary>The caller's end of a new connection; it can be written before the server has accepted it.</summary>
    /// <exception cref="IOException">The server does not listen any more.</exception>
    public Stream Connect()
    {
        var connection = new InMemoryConnection($"{EndPoint}-{Interlocked.Increment(ref _connectionCount)}", pool);
        return _waiting.Writer.TryWrite(connection) ? connection.Caller : throw new IOException("the service has stopped");
    }

    /// <inheritdoc/>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await _waiting.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (_waiting.Reader.TryRead(out var connection))
            {
                return connection;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _waiting.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    /// <summary>Cuts connections that nobody has accepted.</summary>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        while (_waiting.Reader.TryRead(out var connection))
        {
            connection.Abort(new ConnectionAbortedException("the service has stopped"));
            await connection.DisposeAsync().ConfigureAwait(false);
        }

        pool.Dispose();
    }
}
