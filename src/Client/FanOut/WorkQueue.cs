using System.Runtime.CompilerServices;
using FeatureService.Client.Transport.Pods;

namespace FeatureService.Client.FanOut;

/// <summary>A piece of work and the pod that has room for it.</summary>
/// <param name="Work">The work.</param>
/// <param name="Lease">The pod; who takes the work releases it.</param>
internal sealed record TakenWork(PlacedWork Work, PodLease Lease);

/// <summary>
/// What a fan-out has still to begin, queued by pod as <see cref="PartitionPlacement"/> says. A pod with room takes from its own queue,
/// and from the longest where its own is empty. When pods come or go, what is left is placed anew.
/// </summary>
internal sealed class WorkQueue
{
    private readonly Lock _lock = new();
    private readonly PodPool _pool;
    private readonly OutageWatch _outage;
    private readonly Dictionary<Pod, PodQueue> _queues = [];
    private List<PlacedWork> _unplaced;
    private int _version = -1;
    private int _left;

    /// <summary>A queue of all work.</summary>
    /// <param name="pool">The pods.</param>
    /// <param name="outage">Told where no pod is up.</param>
    /// <param name="work">The work.</param>
    public WorkQueue(PodPool pool, OutageWatch outage, IEnumerable<PlacedWork> work)
    {
        (_pool, _outage) = (pool, outage);
        _unplaced = [.. work];
        _left = _unplaced.Count;
    }

    /// <summary>All work, each when a pod has room for it.</summary>
    /// <param name="cancellation">Ends the wait.</param>
    public async IAsyncEnumerable<TakenWork> TakeAllAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        while (await TakeAsync(cancellation).ConfigureAwait(false) is { } taken)
        {
            yield return taken;
        }
    }

    /// <summary>Waits for a pod with room, and takes what it does best.</summary>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>Null where all work has been taken.</returns>
    public async Task<TakenWork?> TakeAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var changed = _pool.Pods.NextChange();
            await _pool.ReadyAsync(cancellation).ConfigureAwait(false);
            lock (_lock)
            {
                if (_left == 0)
                {
                    return null;
                }

                if (TryTake() is { } taken)
                {
                    _left--;
                    return taken;
                }
            }

            await _pool.WaitAsync(changed, _outage.Failed, cancellation).ConfigureAwait(false);
        }
    }

    private TakenWork? TryTake()
    {
        PlaceAnew();
        // Among pods that are equally busy the one with the most to do goes first.
        foreach (var pod in _pool.Pods.WithRoom().OrderBy(pod => pod.Load).ThenByDescending(WeightOf))
        {
            if (_queues.Count > 0 && _pool.Pods.TryTake(pod) is { } lease)
            {
                return new TakenWork(
                    _queues.GetValueOrDefault(pod) is { IsEmpty: false } own ? own.TakeFirst() : _queues.Values.MaxBy(queue => queue.Weight)!.TakeLast(),
                    lease);
            }
        }

        return null;
    }

    private long WeightOf(Pod pod) => _queues.GetValueOrDefault(pod)?.Weight ?? 0;

    private void PlaceAnew()
    {
        var pods = _pool.Pods.Placed(out var version);
        if (version == _version)
        {
            return;
        }

        _version = version;
        _unplaced = [.. _unplaced.Concat(_queues.Values.SelectMany(queue => queue.Left)).OrderBy(work => work.Index)];
        _queues.Clear();
        if (pods.Count == 0)
        {
            return;
        }

        var weights = _unplaced.GroupBy(work => work.Partition).ToDictionary(group => group.Key, group => group.Sum(work => work.Weight));
        var placed = PartitionPlacement.Place(weights, pods);
        foreach (var pod in pods)
        {
            _queues[pod] = new PodQueue();
        }

        foreach (var work in _unplaced)
        {
            _queues[placed[work.Partition]].Add(work);
        }

        _unplaced = [];
    }
}
