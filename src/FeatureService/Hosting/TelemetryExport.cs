using System.Diagnostics.Metrics;
using FeatureService.Caching;
using FeatureService.Scheduling;
using FeatureService.Telemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace FeatureService.Hosting;

/// <summary>What a service tells about itself, and to whom.</summary>
internal static class TelemetryExport
{
    private const string ResourceName = "feature-service";

    /// <summary>The framework's spans of calls: they stand between the caller's span and ours.</summary>
    private const string ServerSource = "Microsoft.AspNetCore";

    /// <summary>Registers what the options ask for; nothing is collected where they ask for nothing.</summary>
    public static void Add(IServiceCollection services, ServiceOptions options, Listeners listeners)
    {
        if (listeners.Metrics is null && options.OtlpEndpoint is null)
        {
            return;
        }

        var telemetry = services.AddOpenTelemetry().ConfigureResource(resource => resource.AddService(ResourceName)).WithMetrics(metrics =>
        {
            metrics.AddMeter(ServiceMetrics.Name);
            if (listeners.Metrics is not null)
            {
                metrics.AddPrometheusExporter();
            }

            if (options.OtlpEndpoint is not null)
            {
                metrics.AddOtlpExporter(exporter => Export(exporter, options.OtlpEndpoint, options.ExportMax));
            }
        });
        if (options.OtlpEndpoint is not null)
        {
            telemetry.WithTracing(traces => traces
                .AddSource(ServiceMetrics.Name, ServerSource)
                .AddOtlpExporter(exporter => Export(exporter, options.OtlpEndpoint, options.ExportMax)));
        }
    }

    /// <summary>Adds the values that are read whenever somebody asks: how loaded the service is.</summary>
    public static void Observe(ServiceMetrics metrics, Admission admission, WorkerPool workers)
    {
        metrics.Observe(
            "feature_service.requests.active", "{request}", "Requests in the service, computed or waiting.",
            () => ByLane(lane => admission.CountOf(lane)));
        metrics.Observe(
            "feature_service.queue.length", "{computation}", "Computations that no worker has begun.",
            () => ByLane(lane => workers.Queue.WaitingCount(lane)));
        metrics.Observe(
            "feature_service.workers.busy", "{thread}", "Workers that run a task.", () => ByClass(workers.Queue.BusyCount));
        metrics.Observe(
            "feature_service.workers.limit", "{thread}", "Workers that there are.", () => ByClass(_ => workers.Workers));
    }

    /// <summary>Adds how the cache is.</summary>
    public static void Observe(ServiceMetrics metrics, BlockCache cache)
    {
        metrics.Observe(
            "feature_service.cache.memory", "By", "Bytes of blocks in the process's memory.", () => [new Measurement<long>(cache.State.Bytes)]);
        metrics.Observe(
            "feature_service.cache.stopped", "{breaker}", "1 where the breaker has stopped calls to Redis, else 0.",
            () => [Stopped("read", cache.State.ReadsStopped), Stopped("write", cache.State.WritesStopped)]);
    }

    private static Measurement<long> Stopped(string operation, bool isStopped) =>
        new(isStopped ? 1 : 0, new KeyValuePair<string, object?>("feature_service.cache.operation", operation));

    private static void Export(OtlpExporterOptions exporter, string endpoint, TimeSpan most)
    {
        exporter.Endpoint = new Uri(endpoint);
        exporter.Protocol = OtlpExportProtocol.Grpc;
        exporter.TimeoutMilliseconds = (int)most.TotalMilliseconds;
    }

    private static IEnumerable<Measurement<long>> ByLane(Func<WorkLane, long> read) =>
        WorkLanes.All.Select(lane => new Measurement<long>(read(lane), new KeyValuePair<string, object?>("feature_service.lane", lane.Label())));

    private static IEnumerable<Measurement<long>> ByClass(Func<WorkerClass, int> read) =>
        WorkerClasses.All.Select(c => new Measurement<long>(read(c), new KeyValuePair<string, object?>("feature_service.worker_class", c.Label())));
}
