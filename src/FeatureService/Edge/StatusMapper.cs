using FeatureService.Engine.Snapshots;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Status = Google.Rpc.Status;

namespace FeatureService.Edge;

/// <summary>The one place where exceptions become gRPC statuses.</summary>
internal static class StatusMapper
{
    /// <summary>Message and details travel in headers, of which some clients read no more than 8 KiB.</summary>
    private const int MessageLengthMax = 600;
    private const int DetailsLengthMax = 3600;

    private const string Domain = "features.v1";
    private const string PushbackTrailer = "grpc-retry-pushback-ms";

    /// <summary>The status of an exception; null where it is unknown, a fault of the service itself.</summary>
    /// <param name="exception">What ended the call.</param>
    /// <param name="isCancelled">Whether the caller went, or its deadline passed.</param>
    public static RpcException? Map(Exception exception, bool isCancelled) => exception switch
    {
        RpcException known => known,
        RequestException refused => Refused(refused),
        _ when isCancelled => new RpcException(new Grpc.Core.Status(StatusCode.Cancelled, "cancelled")),
        OperationCanceledException or ObjectDisposedException =>
            Refused(new RequestException(FailureKind.Unavailable, "the service is stopping: ask another one") { Reason = "DRAINING" }),
        SnapshotDamagedException => Refused(new RequestException(FailureKind.DataLoss, exception.Message)),
        _ => null,
    };

    /// <summary>How telemetry tells a failure: the status as gRPC writes it, and the reason, which is the status where there is no other.</summary>
    /// <param name="exception">What ended the call.</param>
    /// <param name="isCancelled">Whether the caller went, or its deadline passed.</param>
    /// <param name="isLate">Whether its deadline has passed.</param>
    public static (string Status, string Reason) Told(Exception exception, bool isCancelled, bool isLate)
    {
        var code = exception is not RequestException && isLate
            ? StatusCode.DeadlineExceeded
            : Map(exception, isCancelled)?.StatusCode ?? StatusCode.Internal;
        var status = NameOf(code);
        return (status, (exception as RequestException)?.Reason ?? status);
    }

    /// <summary>The status of a fault of the service, which tells nothing of its inside.</summary>
    public static RpcException Unknown() =>
        new(new Grpc.Core.Status(StatusCode.Internal, "the service failed; its log says why"));

    /// <summary>An exception's status with its details, which a call would send as a trailer.</summary>
    public static Status StatusOf(RpcException exception) => exception.GetRpcStatus()
        ?? new Status { Code = (int)exception.StatusCode, Message = exception.Status.Detail };

    private static RpcException Refused(RequestException refused)
    {
        var status = new Status { Code = (int)CodeOf(refused.Kind), Message = Cut(refused.Message, MessageLengthMax) };
        if (refused.Violations.Count > 0)
        {
            status.Details.Add(Any.Pack(BadRequestOf(refused.Violations)));
        }

        if (refused.Reason is { } reason)
        {
            status.Details.Add(Any.Pack(new ErrorInfo { Domain = Domain, Reason = reason }));
        }

        if (refused.RetryAfter is not { } retryAfter)
        {
            return status.ToRpcException();
        }

        status.Details.Add(Any.Pack(new RetryInfo { RetryDelay = Duration.FromTimeSpan(retryAfter) }));
        status.Details.Add(Any.Pack(new QuotaFailure
        {
            Violations = { new QuotaFailure.Types.Violation { Subject = "service", Description = status.Message } },
        }));
        var exception = status.ToRpcException();
        exception.Trailers.Add(PushbackTrailer, ((long)retryAfter.TotalMilliseconds).ToString(System.Globalization.CultureInfo.InvariantCulture));
        return exception;
    }

    private static StatusCode CodeOf(FailureKind kind) => kind switch
    {
        FailureKind.InvalidArgument => StatusCode.InvalidArgument,
        FailureKind.NotFound => StatusCode.NotFound,
        FailureKind.FailedPrecondition => StatusCode.FailedPrecondition,
        FailureKind.OutOfRange => StatusCode.OutOfRange,
        FailureKind.ResourceExhausted => StatusCode.ResourceExhausted,
        FailureKind.Unavailable => StatusCode.Unavailable,
        FailureKind.DataLoss => StatusCode.DataLoss,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "has no status"),
    };

    private static BadRequest BadRequestOf(IReadOnlyList<Violation> violations)
    {
        var request = new BadRequest();
        var length = 0;
        foreach (var violation in violations)
        {
            var told = new BadRequest.Types.FieldViolation
            {
                Field = Cut(violation.Field, MessageLengthMax),
                Description = Cut(violation.Message, MessageLengthMax),
            };
            length += told.CalculateSize();
            if (length > DetailsLengthMax)
            {
                var left = violations.Count - request.FieldViolations.Count;
                request.FieldViolations.Add(new BadRequest.Types.FieldViolation { Field = "", Description = $"and {left} more" });
                break;
            }

            request.FieldViolations.Add(told);
        }

        return request;
    }

    /// <summary>From InvalidArgument to INVALID_ARGUMENT.</summary>
    private static string NameOf(StatusCode code) => string.Concat(
        code.ToString().Select((letter, i) => i > 0 && char.IsUpper(letter) ? $"_{letter}" : $"{char.ToUpperInvariant(letter)}"));

    private static string Cut(string text, int lengthMax)
    {
        if (text.Length <= lengthMax)
        {
            return text;
        }

        // Half a surrogate pair would not be UTF-8.
        var length = char.IsHighSurrogate(text[lengthMax - 1]) ? lengthMax - 1 : lengthMax;
        return string.Concat(text.AsSpan(0, length), "…");
    }
}
