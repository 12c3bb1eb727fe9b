using System.Net.Sockets;

namespace FeatureService.Client.Transport;

/// <summary>The way to an endpoint.</summary>
/// <param name="Uri">What its requests name.</param>
/// <param name="Connect">Opens a connection; null where the URI says where to.</param>
internal sealed record Route(Uri Uri, Func<CancellationToken, ValueTask<Stream>>? Connect)
{
    private const string UnixPrefix = "unix:";

    /// <summary>What requests name where the URI does not say where they go.</summary>
    private static readonly Uri AnyUri = new("http://localhost");

    /// <summary>The way to an address.</summary>
    /// <param name="address"><c>http://HOST:PORT</c> or <c>unix:/PATH</c>; any name where <paramref name="connect"/> is given.</param>
    /// <param name="connect">Opens connections in place of the address.</param>
    /// <exception cref="ArgumentException">The address has another form.</exception>
    public static Route To(string address, Func<string, CancellationToken, ValueTask<Stream>>? connect)
    {
        if (connect is not null)
        {
            return new Route(AnyUri, cancellation => connect(address, cancellation));
        }

        if (address.StartsWith(UnixPrefix, StringComparison.Ordinal) && address.Length > UnixPrefix.Length)
        {
            var path = address[UnixPrefix.Length..];
            var endPoint = new UnixDomainSocketEndPoint(path.StartsWith("//", StringComparison.Ordinal) ? path[2..] : path);
            return new Route(AnyUri, cancellation => ConnectAsync(endPoint, cancellation));
        }

        return Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" && uri.AbsolutePath == "/"
            ? new Route(uri, null)
            : throw new ArgumentException($"'{address}' is no address of a service: expected http://HOST:PORT, unix:/PATH or dns:///NAME:PORT");
    }

    private static async ValueTask<Stream> ConnectAsync(UnixDomainSocketEndPoint endPoint, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(endPoint, cancellation).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
