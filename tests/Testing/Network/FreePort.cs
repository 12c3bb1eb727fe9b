using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace FeatureService.Testing.Network;

/// <summary>
/// Ports of loopback on which nobody listens. They are below those that systems give to connections, so that none of the many that tests
/// open takes one before its listener has started, which on a busy machine is seconds later; nor is one given twice, to this or to
/// another process that runs tests.
/// </summary>
public static class FreePort
{
    private const int First = 11_000;
    private const int Count = 10_000;

    /// <summary>Locked files, each of a port that this process was given; the process's end unlocks them.</summary>
    private static readonly ConcurrentBag<FileStream> s_claims = [];

    /// <summary>A port, of which the one 10,000 above is free too: a Redis in cluster mode listens on both.</summary>
    public static int Next()
    {
        while (true)
        {
            var port = Random.Shared.Next(First, First + Count);
            if (TryClaim(port) && IsFree(port) && IsFree(port + 10_000))
            {
                return port;
            }
        }
    }

    private static bool TryClaim(int port)
    {
        try
        {
            var path = Path.Combine(Path.GetTempPath(), $"features-test-port-{port}");
            s_claims.Add(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose));
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
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
