using FeatureService.Telemetry;

namespace FeatureService.Scheduling;

/// <summary>
/// What the workers do next: one task of each request in turn, interactive requests before backfills. It holds one entry for each
/// admitted request with something to do, so <see cref="Admission"/> bounds it.
/// </summary>
/// <param name="metrics">Where waits are told; null for nowhere.</param>
public sealed class WorkQueue(ServiceMetrics? metrics = null)
{
    /// <summary>Every so many tasks a waiting backfill goes first: a tenth of the workers is the least that it gets.</summary>
    private const int BackfillTurn = 10;

    private readonly object _lock = new();
    private readonly Queue<WorkFlow>[] _lanes = [new(), new()];
    private readonly HashSet<WorkJob> _jobs = [];
    private int _turn;
    private int _busy;
    private bool _closed;

    /// <summary>A share of the workers for one request.</summary>
    /// <param name="lane">Which requests it competes with.</param>
    public WorkFlow Open(WorkLane lane) => new(this, lane);

    /// <summary>Number of computations that are queued or run.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _jobs.Count;
            }
        }
    }

    /// <summary>Number of computations of a lane that no worker has begun.</summary>
    /// <param name="lane">The lane.</param>
    public int WaitingCount(WorkLane lane)
    {
        lock (_lock)
        {
            return _jobs.Count(job => job.Flow.Lane == lane && !job.HasBegun);
        }
    }

    /// <summary>Number of workers that run a task.</summary>
    public int BusyCount
    {
        get
        {
            lock (_lock)
            {
                return _busy;
            }
        }
    }

    internal async Task RunAsync(WorkJob job)
    {
        job.QueuedAt = metrics?.Time.GetTimestamp() ?? 0;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            job.Flow.Add(job);
            _jobs.Add(job);
            Offer(job.Flow);
        }

        using (job.Cancellation.UnsafeRegister(state => Cancel((WorkJob)state!), job))
        {
            await job.Done.ConfigureAwait(false);
        }
    }

    /// <summary>Waits for a step and runs it, on the calling worker.</summary>
    /// <returns>False once the queue is closed.</returns>
    internal bool RunNext()
    {
        WorkJob job;
        int step;
        lock (_lock)
        {
            WorkFlow? flow;
            while ((flow = NextFlow()) is null)
            {
                if (_closed)
                {
                    return false;
                }

                Monitor.Wait(_lock);
            }

            job = flow.FirstWithStep;
            step = job.TakeStep();
            _busy++;
            Offer(flow);
        }

        if (step == WorkJob.BeginStep)
        {
            metrics?.Waited(job.Flow.Lane.Label(), metrics.Time.GetElapsedTime(job.QueuedAt));
        }

        Run(job, step);
        return true;
    }

    /// <summary>Ends the workers; computations that are not done are cancelled.</summary>
    internal void Close()
    {
        WorkJob[] left;
        lock (_lock)
        {
            _closed = true;
            left = [.. _jobs];
            Monitor.PulseAll(_lock);
        }

        foreach (var job in left)
        {
            Cancel(job);
        }
    }

    private void Run(WorkJob job, int step)
    {
        Exception? failure = null;
        var taskCount = 0;
        try
        {
            if (step == WorkJob.BeginStep)
            {
                taskCount = job.Work.Begin();
            }
            else
            {
                job.Work.RunTask(step, job.Cancellation);
            }
        }
        catch (Exception exception)
        {
            // A worker outlives every task; the request that waits gets the exception.
            failure = exception;
        }

        bool isOver;
        lock (_lock)
        {
            if (step == WorkJob.BeginStep)
            {
                job.Begun(taskCount);
            }

            job.StepEnded(failure);
            _busy--;
            isOver = TakeIfOver(job);
            Offer(job.Flow);
        }

        if (isOver)
        {
            job.Finish();
        }
    }

    private void Cancel(WorkJob job)
    {
        bool isOver;
        lock (_lock)
        {
            // A job that is over is being finished by a worker, outside the lock.
            if (_jobs.Contains(job))
            {
                job.Fail(new OperationCanceledException(job.Cancellation));
            }

            isOver = TakeIfOver(job);
        }

        if (isOver)
        {
            job.Finish();
        }
    }

    private bool TakeIfOver(WorkJob job) => job.IsOver && job.Flow.Remove(job) && _jobs.Remove(job);

    private void Offer(WorkFlow flow)
    {
        if (!flow.IsWaiting && flow.HasStep)
        {
            flow.IsWaiting = true;
            _lanes[(int)flow.Lane].Enqueue(flow);
            Monitor.PulseAll(_lock);
        }
    }

    private WorkFlow? NextFlow()
    {
        var isBackfillsTurn = _turn >= BackfillTurn;
        var flow = isBackfillsTurn
            ? Take(WorkLane.Backfill) ?? Take(WorkLane.Interactive)
            : Take(WorkLane.Interactive) ?? Take(WorkLane.Backfill);
        if (flow is not null)
        {
            _turn = flow.Lane == WorkLane.Backfill ? 0 : _turn + 1;
        }

        return flow;
    }

    private WorkFlow? Take(WorkLane lane)
    {
        while (_lanes[(int)lane].TryDequeue(out var flow))
        {
            flow.IsWaiting = false;
            if (flow.HasStep)
            {
                return flow;
            }
        }

        return null;
    }
}
