using System.Diagnostics;
using FeatureService.Telemetry;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace FeatureService.Edge;

/// <summary>
/// Follows every request of the service's own API: its span, its metrics, one log line at its end. Stands inside
/// <see cref="StatusInterceptor"/>, so it sees failures as they were thrown.
/// </summary>
/// <param name="metrics">Where numbers go.</param>
/// <param name="log">Where the lines go.</param>
internal sealed partial class RequestInterceptor(ServiceMetrics metrics, ILogger<RequestInterceptor> log) : Interceptor
{
    /// <summary>Health and reflection are asked all the time and tell nothing.</summary>
    private const string OwnApi = "/features.v1.";

    private static readonly object _key = new();

    /// <summary>The trace of a call of the service's own API.</summary>
    public static RequestTrace TraceOf(ServerCallContext context) => (RequestTrace)context.UserState[_key];

    /// <inheritdoc/>
    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation) =>
        IsFollowed(context) ? FollowAsync(() => continuation(request, context), context) : continuation(request, context);

    /// <inheritdoc/>
    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
        IsFollowed(context)
            ? FollowAsync(() => DoneAsync(continuation(request, responseStream, context)), context)
            : continuation(request, responseStream, context);

    /// <inheritdoc/>
    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation) =>
        IsFollowed(context)
            ? FollowAsync(() => DoneAsync(continuation(requestStream, responseStream, context)), context)
            : continuation(requestStream, responseStream, context);

    private static async Task<bool> DoneAsync(Task call)
    {
        await call.ConfigureAwait(false);
        return true;
    }

    private static bool IsFollowed(ServerCallContext context) => context.Method.StartsWith(OwnApi, StringComparison.Ordinal);

    private async Task<T> FollowAsync<T>(Func<Task<T>> handle, ServerCallContext context)
    {
        using var trace = new RequestTrace(metrics, context.Method[1..]);
        context.UserState[_key] = trace;
        try
        {
            var result = await handle().ConfigureAwait(false);
            End(trace, "OK", null);
            return result;
        }
        catch (Exception exception)
        {
            var (status, reason) = StatusMapper.Told(exception, context.CancellationToken.IsCancellationRequested, IsLate(context));
            End(trace, status, reason);
            throw;
        }
    }

    /// <summary>The framework answers a passed deadline by itself, at about the time at which it cancels the call.</summary>
    private bool IsLate(ServerCallContext context) =>
        context.CancellationToken.IsCancellationRequested && context.Deadline <= metrics.Time.GetUtcNow().UtcDateTime;

    private void End(RequestTrace trace, string status, string? reason)
    {
        var duration = trace.End(status, reason);
        LogRequest(
            trace.Method, trace.View ?? "-", trace.Vectors, trace.BytesSent, Math.Round(duration.TotalMilliseconds, 3), status, reason ?? "-",
            Activity.Current?.TraceId.ToHexString() ?? "-");
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "{Method} view={View} rows={Rows} bytes={Bytes} ms={DurationMs} status={Status} reason={Reason} trace={TraceId}")]
    private partial void LogRequest(
        string method, string view, long rows, long bytes, double durationMs, string status, string reason, string traceId);
}
