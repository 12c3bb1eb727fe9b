using System.Net;
using System.Net.Sockets;
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
    /// <param name="address"><c>http://HOST:PORT</c> or <c>unix:/PATH</c>.</param>
    /// <param name="options">The client's options.</param>
    /// <exception cref="ArgumentException">The address has another form.</exception>
    public Endpoint(string address, FeatureServiceClientOptions options)
    {
        Address = address;
        _channel = GrpcChannel.ForAddress(UriOf(address, out var socketPath), new GrpcChannelOptions
        {
            HttpHandler = CreateHandler(socketPath, options),
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

    private static Uri UriOf(string address, out string? socketPath)
    {
        socketPath = null;
        if (address.StartsWith("unix:", StringComparison.Ordinal) && address.Length > "unix:".Length)
        {
            var path = address["unix:".Length..];
            socketPath = path.StartsWith("//", StringComparison.Ordinal) ? path[2..] : path;
            return new Uri("http://localhost");
        }

        if (Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" && uri.AbsolutePath == "/")
        {
            return uri;
        }

        throw new ArgumentException($"'{address}' is no address of a service: expected http://HOST:PORT or unix:/PATH");
    }

    private static SocketsHttpHandler CreateHandler(string? socketPath, FeatureServiceClientOptions options)
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
        if (socketPath is not null)
        {
            var endPoint = new UnixDomainSocketEndPoint(socketPath);
            handler.ConnectCallback = (_, cancellation) => ConnectAsync(endPoint, cancellation);
        }

        return handler;
    }

    private static async ValueTask<Stream> ConnectAsync(EndPoint endPoint, CancellationToken cancellation)
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
