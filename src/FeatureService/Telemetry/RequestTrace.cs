using System.Diagnostics;

namespace FeatureService.Telemetry;

/// <summary>
/// One request on its way through the stages: times them, counts what it computes, and knows what its log line says. Its stages may
/// overlap, each being timed by one thread at a time.
/// </summary>
/// <param name="metrics">Where numbers go.</param>
/// <param name="method">The RPC, as <c>features.v1.FeatureVectorsService/Backfill</c>.</param>
public sealed class RequestTrace(ServiceMetrics metrics, string method) : IDisposable
{
    private static readonly ActivitySource _source = new(ServiceMetrics.Name);
    private static readonly string[] _stageNames = [.. Enum.GetNames<Stage>().Select(name => name.ToLowerInvariant())];

    private readonly TimeSpan?[] _stages = new TimeSpan?[_stageNames.Length];
    private readonly long _start = metrics.Time.GetTimestamp();
    private readonly Activity? _span = _source.StartActivity(method);

    /// <summary>The RPC.</summary>
    public string Method => method;

    /// <summary>What it asks of: <c>team/view</c> of a published view, else the text's own name; null where it did not come so far.</summary>
    public string? View { get; set; }

    /// <summary>Rows computed.</summary>
    public long Vectors { get; private set; }

    /// <summary>Payload bytes handed to the transport.</summary>
    public long BytesSent { get; private set; }

    /// <summary>Starts a stage, or goes on with it; it ends when the result is disposed.</summary>
    /// <param name="stage">The stage.</param>
    public StageTimer Begin(Stage stage) => new(this, stage);

    /// <summary>Notes rows that have been computed.</summary>
    /// <param name="vectors">Rows.</param>
    /// <param name="columns">Columns of each.</param>
    /// <param name="events">Events of their entities.</param>
    public void Computed(long vectors, int columns, long events)
    {
        Vectors += vectors;
        metrics.Computed(vectors, vectors * columns, events);
    }

    /// <summary>Notes a payload that was handed to the transport.</summary>
    /// <param name="bytes">Its length.</param>
    public void Sent(long bytes)
    {
        BytesSent += bytes;
        metrics.Sent(bytes);
    }

    /// <summary>Counts a part of a stream that was answered with an error.</summary>
    /// <param name="refusal">Why, as <c>INT64_OVERFLOW</c>.</param>
    public void Refused(string refusal) => metrics.Refused(refusal);

    /// <summary>Ends the request.</summary>
    /// <param name="status">Its gRPC status, as <c>OK</c>.</param>
    /// <param name="refusal">Why it was answered with an error, as <c>QUEUE_FULL</c>; null where it was not.</param>
    /// <returns>How long it took.</returns>
    public TimeSpan End(string status, string? refusal)
    {
        var duration = metrics.Time.GetElapsedTime(_start);
        metrics.RequestEnded(method, status, duration);
        for (var stage = 0; stage < _stages.Length; stage++)
        {
            if (_stages[stage] is { } spent)
            {
                metrics.StageEnded(method, _stageNames[stage], spent);
            }
        }

        if (refusal is not null)
        {
            metrics.Refused(refusal);
            _span?.SetStatus(ActivityStatusCode.Error, refusal);
        }

        _span?.SetTag("rpc.response.status_code", status);
        _span?.SetTag("feature_service.view", View);
        _span?.SetTag("feature_service.vectors", Vectors);
        return duration;
    }

    /// <summary>Ends its span.</summary>
    public void Dispose() => _span?.Dispose();

    /// <summary>A stage while it lasts.</summary>
    public readonly struct StageTimer : IDisposable
    {
        private readonly RequestTrace _request;
        private readonly Stage _stage;
        private readonly long _start;
        private readonly Activity? _span;

        internal StageTimer(RequestTrace request, Stage stage)
        {
            (_request, _stage) = (request, stage);
            _start = request.Time.GetTimestamp();
            _span = request._span is null ? null : _source.StartActivity(_stageNames[(int)stage]);
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            ref var spent = ref _request._stages[(int)_stage];
            spent = (spent ?? TimeSpan.Zero) + _request.Time.GetElapsedTime(_start);
            _span?.Dispose();
        }
    }

    private TimeProvider Time => metrics.Time;
}
