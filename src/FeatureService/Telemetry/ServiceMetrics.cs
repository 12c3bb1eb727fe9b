using System.Diagnostics.Metrics;

namespace FeatureService.Telemetry;

/// <summary>
/// What one service counts and times, under OpenTelemetry's naming: words joined by dots, no unit in a name. docs/metrics.md lists
/// every metric. Nothing is exported unless a host asks for it; until then a record costs some nanoseconds.
/// </summary>
public sealed class ServiceMetrics : IDisposable
{
    /// <summary>Name of the meter and of the source of spans.</summary>
    public const string Name = "FeatureService";

    /// <summary>From calls of half a millisecond to streams of five minutes.</summary>
    private static readonly InstrumentAdvice<double> _seconds = new()
    {
        HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
    };

    private readonly Histogram<double> _requestDuration;
    private readonly Histogram<double> _stageDuration;
    private readonly Histogram<double> _queueWait;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _vectors;
    private readonly Counter<long> _cells;
    private readonly Counter<long> _events;
    private readonly Counter<long> _sent;
    private readonly Counter<long> _verified;

    /// <summary>Metrics in which nothing has been counted.</summary>
    /// <param name="time">The clock.</param>
    public ServiceMetrics(TimeProvider time)
    {
        Time = time;
        _requestDuration = Seconds("feature_service.request.duration", "Time from a request's arrival to its answer or the end of its stream.");
        _stageDuration = Seconds("feature_service.stage.duration", "Time that a request spent in a stage, waiting included; one record a request and stage.");
        _queueWait = Seconds("feature_service.queue.wait", "Time that a computation waited for its first worker.");
        _refused = Counter("feature_service.requests.refused", "{request}", "Requests that were answered with an error, by its reason, minibatches of streams among them.");
        _vectors = Counter("feature_service.vectors", "{vector}", "Feature vectors (rows) computed.");
        _cells = Counter("feature_service.cells", "{cell}", "Cells (vectors times columns) computed.");
        _events = Counter("feature_service.events.scanned", "{event}", "Events of the entities that were computed.");
        _sent = Counter("feature_service.sent", "By", "Payload bytes handed to the transport.");
        _verified = Counter("feature_service.cells.verified", "{cell}", "Cells recomputed by the naive evaluator (--verify), by whether they had its bits.");
    }

    /// <summary>The clock of all durations.</summary>
    public TimeProvider Time { get; }

    /// <summary>The meter; this service's alone, though others in the process have the same name.</summary>
    internal Meter Meter { get; } = new(Name);

    /// <summary>A value that is read whenever somebody asks.</summary>
    /// <param name="name">The metric.</param>
    /// <param name="unit">Its unit.</param>
    /// <param name="description">What it says.</param>
    /// <param name="read">Reads it, once for each set of attributes.</param>
    internal void Observe(string name, string unit, string description, Func<IEnumerable<Measurement<long>>> read) =>
        Meter.CreateObservableUpDownCounter(name, read, unit, description);

    /// <summary>A request has ended.</summary>
    internal void RequestEnded(string method, string status, TimeSpan duration) =>
        _requestDuration.Record(duration.TotalSeconds, new("rpc.method", method), new("rpc.response.status_code", status));

    /// <summary>A request has ended that went through a stage.</summary>
    internal void StageEnded(string method, string stage, TimeSpan duration) =>
        _stageDuration.Record(duration.TotalSeconds, new("rpc.method", method), new("feature_service.stage", stage));

    /// <summary>A computation has got its first worker.</summary>
    internal void Waited(string lane, TimeSpan duration) =>
        _queueWait.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("feature_service.lane", lane));

    /// <summary>A request was answered with an error.</summary>
    internal void Refused(string reason) => _refused.Add(1, new KeyValuePair<string, object?>("error.type", reason));

    /// <summary>Rows have been computed.</summary>
    internal void Computed(long vectors, long cells, long events)
    {
        _vectors.Add(vectors);
        _cells.Add(cells);
        _events.Add(events);
    }

    /// <summary>A cell has been recomputed.</summary>
    internal void Verified(bool isRight) =>
        _verified.Add(1, new KeyValuePair<string, object?>("feature_service.verdict", isRight ? "same" : "different"));

    /// <summary>A payload has been handed to the transport.</summary>
    internal void Sent(long bytes) => _sent.Add(bytes);

    /// <inheritdoc/>
    public void Dispose() => Meter.Dispose();

    private Histogram<double> Seconds(string name, string description) =>
        Meter.CreateHistogram(name, "s", description, tags: null, _seconds);

    private Counter<long> Counter(string name, string unit, string description) => Meter.CreateCounter<long>(name, unit, description);
}
