using System.Net;
using System.Net.Sockets;

namespace FeatureService.Testing.Network;

/// <summary>
/// Ports of loopback on which nobody listens. They are below those that systems give to connections, so that none of the many that tests
/// open takes one before its listener has started.
/// </summary>
public static class FreePort
{
    private const int First = 11_000;
    private const int Count = 10_000;

    /// <summary>A port, of which the one 10,000 above is free too: a Redis in cluster mode listens on both.</summary>
    public static int Next()
    {
        while (true)
        {
            var port = Random.Shared.Next(First, First + Count);
            if (IsFree(port) && IsFree(port + 10_000))
            {
                return port;
            }
        }
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
