using FeatureService.Contracts.V1;
using Grpc.Core;
using Grpc.Net.Client;

namespace FeatureService.Client.Transport;

/// <summary>One process of the service: its address and the channel to it.</summary>
internal sealed class Endpoint : IDisposable
{
    /// <summary>Messages are at most 1 MiB, unary answers 4: twice that leaves room and bounds what a wrong server can make us allocate.</summary>
    private const int MessageBytesMax = 8 << 20;

    private readonly GrpcChannel _channel;

    /// <summary>An endpoint; nothing is connected before the first call.</summary>
    /// <param name="address"><c>http://HOST:PORT</c> or <c>unix:/PATH</c>; any name where the options say how to connect.</param>
    /// <param name="options">The client's options.</param>
    /// <exception cref="ArgumentException">The address has another form.</exception>
    public Endpoint(string address, FeatureServiceClientOptions options)
    {
        Address = address;
        var route = Route.To(address, options.Connect);
        _channel = GrpcChannel.ForAddress(route.Uri, new GrpcChannelOptions
        {
            HttpHandler = CreateHandler(route, options),
            DisposeHttpClient = true,
            MaxReceiveMessageSize = MessageBytesMax,
            MaxRetryAttempts = null,
            Credentials = ChannelCredentials.Insecure,
        });
        Vectors = new FeatureVectorsService.FeatureVectorsServiceClient(_channel);
        Views = new FeatureViewsService.FeatureViewsServiceClient(_channel);
        Cluster = new ClusterService.ClusterServiceClient(_channel);
    }

    /// <summary>The address as it was given.</summary>
    public string Address { get; }

    /// <summary>Vectors.</summary>
    public FeatureVectorsService.FeatureVectorsServiceClient Vectors { get; }

    /// <summary>Views.</summary>
    public FeatureViewsService.FeatureViewsServiceClient Views { get; }

    /// <summary>What the service holds.</summary>
    public ClusterService.ClusterServiceClient Cluster { get; }

    /// <inheritdoc/>
    public void Dispose() => _channel.Dispose();

    private static SocketsHttpHandler CreateHandler(Route route, FeatureServiceClientOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            // More than 100 streams would else queue silently behind the first connection's limit.
            EnableMultipleHttp2Connections = true,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            KeepAlivePingDelay = TimeSpan.FromSeconds(30),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
            InitialHttp2StreamWindowSize = 4 << 20,
            ConnectTimeout = options.ConnectTimeout,
            UseProxy = false,
        };
        if (route.Connect is { } connect)
        {
            handler.ConnectCallback = (_, cancellation) => connect(cancellation);
        }

        return handler;
    }
}
