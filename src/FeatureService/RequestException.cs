namespace FeatureService;

/// <summary>Why a request cannot be answered; the edge gives each kind its gRPC status.</summary>
public enum FailureKind
{
    /// <summary>The request is wrong.</summary>
    InvalidArgument,

    /// <summary>There is no such view or snapshot.</summary>
    NotFound,

    /// <summary>A pinned version or snapshot id is not loaded.</summary>
    FailedPrecondition,

    /// <summary>An int64 overflowed in a cell.</summary>
    OutOfRange,

    /// <summary>The service has as much to do as it takes on.</summary>
    ResourceExhausted,

    /// <summary>The service is about to stop, or the caller stopped reading.</summary>
    Unavailable,

    /// <summary>The snapshot's files are damaged.</summary>
    DataLoss,
}

/// <summary>One thing that is wrong with a request.</summary>
/// <param name="Field">The field's path as in the contract (<c>grid.weeks.first</c>), or <c>FILE:LINE:COLUMN</c> in a view's text.</param>
/// <param name="Message">What is wrong and what was expected.</param>
public sealed record Violation(string Field, string Message);

/// <summary>Ends a request that cannot be answered.</summary>
/// <param name="kind">Why.</param>
/// <param name="message">What is wrong, where, and what was expected.</param>
public sealed class RequestException(FailureKind kind, string message) : Exception(message)
{
    /// <summary>Why.</summary>
    public FailureKind Kind { get; } = kind;

    /// <summary>Everything that is wrong with the request; only for <see cref="FailureKind.InvalidArgument"/>.</summary>
    public IReadOnlyList<Violation> Violations { get; init; } = [];

    /// <summary>A constant for programs, such as <c>SNAPSHOT_GONE</c>; null where the kind says all.</summary>
    public string? Reason { get; init; }

    /// <summary>When to come back; only for <see cref="FailureKind.ResourceExhausted"/>.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>A request with one or more faults.</summary>
    /// <param name="violations">The faults, at least one.</param>
    public static RequestException Invalid(IReadOnlyList<Violation> violations) =>
        new(FailureKind.InvalidArgument, string.Join('\n', violations.Select(v => $"{v.Field}: {v.Message}"))) { Violations = violations };

    /// <summary>A request with one fault.</summary>
    /// <param name="field">The field's path.</param>
    /// <param name="message">What is wrong and what was expected.</param>
    public static RequestException Invalid(string field, string message) => Invalid([new Violation(field, message)]);
}
