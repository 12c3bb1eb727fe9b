using System.Diagnostics;
using Grpc.Core;

namespace FeatureService.Client.Transport;

/// <summary>
/// Spans of the client's calls: one for a unary call with all its attempts, one for each stream of a backfill. The service's spans are
/// below them, as calls carry their context; a tracer that listens to <c>System.Net.Http</c> too shows each attempt between.
/// </summary>
public static class ClientSpans
{
    /// <summary>Name of the source of spans.</summary>
    public const string SourceName = "FeatureService.Client";

    private static readonly ActivitySource _source = new(SourceName);

    /// <summary>Follows a call.</summary>
    /// <param name="method">The RPC, as <c>features.v1.FeatureVectorsService/Backfill</c>.</param>
    /// <param name="address">The endpoint; null where several may be tried.</param>
    /// <param name="call">The call.</param>
    internal static Task<T> FollowAsync<T>(string method, string? address, Func<Task<T>> call) =>
        _source.HasListeners() ? TraceAsync(method, address, call) : call();

    private static async Task<T> TraceAsync<T>(string method, string? address, Func<Task<T>> call)
    {
        using var span = _source.StartActivity(method, ActivityKind.Client);
        span?.SetTag("rpc.method", method);
        span?.SetTag("server.address", address);
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (FeatureServiceException exception)
        {
            span?.SetStatus(ActivityStatusCode.Error, exception.Message);
            span?.SetTag("error.type", exception.Reason ?? exception.Status.ToString());
            throw;
        }
        catch (OperationCanceledException)
        {
            span?.SetStatus(ActivityStatusCode.Error);
            span?.SetTag("error.type", nameof(StatusCode.Cancelled));
            throw;
        }
    }
}
