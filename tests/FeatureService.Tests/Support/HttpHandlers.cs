using System.Net.Sockets;
using FeatureService.Hosting;

namespace FeatureService.Tests.Support;

/// <summary>HTTP over Unix sockets, and inside the process.</summary>
internal static class HttpHandlers
{
    public static SocketsHttpHandler Unix(string address) => new()
    {
        ConnectCallback = async (_, cancellation) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(address["unix:".Length..]), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        },
    };

    public static SocketsHttpHandler InMemory(FeatureServiceHost host) => new()
    {
        ConnectCallback = (_, cancellation) => host.ConnectAsync(cancellation),
        EnableMultipleHttp2Connections = true,
    };
}
