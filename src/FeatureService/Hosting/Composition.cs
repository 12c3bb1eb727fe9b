using FeatureService.Caching;
using FeatureService.Edge;
using FeatureService.Engine.Planning;
using FeatureService.Hosting.InMemory;
using FeatureService.Pipeline;
using FeatureService.Pipeline.Verification;
using FeatureService.Registry;
using FeatureService.Scheduling;
using FeatureService.Telemetry;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace FeatureService.Hosting;

/// <summary>Puts a service together. Nothing is read from the process's environment or folder.</summary>
internal static class Composition
{
    /// <summary>What is left for open connections once requests have drained.</summary>
    private static readonly TimeSpan ConnectionsEndMax = TimeSpan.FromSeconds(3);

    /// <summary>Header of gRPC's frames and of answers: the room beside a payload.</summary>
    private const int EnvelopeBytesMax = 1 << 20;

    /// <summary>The application, not yet started.</summary>
    public static WebApplication Build(ServiceOptions options, Listeners listeners, Holdings holdings)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { Args = [] });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, listeners));
        builder.Services.AddSingleton<InMemoryTransport>();
        builder.Services.AddSingleton<IConnectionListenerFactory>(provider => provider.GetRequiredService<InMemoryTransport>());
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ConnectionsEndMax);
        options.Logging?.Invoke(builder.Logging);
        AddPipeline(builder.Services, options, holdings);
        AddEdge(builder.Services, options.Limits);
        TelemetryExport.Add(builder.Services, options, listeners);

        var app = builder.Build();
        listeners.Use(app);
        app.Use(UnreadableRequests.InvokeAsync);
        app.MapGrpcService<FeatureVectorsEdge>();
        app.MapGrpcService<FeatureViewsEdge>();
        app.MapGrpcService<ClusterEdge>();
        app.MapGrpcService<HealthEdge>();
        app.MapGrpcReflectionService();
        return app;
    }

    private static void AddPipeline(IServiceCollection services, ServiceOptions options, Holdings holdings)
    {
        // Instances: the host disposes them in its own order, the last request being over.
        services.AddSingleton(holdings.Snapshots);
        services.AddSingleton(holdings.Views);
        services.AddSingleton(holdings.Bound);
        services.AddSingleton(provider => new Reloader(
            holdings.Snapshots,
            holdings.Views,
            holdings.Bound,
            holdings.Switch,
            holdings.Loader,
            options.Time,
            provider.GetRequiredService<ILogger<Reloader>>()));
        services.AddHostedService(provider => provider.GetRequiredService<Reloader>());
        var metrics = new ServiceMetrics(options.Time);
        var workers = new WorkerPool(options.Workers, options.WorkerPolicy, metrics);
        var admission = new Admission(options.Admission);
        var cache = new BlockCache(options.Cache, options.Workers, new CacheMetrics(metrics), options.Time);
        TelemetryExport.Observe(metrics, admission, workers);
        TelemetryExport.Observe(metrics, cache);
        services.AddSingleton(metrics);
        services.AddSingleton(workers);
        services.AddSingleton(admission);
        // An instance, as the pool is: the host disposes it behind the workers, which fill it.
        services.AddSingleton(cache);
        services.AddSingleton(provider => new RedisWatch(cache, options.Time, provider.GetRequiredService<ILogger<RedisWatch>>()));
        services.AddHostedService(provider => provider.GetRequiredService<RedisWatch>());
        services.AddSingleton<CachedParts>();
        services.AddSingleton(options.Limits);
        services.AddSingleton(options.Time);
        services.AddSingleton(provider => new Verifier(options.Verify, metrics, provider.GetRequiredService<ILogger<Verifier>>()));
        services.AddSingleton<VectorsPipeline>();
        services.AddSingleton<MinibatchPipeline>();
        services.AddSingleton<ViewsPipeline>();
        services.AddSingleton<TracePipeline>();
        services.AddSingleton<ComparePipeline>();
        services.AddSingleton<ExplainPipeline>();
        services.AddSingleton<CostScale>();
        services.AddSingleton<TopologyPipeline>();
        services.AddSingleton(new Uptime(options.Time));
        services.AddSingleton<StatusPipeline>();
    }

    private static void AddEdge(IServiceCollection services, PipelineLimits limits)
    {
        services.AddSingleton<FeatureVectorsEdge>();
        services.AddSingleton<FeatureViewsEdge>();
        services.AddSingleton<ClusterEdge>();
        services.AddSingleton<HealthEdge>();
        services.AddSingleton<MinibatchFailures>();
        services.AddSingleton<CallFaults>();
        services.AddSingleton<RequestInterceptor>();
        services.AddGrpcReflection();
        services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = limits.RequestBytesMax;
            grpc.MaxSendMessageSize = (int)limits.UnaryBytesMax + EnvelopeBytesMax;
            grpc.EnableDetailedErrors = false;
            // Requests are small and answers dense: compressed requests would only hide their size.
            grpc.CompressionProviders = [];
            grpc.Interceptors.Add<RequestInterceptor>();
        });
    }

    private static void Configure(KestrelServerOptions kestrel, Listeners listeners)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = 2000;
        kestrel.Limits.MaxRequestHeadersTotalSize = 16 << 10;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        // Streams have a stall limit of their own, which also holds where HTTP/2's windows are shut.
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Limits.Http2.MaxStreamsPerConnection = 100;
        // Requests are small; a peer's buffered bytes are bounded by the window.
        kestrel.Limits.Http2.InitialConnectionWindowSize = 256 << 10;
        kestrel.Limits.Http2.InitialStreamWindowSize = 128 << 10;
        kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
        kestrel.Limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(10);
        listeners.Configure(kestrel);
    }

    /// <summary>Signals are the process's affair: a service inside another program must not take them.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
