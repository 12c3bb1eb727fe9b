namespace FeatureService.Client.Transport.Pods;

/// <content>What calls tell of pods, and when those that have failed are asked again.</content>
internal sealed partial class PodSet
{
    private FeatureServiceException? _lastFailure;

    /// <summary>How the last pod was lost, where none is up; null where one is.</summary>
    public FeatureServiceException? Outage
    {
        get
        {
            lock (_lock)
            {
                return _pods.Exists(pod => !pod.IsGone && pod.State == PodState.Up) ? null : _lastFailure;
            }
        }
    }

    /// <summary>The pods whose time aside is over: the caller asks each whether it answers, and tells by <see cref="Probed"/>.</summary>
    public IReadOnlyList<PodLease> TakeDueProbes()
    {
        lock (_lock)
        {
            var now = options.Time.GetUtcNow();
            var due = _pods.FindAll(pod => pod.State == PodState.SetAside && pod.AvailableAt <= now && !pod.IsGone);
            due.ForEach(pod => pod.State = PodState.Probed);
            return due.ConvertAll(pod => Lease(pod, isStream: false));
        }
    }

    /// <summary>Takes the result of a probe.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="answers">Whether it answers and takes work.</param>
    public void Probed(Pod pod, bool answers) => Change(() =>
    {
        if (pod.State != PodState.Probed)
        {
            return;
        }

        if (answers)
        {
            pod.State = PodState.Up;
        }
        else
        {
            FollowPlacement(pod, () => pod.SetAside(options, wasSilent: false));
        }
    });

    /// <summary>How long until a pod may come back by itself; null where none is to.</summary>
    public TimeSpan? UntilNextChange()
    {
        lock (_lock)
        {
            var now = options.Time.GetUtcNow();
            var waits = _pods.Where(pod => pod.AvailableAt > now && !pod.IsGone).Select(pod => pod.AvailableAt - now).ToArray();
            return waits.Length == 0 ? null : waits.Min();
        }
    }

    internal void Succeeded(PodLease lease)
    {
        lock (_lock)
        {
            var pod = lease.Pod;
            var was = pod.IsPlaced;
            pod.Recover();
            Version += was == pod.IsPlaced ? 0 : 1;
            if (lease.IsStream)
            {
                pod.Limit.Succeeded();
                pod.Vacate();
            }
        }

        _changed.Fire();
    }

    internal void Failed(PodLease lease, FeatureServiceException failure) => Change(() =>
    {
        var pod = lease.Pod;
        switch (Failures.KindOf(failure))
        {
            case FailureKind.Busy when lease.IsStream:
                pod.Refuse(failure.RetryAfter, options);
                break;
            case FailureKind.Lost or FailureKind.Suspect:
                // What has already been replaced tells nothing of what it was replaced by.
                if (Failures.IsOfPod(failure) && lease.Endpoint == pod.Endpoint)
                {
                    lease.Endpoint.Retire();
                    pod.Endpoint = new Endpoint(pod.Address, options);
                }

                _lastFailure = failure;
                pod.Limit.Lost();
                // Streams that are lost together count once.
                if (pod.State == PodState.Up)
                {
                    FollowPlacement(pod, () => pod.SetAside(options, failure.IsSilence));
                }

                break;
        }
    });

    /// <summary>Changes a pod, and notes where that changes what is placed on it.</summary>
    private void FollowPlacement(Pod pod, Action change)
    {
        var was = pod.IsPlaced;
        change();
        Version += was == pod.IsPlaced ? 0 : 1;
    }
}
