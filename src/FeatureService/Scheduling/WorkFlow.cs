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

    /// <summary>Whether it stands in its lane; guarded by the lane's lock, as its list is.</summary>
    internal bool IsOffered { get; set; }

    /// <summary>Whether a worker could take a step now.</summary>
    internal bool HasStep => _jobs.Exists(job => job.HasStep);

    /// <summary>Computes something on the workers.</summary>
    /// <param name="work">The computation.</param>
    /// <param name="cancellation">Drops what is queued and stops what runs.</param>
    /// <returns>Ends when no worker touches the computation any more; fails as it did.</returns>
    public Task RunAsync(IWork work, CancellationToken cancellation) => _queue.RunAsync(this, work, cancellation);

    /// <summary>Lists a computation, once.</summary>
    internal void List(WorkJob job)
    {
        if (!job.IsListed)
        {
            job.IsListed = true;
            _jobs.Add(job);
        }
    }

    /// <summary>Takes a step of the oldest computation that has one, and forgets those that will have none.</summary>
    internal (WorkJob Job, int Step)? TakeStep()
    {
        _jobs.RemoveAll(job => job.IsDry);
        foreach (var job in _jobs)
        {
            if (job.TryTakeStep(out var step))
            {
                return (job, step);
            }
        }

        return null;
    }
}
