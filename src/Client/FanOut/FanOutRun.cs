using FeatureService.Client.Transport;

namespace FeatureService.Client.FanOut;

/// <summary>What all work of one fan-out shares.</summary>
/// <param name="options">The client's options.</param>
internal sealed class FanOutRun(FeatureServiceClientOptions options) : IDisposable
{
    /// <summary>Ends everything when the service is gone for too long.</summary>
    public OutageWatch Outage { get; } = new(options);

    /// <summary>Counts what is done.</summary>
    public FanOutMeter Meter { get; } = new();

    /// <summary>Knows which shards are late.</summary>
    public Lateness Lateness { get; } = new(options.StragglerFactor);

    /// <summary>
    /// Whether shards wait for each other's readers. Then they do not also wait for a place on a pod, or the first could wait for ever for
    /// one that the later ones hold.
    /// </summary>
    public bool IsOrdered { get; init; }

    /// <summary>Does work until it ends or the service has been gone for too long.</summary>
    /// <param name="work">The work.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="PartialBuildException">The service is gone for too long.</exception>
    public async Task<T> WatchAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation, Outage.Expired);
        try
        {
            return await work(stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (Outage.Expired.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw Outage.ToException();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Outage.Dispose();
}
