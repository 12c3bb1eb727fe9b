namespace FeatureService.Scheduling;

/// <summary>
/// The requests of one lane, a task of each in turn. Only workers ever take its lock, and those of another class do not wait for it:
/// a background worker may be stopped by the system while it holds it. What is new comes by way of an <see cref="Inbox{T}"/>.
/// </summary>
/// <param name="lane">The lane.</param>
/// <param name="workersLock">The lock.</param>
internal sealed class LaneQueue(WorkLane lane, Lock workersLock)
{
    /// <summary>Behind so many tasks of lanes before it, a lane in which something waits goes first.</summary>
    private const int Turn = 10;

    private readonly Inbox<WorkJob> _inbox = new();
    private readonly Queue<WorkFlow> _flows = new();
    private int _offered;
    private int _passed;
    private int _waiting;

    /// <summary>The lane.</summary>
    public WorkLane Lane { get; } = lane;

    /// <summary>Whose threads run its tasks.</summary>
    public WorkerClass Class { get; } = lane.Class();

    /// <summary>Number of computations that no worker has begun.</summary>
    public int WaitingCount => Volatile.Read(ref _waiting);

    /// <summary>Whether a worker may find a step; false only where there is none.</summary>
    public bool HasWork => !_inbox.IsEmpty || Volatile.Read(ref _offered) > 0;

    /// <summary>Whether it has waited while others went before it, a tenth of the tasks being the least that it gets.</summary>
    public bool IsDue => Volatile.Read(ref _passed) >= Turn && HasWork;

    /// <summary>Adds a computation.</summary>
    public void Add(WorkJob job)
    {
        Interlocked.Increment(ref _waiting);
        Offer(job);
    }

    /// <summary>Offers a computation again that has new steps.</summary>
    public void Offer(WorkJob job) => _inbox.Add(job);

    /// <summary>Notes that a computation was begun, or dropped before.</summary>
    public void WaitEnded() => Interlocked.Decrement(ref _waiting);

    /// <summary>Notes that a step of a lane before it was taken.</summary>
    public void Pass()
    {
        if (HasWork)
        {
            Interlocked.Increment(ref _passed);
        }
        else
        {
            Volatile.Write(ref _passed, 0);
        }
    }

    /// <summary>Takes a step of the request whose turn it is.</summary>
    /// <param name="waits">Whether to wait for another worker that is just taking one.</param>
    /// <returns>Null where there is none, or another worker was in the way.</returns>
    public (WorkJob Job, int Step)? TakeStep(bool waits)
    {
        if (!waits)
        {
            if (!workersLock.TryEnter())
            {
                return null;
            }
        }
        else
        {
            workersLock.Enter();
        }

        try
        {
            var taken = TakeStep();
            Interlocked.Exchange(ref _offered, _flows.Count);
            if (taken is not null)
            {
                Volatile.Write(ref _passed, 0);
            }

            return taken;
        }
        finally
        {
            workersLock.Exit();
        }
    }

    private (WorkJob Job, int Step)? TakeStep()
    {
        if (!_inbox.IsEmpty)
        {
            foreach (var job in _inbox.TakeAll())
            {
                job.Flow.List(job);
                Offer(job.Flow);
            }
        }

        while (_flows.TryDequeue(out var flow))
        {
            flow.IsOffered = false;
            if (flow.TakeStep() is { } taken)
            {
                Offer(flow);
                return taken;
            }
        }

        return null;
    }

    private void Offer(WorkFlow flow)
    {
        if (!flow.IsOffered && flow.HasStep)
        {
            flow.IsOffered = true;
            _flows.Enqueue(flow);
        }
    }
}
