namespace FeatureService.Client.Transport.Pods;

/// <summary>
/// The pods and what is known of each. It decides, and does nothing: it makes no call and waits for nothing, so that a simulation may
/// drive it. Safe from any thread.
/// </summary>
/// <param name="options">The client's options.</param>
internal sealed class PodSet(FeatureServiceClientOptions options) : IDisposable
{
    /// <summary>Most streams that advice can lead to: what a wrong server could else make us open.</summary>
    private const int AdvisedMax = 64;

    /// <summary>Streams at once until the service has advised a number.</summary>
    private const int StreamsUnadvised = 2;

    private readonly Lock _lock = new();
    private readonly List<Pod> _pods = [];
    private readonly Signal _changed = new();
    private int _limitMax = options.BackfillsPerEndpointMax ?? StreamsUnadvised;
    private int _next;
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

    /// <summary>Counts the changes of the pods that partitions are placed on.</summary>
    public int Version { get; private set; }

    /// <summary>Completes at the next change that may let somebody on.</summary>
    public Task NextChange() => _changed.Next();

    /// <summary>Streams that all pods together are given at once, at least 1.</summary>
    public int LimitSum
    {
        get
        {
            lock (_lock)
            {
                return Math.Max(1, _pods.Where(pod => !pod.IsGone).Sum(pod => pod.Limit.Value));
            }
        }
    }

    /// <summary>The addresses that there are, in the order in which they were found.</summary>
    public IReadOnlyList<string> Addresses
    {
        get
        {
            lock (_lock)
            {
                return [.. _pods.Where(pod => !pod.IsGone).Select(pod => pod.Address).Distinct(StringComparer.Ordinal)];
            }
        }
    }

    /// <summary>Follows a look-up: pods that are new get work, those that are gone finish what they have and get no more.</summary>
    /// <param name="addresses">The addresses that there are now.</param>
    public void Update(IReadOnlyList<string> addresses) => Change(() =>
    {
        var named = addresses.ToHashSet(StringComparer.Ordinal);
        foreach (var pod in _pods.Where(pod => !named.Contains(pod.Address) && !pod.IsGone).ToArray())
        {
            pod.IsGone = true;
            Version++;
            DropIfUnused(pod);
        }

        foreach (var address in addresses.Distinct(StringComparer.Ordinal))
        {
            for (var connection = 0; connection < options.ConnectionsPerEndpoint; connection++)
            {
                if (_pods.Find(pod => pod.Address == address && pod.Connection == connection) is not { } known)
                {
                    _pods.Add(new Pod(address, connection, new Endpoint(address, options), new PodLimit(_limitMax)));
                    Version++;
                }
                else if (known.IsGone)
                {
                    known.IsGone = false;
                    Version++;
                }
            }
        }
    });

    /// <summary>Takes what the service advises; nothing where it advises none, or the options say. All pods are taken to be alike.</summary>
    /// <param name="backfillsInFlight">Streams that one caller does well to keep in flight on one pod.</param>
    public void Advise(int backfillsInFlight)
    {
        if (backfillsInFlight > 0 && options.BackfillsPerEndpointMax is null)
        {
            Change(() =>
            {
                _limitMax = Math.Min(backfillsInFlight, AdvisedMax);
                _pods.ForEach(pod => pod.Limit.Advise(_limitMax));
            });
        }
    }

    /// <summary>The pods on which partitions are placed: all that do not keep failing, or all there are.</summary>
    /// <param name="version">The <see cref="Version"/> that they are of.</param>
    public IReadOnlyList<Pod> Placed(out int version)
    {
        lock (_lock)
        {
            version = Version;
            return _pods.Exists(pod => pod.IsPlaced) ? [.. _pods.Where(pod => pod.IsPlaced)] : [.. _pods.Where(pod => !pod.IsGone)];
        }
    }

    /// <summary>The pods that have room for a stream, the least busy first.</summary>
    public IReadOnlyList<Pod> WithRoom()
    {
        lock (_lock)
        {
            var now = options.Time.GetUtcNow();
            return [.. _pods.Where(pod => pod.HasRoom(now, beyondLimit: false)).OrderBy(pod => pod.Load)];
        }
    }

