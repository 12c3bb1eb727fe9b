namespace FeatureService.Scheduling;

/// <summary>One request's share of the workers: its computations, taken in turn with those of other requests.</summary>
public sealed class WorkFlow
{
    private readonly WorkQueue _queue;
    private readonly List<WorkJob> _jobs = [];

    internal WorkFlow(WorkQueue queue, WorkLane lane)
    {
        _queue = queue;
        Lane = lane;
    }

    /// <summary>Which requests it competes with.</summary>
    public WorkLane Lane { get; }

    /// <summary>Whether it stands in its lane; guarded by the queue's lock.</summary>
    internal bool IsWaiting { get; set; }

    /// <summary>Computes something on the workers.</summary>
    /// <param name="work">The computation.</param>
    /// <param name="cancellation">Drops what is queued and stops what runs.</param>
    /// <returns>Ends when no worker touches the computation any more; fails as it did.</returns>
    public Task RunAsync(IWork work, CancellationToken cancellation)
    {
        var job = new WorkJob(this, work, cancellation);
        return _queue.RunAsync(job);
    }

    internal bool HasStep => _jobs.Exists(job => job.HasStep);

    internal WorkJob FirstWithStep => _jobs.Find(job => job.HasStep)!;

    internal void Add(WorkJob job) => _jobs.Add(job);

    internal bool Remove(WorkJob job) => _jobs.Remove(job);
}
