using System.Net.Sockets;
using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;

namespace FeatureService.Client.Transport;

/// <summary>From what a gRPC call throws to <see cref="FeatureServiceException"/>, with the details that the service sent.</summary>
internal static class StatusMapper
{
    /// <summary>The exception of a failed call.</summary>
    /// <param name="exception">What the call threw.</param>
    /// <param name="endpoint">Where it went.</param>
    public static FeatureServiceException Map(RpcException exception, string endpoint)
    {
        var details = DetailsOf(exception);
        var code = IsOfConnection(exception) ? StatusCode.Unavailable : exception.StatusCode;
        var message = code == StatusCode.Unavailable && details is null
            ? $"{endpoint} does not answer: {WhyNot(exception, endpoint)}"
            : code == StatusCode.DeadlineExceeded && exception.Status.Detail.Length == 0
                // The library's own, which says nothing.
                ? $"{endpoint} did not answer in time"
                : exception.Status.Detail;
        return new FeatureServiceException(code, message, exception)
        {
            Reason = details?.Reason,
            FieldViolations = details?.Violations ?? [],
            RetryAfter = details?.RetryAfter,
            Endpoint = endpoint,
            IsUnsent = exception.Status.DebugException is HttpRequestException
            {
                HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError,
            },
        };
    }

    /// <summary>The exception of an answer that is not what the contract says.</summary>
    /// <param name="exception">What is wrong with it.</param>
    /// <param name="endpoint">Where it came from.</param>
    public static FeatureServiceException Unreadable(InvalidDataException exception, string endpoint) =>
        new(StatusCode.DataLoss, $"{endpoint} sent what cannot be read: {exception.Message}", exception) { Endpoint = endpoint };

    /// <summary>What the service sent beside the status; null where it sent nothing, or what was spoilt on the way: the status stands.</summary>
    private static Details? DetailsOf(RpcException exception)
    {
        try
        {
            return exception.GetRpcStatus() is { } status
                ? new Details(
                    status.GetDetail<ErrorInfo>()?.Reason,
                    [.. status.GetDetail<BadRequest>()?.FieldViolations.Select(v => new FieldViolation(v.Field, v.Description)) ?? []],
                    status.GetDetail<RetryInfo>()?.RetryDelay?.ToTimeSpan())
                : null;
        }
        catch (Exception spoilt) when (spoilt is InvalidProtocolBufferException or InvalidOperationException or OverflowException)
        {
            return null;
        }
    }

    /// <summary>A connection that breaks while a call starts on it is told as an internal error, of which no service knows.</summary>
    private static bool IsOfConnection(RpcException exception) =>
        exception.StatusCode == StatusCode.Internal && exception.Status.DebugException is HttpRequestException or IOException;

    private static string WhyNot(RpcException exception, string endpoint)
    {
        Exception? inner = exception.Status.DebugException;
        while (inner?.InnerException is { } deeper)
        {
            inner = deeper;
        }

        return inner is SocketException { SocketErrorCode: SocketError.AddressNotAvailable } && endpoint.StartsWith("unix:", StringComparison.Ordinal)
            ? "there is no such socket"
            : inner?.Message ?? exception.Status.Detail;
    }

    private sealed record Details(string? Reason, IReadOnlyList<FieldViolation> Violations, TimeSpan? RetryAfter);
}
