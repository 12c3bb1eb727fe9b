using FeatureService.Client.Transport.Pods;
using FeatureService.Contracts.V1;
using Grpc.Core;
using Grpc.Net.Client;

namespace FeatureService.Client.Transport;

/// <summary>What an endpoint says when it is asked.</summary>
internal enum EndpointState
{
    /// <summary>Nothing.</summary>
    Silent,

    /// <summary>That it is about to stop.</summary>
    Drains,

    /// <summary>That it takes work.</summary>
    Serves,
}

/// <summary>One way to the service: an address and the channel to it. Who uses it counts as a lease, under the lock of its pods.</summary>
internal sealed class Endpoint : IDisposable
{
    /// <summary>Messages are at most 1 MiB, unary answers 4: twice that leaves room and bounds what a wrong server can make us allocate.</summary>
    private const int MessageBytesMax = 8 << 20;

    /// <summary>
    /// Behind a balancer of connections a new one is what reaches pods that are new. Calls that run are not cut off.
    /// </summary>
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    private readonly FeatureServiceClientOptions _options;
    private readonly SharedCall<EndpointState> _probe;
    private readonly GrpcChannel? _channel;
    private readonly CallInvoker _invoker;
    private bool _retired;

    /// <summary>An endpoint; nothing is connected before the first call.</summary>
    /// <param name="address"><c>http://HOST:PORT</c> or <c>unix:/PATH</c>; any name where the options say how to connect.</param>
    /// <param name="options">The client's options.</param>
    /// <exception cref="ArgumentException">The address has another form.</exception>
    public Endpoint(string address, FeatureServiceClientOptions options)
    {
        Address = address;
        _options = options;
        _probe = new SharedCall<EndpointState>(ProbeAsync);
        if (options.Invoker is { } invoker)
        {
            _invoker = invoker(address);
            (Vectors, Views, Cluster) = (new(_invoker), new(_invoker), new(_invoker));
            return;
        }

        var route = Route.To(address, options.Connect);
        _channel = GrpcChannel.ForAddress(route.Uri, new GrpcChannelOptions
        {
            HttpHandler = CreateHandler(route, options),
            DisposeHttpClient = true,
            MaxReceiveMessageSize = MessageBytesMax,
            MaxRetryAttempts = null,
            Credentials = ChannelCredentials.Insecure,
        });
        _invoker = _channel.CreateCallInvoker();
        Vectors = new FeatureVectorsService.FeatureVectorsServiceClient(_invoker);
        Views = new FeatureViewsService.FeatureViewsServiceClient(_invoker);
        Cluster = new ClusterService.ClusterServiceClient(_invoker);
    }

    /// <summary>The address as it was given.</summary>
    public string Address { get; }

    /// <summary>Streams of vectors.</summary>
    public FeatureVectorsService.FeatureVectorsServiceClient Vectors { get; }

    /// <summary>Views.</summary>
    public FeatureViewsService.FeatureViewsServiceClient Views { get; }

    /// <summary>What the service holds.</summary>
    public ClusterService.ClusterServiceClient Cluster { get; }

    /// <summary>Calls that use it.</summary>
    public int LeaseCount { get; private set; }

    /// <summary>Vectors of a few rows.</summary>
    public AsyncUnaryCall<ReceivedVectors> GetVectors(GetFeatureVectorsRequest request, CallOptions options) =>
        VectorsMethod.Call(_invoker, request, options);

    /// <summary>Asks by a small call whether there is anybody, once for all who want to know at the same time.</summary>
    public Task<EndpointState> AskAsync() => _probe.RunAsync();

    /// <summary>A call begins to use it.</summary>
    public void Take() => LeaseCount++;

    /// <summary>A call no longer uses it.</summary>
    public void Release()
    {
        LeaseCount--;
        DisposeIfUnused();
    }

    /// <summary>Nobody new is to use it: it goes with the last call.</summary>
    public void Retire()
    {
        _retired = true;
        DisposeIfUnused();
    }

    /// <inheritdoc/>
    public void Dispose() => _channel?.Dispose();

    private async Task<EndpointState> ProbeAsync()
    {
        try
        {
            var deadline = (_options.Time.GetUtcNow() + _options.ProbeTimeout).UtcDateTime;
            using var call = Cluster.GetStatusAsync(new GetStatusRequest(), new CallOptions(deadline: deadline));
            return (await call.ResponseAsync.ConfigureAwait(false)).Draining ? EndpointState.Drains : EndpointState.Serves;
        }
        catch (RpcException failure)
        {
            // Whatever else it says, it has answered; an older service does not know the call.
            return StatusMapper.Map(failure, Address).Status is StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.Cancelled
                ? EndpointState.Silent
                : EndpointState.Serves;
        }
        catch (ObjectDisposedException)
        {
            return EndpointState.Silent;
        }
    }

    private void DisposeIfUnused()
    {
        if (_retired && LeaseCount == 0)
        {
            Dispose();
        }
    }

    private static SocketsHttpHandler CreateHandler(Route route, FeatureServiceClientOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            // More than 100 streams would else queue silently behind the first connection's limit.
            EnableMultipleHttp2Connections = true,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            PooledConnectionLifetime = ConnectionLifetime * (0.9 + (options.Random.NextDouble() / 5)),
            KeepAlivePingDelay = TimeSpan.FromSeconds(30),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
            InitialHttp2StreamWindowSize = 4 << 20,
            ConnectTimeout = options.ConnectTimeout,
            // What no gRPC call needs; each would be one more step of every call.
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
        };
        if (route.Connect is { } connect)
        {
            handler.ConnectCallback = (_, cancellation) => connect(cancellation);
        }

        return handler;
    }
}
