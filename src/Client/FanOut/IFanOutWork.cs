using FeatureService.Client.Transport;
using FeatureService.Client.Transport.Pods;

namespace FeatureService.Client.FanOut;

/// <summary>One piece of a fan-out that may take several attempts, on different pods.</summary>
internal interface IFanOutWork
{
    /// <summary>What matters for where it goes.</summary>
    PlacedWork Place { get; }

    /// <summary>Whether all of it has arrived.</summary>
    bool IsDone { get; }

    /// <summary>Counts what has arrived: an attempt that raises it has brought the work on.</summary>
    int StepCount { get; }

    /// <summary>Makes one call, from where the last one ended. It may end in order before the work is done.</summary>
    /// <param name="lease">The pod.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="FeatureServiceException">The call failed.</exception>
    Task AttemptAsync(PodLease lease, CancellationToken cancellation);
}
