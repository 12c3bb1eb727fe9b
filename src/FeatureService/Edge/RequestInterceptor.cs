using System.Diagnostics;
using FeatureService.Telemetry;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace FeatureService.Edge;

/// <summary>
/// Follows every request of the service's own API: its span, its metrics, one log line at its end. Gives every call that fails, health and
/// reflection too, the status of its exception.
/// </summary>
/// <param name="metrics">Where numbers go.</param>
/// <param name="faults">Makes statuses.</param>
/// <param name="log">Where the lines go.</param>
internal sealed partial class RequestInterceptor(ServiceMetrics metrics, CallFaults faults, ILogger<RequestInterceptor> log) : Interceptor
{
    /// <summary>Health and reflection are asked all the time and tell nothing.</summary>
    private const string OwnApi = "/features.v1.";

    /// <summary>The trace of a call of the service's own API.</summary>
    public static RequestTrace TraceOf(ServerCallContext context) => CallState.Of(context.GetHttpContext())!.Trace!;

    /// <inheritdoc/>
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        using var trace = Begin(context);
        try
        {
            var response = await continuation(request, context).ConfigureAwait(false);
            End(trace, context, "OK", null);
            return response;
        }
        catch (Exception exception)
        {
            throw Failed(exception, trace, context);
        }
    }

    /// <inheritdoc/>
    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        using var trace = Begin(context);
        try
        {
            await continuation(request, responseStream, context).ConfigureAwait(false);
            End(trace, context, "OK", null);
        }
        catch (Exception exception)
        {
            throw Failed(exception, trace, context);
        }
    }

    /// <inheritdoc/>
    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        using var trace = Begin(context);
        try
        {
            await continuation(requestStream, responseStream, context).ConfigureAwait(false);
            End(trace, context, "OK", null);
        }
        catch (Exception exception)
        {
            throw Failed(exception, trace, context);
        }
    }

    private RequestTrace? Begin(ServerCallContext context)
    {
        var method = context.Method;
        var trace = method.StartsWith(OwnApi, StringComparison.Ordinal) ? new RequestTrace(metrics, method[1..]) : null;
        CallState.Enter(context, trace);
        return trace;
    }

    private RpcException Failed(Exception exception, RequestTrace? trace, ServerCallContext context)
    {
        var (status, reason) = StatusMapper.Told(exception, context.CancellationToken.IsCancellationRequested, IsLate(context));
        End(trace, context, status, reason);
        return faults.StatusOf(exception, context);
    }

    /// <summary>The framework answers a passed deadline by itself, at about the time at which it cancels the call.</summary>
    private bool IsLate(ServerCallContext context) =>
        context.CancellationToken.IsCancellationRequested && context.Deadline <= metrics.Time.GetUtcNow().UtcDateTime;

    private void End(RequestTrace? trace, ServerCallContext context, string status, string? reason)
    {
        if (trace is null)
        {
            return;
        }

        var duration = trace.End(status, reason);
        if (log.IsEnabled(LogLevel.Information))
        {
            LogRequest(
                trace.Method, trace.View ?? "-", trace.Vectors, trace.BytesSent, Math.Round(duration.TotalMilliseconds, 3), status, reason ?? "-",
                TraceIdOf(context));
        }
    }

    /// <summary>The trace's that the call is part of: of a span where somebody traces, else what the caller said of it.</summary>
    private static string TraceIdOf(ServerCallContext context)
    {
        if (Activity.Current is { } span)
        {
            return span.TraceId.ToHexString();
        }

        string? parent = context.GetHttpContext().Request.Headers.TraceParent;
        return ActivityContext.TryParse(parent, null, out var given) ? given.TraceId.ToHexString() : "-";
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "{Method} view={View} rows={Rows} bytes={Bytes} ms={DurationMs} status={Status} reason={Reason} trace={TraceId}")]
    private partial void LogRequest(
        string method, string view, long rows, long bytes, double durationMs, string status, string reason, string traceId);
}
