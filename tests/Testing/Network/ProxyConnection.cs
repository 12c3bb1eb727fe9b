using System.Net.Sockets;

namespace FeatureService.Testing.Network;

/// <summary>One connection through a proxy: what comes from the client goes to the server and back, as far as the fault lets it.</summary>
internal sealed class ProxyConnection(Socket client, Socket server, Func<ProxyFault> fault, Random random) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();

    /// <summary>Passes bytes on until both sides have ended or it is cut.</summary>
    public async Task RunAsync()
    {
        try
        {
            var up = PassOrCutAsync(client, server, ofServer: false);
            var down = PassOrCutAsync(server, client, ofServer: true);
            await Task.WhenAll(up, down).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            Dispose();
        }
    }

    /// <summary>Resets both sides.</summary>
    public void Cut()
    {
        TcpFaultProxy.Reset(client);
        TcpFaultProxy.Reset(server);
        _stop.Cancel();
    }

    public void Dispose()
    {
        client.Dispose();
        server.Dispose();
    }

    /// <summary>A side that breaks off breaks the other off too.</summary>
    private async Task PassOrCutAsync(Socket from, Socket to, bool ofServer)
    {
        try
        {
            await PassAsync(from, to, ofServer).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            Cut();
        }
    }

    private async Task PassAsync(Socket from, Socket to, bool ofServer)
    {
        var buffer = new byte[64 << 10];
        var passed = 0L;
        while (true)
        {
            var read = await from.ReceiveAsync(buffer.AsMemory(0, Math.Min(buffer.Length, fault().RunBytesMax)), _stop.Token).ConfigureAwait(false);
            await HoldBackAsync().ConfigureAwait(false);
            if (read == 0)
            {
                to.Shutdown(SocketShutdown.Send);
                return;
            }

            var now = fault();
            var pass = ofServer ? (int)Math.Min(read, Math.Max(0, now.BytesMax - passed)) : read;
            await to.SendAsync(buffer.AsMemory(0, pass), _stop.Token).ConfigureAwait(false);
            passed += pass;
            if (pass < read)
            {
                await EndAsync(now.End, to).ConfigureAwait(false);
                return;
            }
        }
    }

    private async Task HoldBackAsync()
    {
        while (fault().BlackHole)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), _stop.Token).ConfigureAwait(false);
        }

        var now = fault();
        TimeSpan delay;
        lock (_lock)
        {
            delay = now.Delay + (now.Jitter * random.NextDouble());
        }

        if (delay > TimeSpan.Zero)
        {
            await Task.Delay(delay, _stop.Token).ConfigureAwait(false);
        }
    }

    private async Task EndAsync(ProxyEnd end, Socket to)
    {
        switch (end)
        {
            case ProxyEnd.HalfClose:
                to.Shutdown(SocketShutdown.Send);
                break;
            case ProxyEnd.BlackHole:
                await Task.Delay(Timeout.InfiniteTimeSpan, _stop.Token).ConfigureAwait(false);
                break;
            default:
                Cut();
                break;
        }
    }
}
