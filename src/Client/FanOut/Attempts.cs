using FeatureService.Client.Transport;
using FeatureService.Client.Transport.Pods;

namespace FeatureService.Client.FanOut;

/// <summary>The attempts at one piece of work: which pause follows a failure, and when it is enough.</summary>
/// <param name="options">Bounds of the pauses.</param>
internal sealed class Attempts(FeatureServiceClientOptions options)
{
    /// <summary>Attempts without progress at what another pod or attempt may not suffer from, but probably does.</summary>
    private const int SuspectAttemptsMax = 3;

    private int _failures;
    private int _suspects;

    /// <summary>An attempt brought something: failures before it no longer count.</summary>
    public void Progressed() => (_failures, _suspects) = (0, 0);

    /// <summary>
    /// The pause after a failure: none after the first, as the pod that failed is set aside and another may have room; then one that
    /// doubles. A pod that is full is left alone by its own pause.
    /// </summary>
    /// <param name="failure">How the last attempt failed, in a way that may pass.</param>
    /// <exception cref="FeatureServiceException">The failure itself, where it is enough.</exception>
    public TimeSpan PauseAfter(FeatureServiceException failure)
    {
        var kind = Failures.KindOf(failure);
        if (kind == FailureKind.Suspect && ++_suspects >= SuspectAttemptsMax)
        {
            throw failure;
        }

        return kind == FailureKind.Busy || ++_failures == 1 ? TimeSpan.Zero : Backoff.After(_failures - 1, options);
    }
}
