namespace FeatureService.Client.Transport.Pods;

/// <content>Who gets a place where.</content>
internal sealed partial class PodSet
{
    private int _next;

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
}
