using Grpc.Core;

namespace FeatureService.Client.Transport;

/// <summary>A call that the service refused or that did not reach it.</summary>
public sealed class FeatureServiceException : Exception
{
    /// <summary>An error of a call.</summary>
    /// <param name="status">The gRPC status.</param>
    /// <param name="message">What went wrong.</param>
    /// <param name="inner">What it came from.</param>
    public FeatureServiceException(StatusCode status, string message, Exception? inner = null)
        : base(message, inner) => Status = status;

    /// <summary>The gRPC status.</summary>
    public StatusCode Status { get; }

    /// <summary>The reason that the service gave in a machine's form, such as <c>SNAPSHOT_GONE</c>; null where it gave none.</summary>
    public string? Reason { get; init; }

    /// <summary>What is wrong in which field of the request; for a view's text the field is <c>FILE:LINE:COLUMN</c>.</summary>
    public IReadOnlyList<FieldViolation> FieldViolations { get; init; } = [];

    /// <summary>When the service asked to come back; null where it did not.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The endpoint that was called; null where none was.</summary>
    public string? Endpoint { get; init; }

    /// <summary>Whether the pod took the call and then answered nothing, not even a probe.</summary>
    internal bool IsSilence { get; init; }

    /// <summary>Whether there was no connection: the call reached nobody.</summary>
    internal bool IsUnsent { get; init; }

    /// <summary>Whether another attempt cannot help, whatever the status says.</summary>
    internal bool IsFinal { get; init; }
}

/// <summary>One thing that is wrong in a request.</summary>
/// <param name="Field">The field, or <c>FILE:LINE:COLUMN</c>.</param>
/// <param name="Description">What is wrong, and what was expected.</param>
public sealed record FieldViolation(string Field, string Description);
