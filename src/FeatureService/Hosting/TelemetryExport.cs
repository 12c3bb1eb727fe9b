using System.Diagnostics.Metrics;
using FeatureService.Scheduling;
using FeatureService.Telemetry;
using OpenTelemetry.Metrics;

namespace FeatureService.Hosting;

/// <summary>What a service tells about itself, and to whom.</summary>
internal static class TelemetryExport
{
    /// <summary>Registers what the options ask for; nothing is collected where they ask for nothing.</summary>
    public static void Add(IServiceCollection services, Listeners listeners)
    {
        if (listeners.Metrics is null)
        {
            return;
        }

        services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddMeter(ServiceMetrics.Name).AddPrometheusExporter());
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
            "feature_service.workers.busy", "{thread}", "Workers that run a task.", () => [new Measurement<long>(workers.Queue.BusyCount)]);
        metrics.Observe(
            "feature_service.workers.limit", "{thread}", "Workers that there are.", () => [new Measurement<long>(workers.Workers)]);
    }

    private static IEnumerable<Measurement<long>> ByLane(Func<WorkLane, long> read) =>
        WorkLanes.All.Select(lane => new Measurement<long>(read(lane), new KeyValuePair<string, object?>("feature_service.lane", lane.Label())));
}
