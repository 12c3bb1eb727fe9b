using System.Net;
using System.Net.Sockets;
using FeatureService.Testing.Network;

namespace FeatureService.Client.Tests.Network;

/// <summary>The proxy that other tests trust does what it says.</summary>
public sealed class TcpFaultProxyTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Bytes_pass_and_an_end_passes_too()
    {
        await using var server = new Sender(100_000);
        await using var proxy = TcpFaultProxy.Start([server.EndPoint]);
        Assert.Equal(100_000, await ReadToEndAsync(proxy));
    }

    [Fact]
    public async Task Connections_go_round_the_servers()
    {
        await using var one = new Sender(1_000);
        await using var two = new Sender(2_000);
        await using var proxy = TcpFaultProxy.Start([one.EndPoint, two.EndPoint]);
        int[] read = [await ReadToEndAsync(proxy), await ReadToEndAsync(proxy), await ReadToEndAsync(proxy)];
        Assert.Equal([1_000, 2_000, 1_000], read);
    }

    [Fact]
    public async Task A_truncated_connection_is_half_closed_after_so_many_bytes()
    {
        await using var server = new Sender(100_000);
        await using var proxy = TcpFaultProxy.Start([server.EndPoint]);
        proxy.Fault = new ProxyFault { BytesMax = 12_345, End = ProxyEnd.HalfClose };
        Assert.Equal(12_345, await ReadToEndAsync(proxy));
    }

    [Fact]
    public async Task A_cut_connection_is_reset()
    {
        await using var server = new Sender(100_000);
        await using var proxy = TcpFaultProxy.Start([server.EndPoint]);
        proxy.Fault = new ProxyFault { BytesMax = 12_345, End = ProxyEnd.Reset };
        var reset = await Assert.ThrowsAsync<SocketException>(() => ReadToEndAsync(proxy));
        Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
    }

    [Fact]
    public async Task A_refused_connection_is_reset()
    {
        await using var server = new Sender(1);
        await using var proxy = TcpFaultProxy.Start([server.EndPoint]);
        proxy.Fault = new ProxyFault { Refuse = true };
        await Assert.ThrowsAsync<SocketException>(() => ReadToEndAsync(proxy));
    }

    [Fact]
    public async Task A_black_hole_lets_nothing_pass_until_it_is_healed()
    {
        await using var server = new Sender(1_000);
        await using var proxy = TcpFaultProxy.Start([server.EndPoint]);
        proxy.Fault = new ProxyFault { BlackHole = true };
        var reading = ReadToEndAsync(proxy);
        await Task.WhenAny(reading, Task.Delay(TimeSpan.FromMilliseconds(200), Stop));
        Assert.False(reading.IsCompleted);
        proxy.Fault = ProxyFault.None;
        Assert.Equal(1_000, await reading);
    }

    private static async Task<int> ReadToEndAsync(TcpFaultProxy proxy)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, proxy.Port), Stop);
        var buffer = new byte[4096];
        var read = 0;
        while (await socket.ReceiveAsync(buffer, Stop) is > 0 and var more)
        {
            read += more;
        }

        return read;
    }

    /// <summary>A server that sends so many bytes to whoever connects, and ends.</summary>
    private sealed class Sender : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly Task _running;

        public Sender(int bytes)
        {
            _listener.Start();
            _running = RunAsync(bytes);
        }

        public EndPoint EndPoint => _listener.LocalEndpoint;

        public async ValueTask DisposeAsync()
        {
            _listener.Dispose();
            await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        private async Task RunAsync(int bytes)
        {
            while (true)
            {
                using var client = await _listener.AcceptSocketAsync();
                await client.SendAsync(new byte[bytes]);
                client.Shutdown(SocketShutdown.Send);
                await client.ReceiveAsync(new byte[1]);
            }
        }
    }
}
