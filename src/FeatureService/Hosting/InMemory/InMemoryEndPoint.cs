using System.Net;
using System.Net.Sockets;

namespace FeatureService.Hosting.InMemory;

/// <summary>The endpoint of a service that only its own process reaches.</summary>
internal sealed class InMemoryEndPoint : EndPoint
{
    /// <summary>The one endpoint: whom it leads to is the transport's affair, of which every service has its own.</summary>
    public static readonly InMemoryEndPoint Instance = new();

    private InMemoryEndPoint()
    {
    }

    /// <summary>None; the server's metrics ask for it, and the base class throws.</summary>
    public override AddressFamily AddressFamily => AddressFamily.Unspecified;

    /// <inheritdoc/>
    public override string ToString() => ListenAddress.InMemoryText;
}
