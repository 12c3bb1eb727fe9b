namespace FeatureService.Client.Transport.Pods;

/// <summary>Does what <see cref="PodSet"/> decides: looks names up, probes pods that were set aside or are silent, and waits for room.</summary>
/// <param name="options">The client's options.</param>
internal sealed class PodPool(FeatureServiceClientOptions options) : IDisposable
{
    private readonly AddressBook _addresses = new(options);
    private bool _resolved;

    /// <summary>The pods.</summary>
    public PodSet Pods { get; } = new(options);

    /// <summary>Sees to it that the pods are known; what is to be done now and then is begun, and not waited for.</summary>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="FeatureServiceException">No name has ever been found.</exception>
    public async Task ReadyAsync(CancellationToken cancellation)
    {
        if (!Volatile.Read(ref _resolved) || _addresses.IsStale())
        {
            await ResolveAsync().WaitAsync(cancellation).ConfigureAwait(false);
        }
        else if (_addresses.UntilDue() <= TimeSpan.Zero)
        {
            _ = ResolveAsync();
        }

        foreach (var due in Pods.TakeDueProbes())
        {
            _ = ProbeAsync(due);
        }
    }

    /// <summary>Waits for a pod with room for a stream.</summary>
    /// <param name="partition">The partition that the stream is of.</param>
    /// <param name="failed">Pods that have failed this caller, the last one last: taken only where no other is left, the first one first.</param>
    /// <param name="beyondLimit">Whether a pod's limit does not count: for callers that bound themselves.</param>
    /// <param name="lost">Told how the last pod was lost, as long as none is up: else nobody would end the wait.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="FeatureServiceException">No name has ever been found.</exception>
    public async Task<PodLease> AcquireAsync(
        int partition, IReadOnlyList<Pod> failed, bool beyondLimit, Action<FeatureServiceException> lost, CancellationToken cancellation)
    {
        while (true)
        {
            var changed = Pods.NextChange();
            await ReadyAsync(cancellation).ConfigureAwait(false);
            if (Pods.TryTakeAny(partition, failed, beyondLimit) is { } lease)
            {
                return lease;
            }

            await WaitAsync(changed, lost, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Waits for a change of the pods, or for the time at which something is due.</summary>
    /// <param name="changed">What <see cref="PodSet.NextChange"/> gave before the caller looked.</param>
    /// <param name="lost">Told how the last pod was lost, where none is up.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task WaitAsync(Task changed, Action<FeatureServiceException> lost, CancellationToken cancellation)
    {
        if (Pods.Outage is { } outage)
        {
            lost(outage);
        }

        var wait = TimeSpan.FromSeconds(30);
        foreach (var due in new[] { Pods.UntilNextChange(), _addresses.UntilDue() })
        {
            wait = due < wait ? due.Value : wait;
        }

        using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await Task.WhenAny(changed, Pause.ForAsync(wait + TimeSpan.FromMilliseconds(1), options.Time, timer.Token)).ConfigureAwait(false);
        timer.Cancel();
        cancellation.ThrowIfCancellationRequested();
    }

    /// <summary>Tells how a call went wrong.</summary>
    /// <param name="lease">The call's lease.</param>
    /// <param name="failure">The failure.</param>
    public void Failed(PodLease lease, FeatureServiceException failure)
    {
        lease.Failed(failure);
        if (Failures.KindOf(failure) == FailureKind.Lost)
        {
            _addresses.Doubt();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Pods.Dispose();

    private async Task ResolveAsync()
    {
        try
        {
            Pods.Update(await _addresses.ResolveAsync().ConfigureAwait(false));
            Volatile.Write(ref _resolved, true);
        }
        catch (FeatureServiceException) when (Volatile.Read(ref _resolved))
        {
            // What was found before is still good.
        }
    }

    private async Task ProbeAsync(PodLease lease)
    {
        using (lease)
        {
            Pods.Probed(lease.Pod, await lease.Endpoint.AskAsync().ConfigureAwait(false) == EndpointState.Serves);
        }
    }
}
