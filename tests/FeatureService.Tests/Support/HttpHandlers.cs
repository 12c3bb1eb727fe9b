using System.Net.Sockets;

namespace FeatureService.Tests.Support;

/// <summary>HTTP over Unix sockets.</summary>
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
}
