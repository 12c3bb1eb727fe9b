using FeatureService.Client.Transport;
using Grpc.Core;

namespace FeatureService.Client.FanOut;

/// <summary>The attempts at one piece of work: what may be tried again, after which pause, and when it is enough.</summary>
/// <param name="options">Bounds of the pauses.</param>
/// <param name="outage">Told about failures; ends everything when the service is gone for too long.</param>
internal sealed class Attempts(FeatureServiceClientOptions options, OutageWatch outage)
{
    /// <summary>Attempts without progress at what another endpoint or attempt may not suffer from, but probably does.</summary>
    private const int SuspectAttemptsMax = 3;

    private int _failures;
    private int _suspects;

    private enum FailureKind
    {
        /// <summary>Another attempt gives the same: the request itself is refused.</summary>
        Fatal,

        /// <summary>The endpoint is gone or does not have the snapshot: another one, or a later attempt.</summary>
        Lost,

        /// <summary>The endpoint works and asks to come back.</summary>
        Busy,

        /// <summary>Perhaps this endpoint, perhaps every one: a few attempts.</summary>
        Suspect,
    }

    /// <summary>Whether another attempt may end otherwise.</summary>
    /// <param name="failure">How an attempt failed.</param>
    public static bool MayPass(FeatureServiceException failure) => Kind(failure) != FailureKind.Fatal;

    /// <summary>Tells the pool how an endpoint has done.</summary>
    /// <param name="lease">The endpoint.</param>
    /// <param name="failure">How the attempt failed; null where it did not.</param>
    /// <param name="progressed">Whether it brought something.</param>
    public static void Report(EndpointLease lease, FeatureServiceException? failure, bool progressed)
    {
        if (failure is not null && Kind(failure) != FailureKind.Busy)
        {
            lease.Failed();
        }
        else if (progressed)
        {
            lease.Succeeded();
        }
    }

    /// <summary>An attempt brought something: failures before it no longer count.</summary>
    public void Progressed() => (_failures, _suspects) = (0, 0);

    /// <summary>Waits before the next attempt.</summary>
    /// <param name="failure">How the last one failed, in a way that <see cref="MayPass"/>.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="FeatureServiceException">The failure itself, where it is enough.</exception>
    public async Task PauseAsync(FeatureServiceException failure, CancellationToken cancellation)
    {
        if (Kind(failure) == FailureKind.Suspect && ++_suspects >= SuspectAttemptsMax)
        {
            throw failure;
        }

        outage.Failed(failure);
        var pause = EndpointPool.Backoff(++_failures, options);
        var asked = failure.RetryAfter ?? TimeSpan.Zero;
        await Task.Delay(asked > pause ? asked : pause, options.Time, cancellation).ConfigureAwait(false);
    }

    private static FailureKind Kind(FeatureServiceException failure) => failure.Status switch
    {
        StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.Cancelled or StatusCode.Aborted => FailureKind.Lost,
        StatusCode.FailedPrecondition when failure.Reason == "SNAPSHOT_GONE" => FailureKind.Lost,
        StatusCode.ResourceExhausted => FailureKind.Busy,
        // A stream that is reset comes as Internal; so does a fault of the service, which a few attempts tell apart.
        StatusCode.Internal or StatusCode.Unknown or StatusCode.DataLoss => FailureKind.Suspect,
        _ => FailureKind.Fatal,
    };
}
