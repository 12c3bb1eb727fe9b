using Grpc.Core;

namespace FeatureService.Client.Transport;

/// <summary>What a failed call says about trying again.</summary>
internal enum FailureKind
{
    /// <summary>Another attempt gives the same: the request itself is refused.</summary>
    Refused,

    /// <summary>The pod is gone or does not have the snapshot: another one, or a later attempt.</summary>
    Lost,

    /// <summary>The pod works and asks to come back.</summary>
    Busy,

    /// <summary>Perhaps this pod, perhaps every one: a few attempts.</summary>
    Suspect,
}

/// <summary>Tells failures apart. All calls of this client are pure, so what may pass is always safe to try again.</summary>
internal static class Failures
{
    /// <summary>Reason of a pod that does not have the snapshot asked for.</summary>
    public const string SnapshotGone = "SNAPSHOT_GONE";

    private const string Draining = "DRAINING";

    /// <summary>What kind a failure is of.</summary>
    public static FailureKind KindOf(FeatureServiceException failure) => failure.Status switch
    {
        _ when failure.IsFinal => FailureKind.Refused,
        StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.Cancelled or StatusCode.Aborted => FailureKind.Lost,
        StatusCode.FailedPrecondition when failure.Reason == SnapshotGone => FailureKind.Lost,
        StatusCode.ResourceExhausted => FailureKind.Busy,
        // A stream that is reset comes as Internal; so does a fault of the service, which a few attempts tell apart.
        StatusCode.Internal or StatusCode.Unknown or StatusCode.DataLoss => FailureKind.Suspect,
        _ => FailureKind.Refused,
    };

    /// <summary>Whether another attempt may end otherwise.</summary>
    public static bool MayPass(FeatureServiceException failure) => KindOf(failure) != FailureKind.Refused;

    /// <summary>
    /// Whether the connection works and leads to a pod that cannot help: behind a balancer that hides pods a new one leads to another.
    /// </summary>
    public static bool IsOfPod(FeatureServiceException failure) =>
        failure.Reason is SnapshotGone or Draining || failure.IsSilence;
}
