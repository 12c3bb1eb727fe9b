namespace FeatureService.Client.Transport.Pods;

/// <summary>The right to make one call to a pod, and to say how it went.</summary>
/// <param name="pods">Where it comes from.</param>
/// <param name="pod">The pod.</param>
/// <param name="endpoint">The way to it.</param>
/// <param name="isStream">Whether it counts among the pod's streams.</param>
internal sealed class PodLease(PodSet pods, Pod pod, Endpoint endpoint, bool isStream) : IDisposable
{
    private bool _released;

    /// <summary>The pod.</summary>
    public Pod Pod => pod;

    /// <summary>The way to it, good until the lease is released.</summary>
    public Endpoint Endpoint => endpoint;

    /// <summary>Whether it counts among the pod's streams.</summary>
    public bool IsStream => isStream;

    /// <summary>The pod has brought what was asked.</summary>
    public void Succeeded() => pods.Succeeded(this);

    /// <summary>The call has failed.</summary>
    /// <param name="failure">How.</param>
    public void Failed(FeatureServiceException failure) => pods.Failed(this, failure);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_released)
        {
            _released = true;
            pods.Release(this);
        }
    }
}
