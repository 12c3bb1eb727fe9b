using FeatureService.Testing.Network;

namespace FeatureService.EndToEnd.Tests;

/// <summary>
/// A network on which a build is far from its end when it meets a fault, however late the test is: a connection goes silent behind some
/// bytes, the client takes seconds to notice that, and then needs another one.
/// </summary>
internal static class SilentNetwork
{
    /// <summary>Starts it in front of services, to which its connections go in turn.</summary>
    /// <param name="bytesMax">Bytes of a service that pass on one connection: a small part of a build, and more than any one answer.</param>
    /// <param name="services">The services.</param>
    public static TcpFaultProxy Before(long bytesMax, params ServiceProcess[] services)
    {
        var network = TcpFaultProxy.Start([.. services.Select(service => TcpFaultProxy.EndPointOf(service.Address))]);
        network.Fault = new ProxyFault { BytesMax = bytesMax, End = ProxyEnd.BlackHole };
        return network;
    }
}