    /// <summary>Takes a place for a stream on a pod.</summary>
    /// <param name="pod">The pod.</param>
    /// <returns>Null where it has no room.</returns>
    public PodLease? TryTake(Pod pod)
    {
        lock (_lock)
        {
            return pod.HasRoom(options.Time.GetUtcNow(), beyondLimit: false) ? Lease(pod, isStream: true) : null;
        }
    }

    /// <summary>
    /// Takes a place for a stream of a partition on any pod: the one whose the partition is, unless that has a tenth more streams than
    /// the mean; then the next by rendezvous.
    /// </summary>
    /// <param name="partition">The partition.</param>
    /// <param name="failed">Pods that have failed this caller, the last one last: taken only where no other is left, the first one first.</param>
    /// <param name="beyondLimit">Whether a pod's limit does not count: for callers that bound themselves.</param>
    /// <param name="orFailed">Whether one of <paramref name="failed"/> will do.</param>
    /// <returns>Null where none has room.</returns>
    public PodLease? TryTakeAny(int partition, IReadOnlyList<Pod> failed, bool beyondLimit, bool orFailed = true)
    {
        lock (_lock)
        {
            var now = options.Time.GetUtcNow();
            var open = _pods.Where(pod => pod.HasRoom(now, beyondLimit) && (orFailed || !failed.Contains(pod))).ToArray();
            if (open.Length == 0)
            {
                return null;
            }

            return Lease(PodChoice.ForStream(open, partition, failed), isStream: true);
        }
    }

    /// <summary>Takes a pod for a call with one answer: each in turn, one that is up first, else the one that is to come back first.</summary>
    /// <param name="tried">Pods that have failed this call; taken only where no other is up.</param>
    /// <returns>Null where there is no pod at all.</returns>
    public PodLease? TakeForCall(IReadOnlyCollection<Pod> tried)
    {
        lock (_lock)
        {
            IReadOnlyList<Pod> present = _pods.Exists(pod => pod.IsGone) ? [.. _pods.Where(pod => !pod.IsGone)] : _pods;
            if (present.Count == 0)
            {
                return null;
            }

            return Lease(PodChoice.ForCall(present, _next++ & int.MaxValue, tried), isStream: false);
        }
    }

    /// <summary>One pod of each address, for a call to each.</summary>
    public IReadOnlyList<PodLease> LeaseEach()
    {
        lock (_lock)
        {
            return [.. _pods.Where(pod => !pod.IsGone && pod.Connection == 0).Select(pod => Lease(pod, isStream: false))];
        }
    }

    /// <summary>Whether a pod is up that is not among those tried.</summary>
    public bool HasOther(IReadOnlyCollection<Pod> tried)
    {
        lock (_lock)
        {
            return _pods.Exists(pod => !pod.IsGone && pod.State == PodState.Up && !tried.Contains(pod));
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

    /// <inheritdoc/>
    public void Dispose()
    {
        Pod[] pods;
        lock (_lock)
        {
            pods = [.. _pods];
        }

        foreach (var pod in pods)
        {
            pod.Endpoint.Dispose();
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

    internal void Release(PodLease lease)
    {
        lock (_lock)
        {
            lease.Pod.InFlight -= lease.IsStream ? 1 : 0;
            lease.Endpoint.Release();
            DropIfUnused(lease.Pod);
        }

        _changed.Fire();
    }

    private PodLease Lease(Pod pod, bool isStream)
    {
        pod.InFlight += isStream ? 1 : 0;
        pod.Endpoint.Take();
        return new PodLease(this, pod, pod.Endpoint, isStream);
    }

    /// <summary>Changes a pod, and notes where that changes what is placed on it.</summary>
    private void FollowPlacement(Pod pod, Action change)
    {
        var was = pod.IsPlaced;
        change();
        Version += was == pod.IsPlaced ? 0 : 1;
    }

    private void DropIfUnused(Pod pod)
    {
        if (pod.IsGone && pod.Endpoint.LeaseCount == 0)
        {
            _pods.Remove(pod);
            pod.Endpoint.Dispose();
        }
    }

    /// <summary>Changes something, and tells those who wait once the lock is left: they may go on right here.</summary>
    private void Change(Action change)
    {
        lock (_lock)
        {
            change();
        }

        _changed.Fire();
    }
}
