using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace FeatureService.Testing.Network;

/// <summary>
/// A network that fails: passes connections of loopback on to servers, one after the other as a plain load balancer does, and does to
/// them what <see cref="Fault"/> says, which may change at any time and holds for running connections too.
/// </summary>
public sealed class TcpFaultProxy : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly ConcurrentDictionary<ProxyConnection, Task> _connections = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly int _seed;
    private readonly Task _accepting;
    private volatile IReadOnlyList<EndPoint> _targets;
    private volatile ProxyFault _fault = ProxyFault.None;
    private int _accepted;

    private TcpFaultProxy(IReadOnlyList<EndPoint> targets, int seed, IPEndPoint listen)
    {
        (_targets, _seed) = (targets, seed);
        _listener.Bind(listen);
        _listener.Listen();
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>Address for a client, <c>http://127.0.0.1:PORT</c>.</summary>
    public string Address => $"http://127.0.0.1:{Port}";

    /// <summary>What is done to connections.</summary>
    public ProxyFault Fault
    {
        get => _fault;
        set => _fault = value;
    }

    /// <summary>Servers of connections that come from now on.</summary>
    public IReadOnlyList<EndPoint> Targets
    {
        get => _targets;
        set => _targets = value;
    }

    /// <summary>Connections taken so far.</summary>
    public int AcceptedCount => Volatile.Read(ref _accepted);

    /// <summary>Starts a proxy on a free port of loopback.</summary>
    /// <param name="targets">Servers, by TCP or Unix socket; the n-th connection goes to the n-th of them, round and round.</param>
    /// <param name="seed">Of the jitter.</param>
    /// <param name="listen">Another address and port of loopback; null for a free port of the usual one.</param>
    public static TcpFaultProxy Start(IReadOnlyList<EndPoint> targets, int seed = 1, IPEndPoint? listen = null) =>
        new(targets, seed, listen ?? new IPEndPoint(IPAddress.Loopback, 0));

    /// <summary>Starts a proxy before one server, <c>http://HOST:PORT</c> or <c>unix:/PATH</c>.</summary>
    public static TcpFaultProxy Start(string address, int seed = 1) => Start([EndPointOf(address)], seed);

    /// <summary>Where an address is.</summary>
    public static EndPoint EndPointOf(string address)
    {
        if (address.StartsWith("unix:", StringComparison.Ordinal))
        {
            return new UnixDomainSocketEndPoint(address["unix:".Length..]);
        }

        var uri = new Uri(address);
        return new IPEndPoint(IPAddress.Parse(uri.Host), uri.Port);
    }

    /// <summary>Resets every open connection.</summary>
    /// <returns>How many.</returns>
    public int CutAll()
    {
        var open = _connections.Keys.ToArray();
        foreach (var connection in open)
        {
            connection.Cut();
        }

        return open.Length;
    }

    /// <summary>Closes a socket, open or not, so that the other side gets a reset.</summary>
    internal static void Reset(Socket socket)
    {
        try
        {
            // A close that does not linger is a reset.
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception failure) when (failure is ObjectDisposedException or SocketException)
        {
            // Closed before: there is nobody to reset.
        }

        socket.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        CutAll();
        await Task.WhenAll(_connections.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            var client = await _listener.AcceptAsync(_stop.Token).ConfigureAwait(false);
            var number = Interlocked.Increment(ref _accepted) - 1;
            _ = TakeAsync(client, number);
        }
    }

    private async Task TakeAsync(Socket client, int number)
    {
        var targets = _targets;
        if (_fault.Refuse || targets.Count == 0)
        {
            Reset(client);
            return;
        }

        var target = targets[number % targets.Count];
        var server = new Socket(
            target.AddressFamily, SocketType.Stream, target.AddressFamily == AddressFamily.Unix ? ProtocolType.Unspecified : ProtocolType.Tcp);
        try
        {
            await server.ConnectAsync(target, _stop.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException)
        {
            server.Dispose();
            Reset(client);
            return;
        }

        var connection = new ProxyConnection(client, server, () => _fault, new Random(_seed + number));
        var running = connection.RunAsync();
        _connections[connection] = running;
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _connections.TryRemove(connection, out _);
    }
}
