using System.Net.Sockets;

namespace FeatureService.Hosting;

/// <summary>The file of a Unix socket: what a killed process left behind must not keep the next one from listening.</summary>
internal static class SocketFile
{
    /// <summary>Removes the file of a socket on which nobody listens.</summary>
    /// <exception cref="IOException">Somebody does.</exception>
    public static void RemoveStale(ListenAddress address)
    {
        if (address.UnixPath is not { } path || !File.Exists(path))
        {
            return;
        }

        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionRefused)
        {
            File.Delete(path);
            return;
        }

        throw new IOException($"cannot listen on {address}: another process does");
    }

    /// <summary>Removes the file behind a service that has stopped.</summary>
    public static void Remove(ListenAddress address)
    {
        if (address.UnixPath is { } path)
        {
            File.Delete(path);
        }
    }
}
