using FeatureService.Telemetry;

namespace FeatureService.Scheduling;

/// <summary>
/// What the workers do next: one task of each request in turn, lanes in order, each lane by the threads of its class. It holds one
/// entry for each admitted request with something to do, so <see cref="Admission"/> bounds it.
/// </summary>
/// <remarks>
/// Requests share no lock with the workers. Classes go in order too: while all workers of one are busy, those behind it begin nothing,
/// since a task that the system has stopped halfway holds its request up for as long. Instead the busy ones take every eleventh task
/// from lanes that wait, so that none starves.
/// </remarks>
public sealed class WorkQueue : IDisposable
{
    private readonly LaneQueue[] _lanes = [.. WorkLanes.All.Select(lane => new LaneQueue(lane, new Lock()))];
    private readonly Crew[] _crews;
    private readonly Func<bool>[] _isNeeded;
    private readonly CancellationTokenSource _closing = new();
    private readonly Action<WorkJob> _tellFromBackground;
    private readonly ServiceMetrics? _metrics;
    private int _count;

    /// <summary>An empty queue.</summary>
    /// <param name="workers">Number of threads in each class.</param>
    /// <param name="tellFromBackground">Tells that a computation is done which ended on a background worker.</param>
    /// <param name="metrics">Where waits are told; null for nowhere.</param>
    internal WorkQueue(int workers, Action<WorkJob> tellFromBackground, ServiceMetrics? metrics = null)
    {
        _crews = [.. WorkerClasses.All.Select(_ => new Crew(workers))];
        _isNeeded = [.. WorkerClasses.All.Select<WorkerClass, Func<bool>>(c => () => IsClosed || (HasWork(c) && !IsHeldBack(c)))];
        _tellFromBackground = tellFromBackground;
        _metrics = metrics;
    }

    /// <summary>Number of computations that are queued or run.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Whether workers are to end.</summary>
    internal bool IsClosed => _closing.IsCancellationRequested;

    /// <summary>A share of the workers for one request.</summary>
    /// <param name="lane">Which requests it competes with.</param>
    public WorkFlow Open(WorkLane lane) => new(this, lane);

    /// <summary>Number of computations of a lane that no worker has begun.</summary>
    /// <param name="lane">The lane.</param>
    public int WaitingCount(WorkLane lane) => _lanes[(int)lane].WaitingCount;

    /// <summary>Number of workers of a class that run a task, whichever lane's.</summary>
    /// <param name="workers">The class.</param>
    public int BusyCount(WorkerClass workers) => _crews[(int)workers].BusyCount;

    internal async Task RunAsync(WorkFlow flow, IWork work, CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        var job = new WorkJob(flow, work, cancellation) { QueuedAt = Now() };
        var lane = LaneOf(job);
        Interlocked.Increment(ref _count);
        lane.Add(job);
        _crews[(int)lane.Class].Wake();
        try
        {
            using (cancellation.UnsafeRegister(_ => Cancel(job), null))
            using (_closing.Token.UnsafeRegister(_ => Cancel(job), null))
            {
                await job.Done.ConfigureAwait(false);
            }
        }
        finally
        {
            if (job.BegunAt is { } begun)
            {
                _metrics?.Waited(flow.Lane.Label(), _metrics.Time.GetElapsedTime(job.QueuedAt, begun));
            }
        }
    }

    /// <summary>Runs the next step on the calling worker.</summary>
    /// <param name="workers">The worker's class.</param>
    /// <returns>False where there is none for it.</returns>
    internal bool TryRunNext(WorkerClass workers)
    {
        if (TakeStep(workers) is not var (job, step))
        {
            return false;
        }

        var crew = _crews[(int)workers];
        crew.TaskBegins();
        if (Run(job, step, workers) is { } failure)
        {
            job.Fail(failure);
        }

        var isOver = job.EndStep();
        if (isOver)
        {
            job.Complete();
        }

        crew.TaskEnded();
        if (isOver)
        {
            Finish(job, workers == WorkerClass.Background ? _tellFromBackground : Tell);
        }

        return true;
    }

    /// <summary>Lets a worker sleep that has found nothing to do.</summary>
    /// <param name="workers">The worker's class.</param>
    internal void Sleep(WorkerClass workers)
    {
        // Classes behind this one may have been held back.
        for (var behind = workers + 1; (int)behind < _crews.Length; behind++)
        {
            if (HasWork(behind))
            {
                _crews[(int)behind].Wake();
            }
        }

        _crews[(int)workers].Sleep(_isNeeded[(int)workers]);
    }

    /// <summary>Ends the workers; computations that are not done are cancelled.</summary>
    internal void Close()
    {
        _closing.Cancel();
        foreach (var crew in _crews)
        {
            crew.WakeAll();
        }
    }

    /// <summary>Gives back what wakes workers, which have ended.</summary>
    public void Dispose()
    {
        foreach (var crew in _crews)
        {
            crew.Dispose();
        }

        _closing.Dispose();
    }

    private static void Tell(WorkJob job) => job.Tell();

    private (WorkJob Job, int Step)? TakeStep(WorkerClass workers)
    {
        if (IsHeldBack(workers))
        {
            return null;
        }

        foreach (var lane in _lanes)
        {
            if (lane.Class >= workers && lane.IsDue && TakeStep(lane, workers) is { } due)
            {
                return due;
            }
        }

        foreach (var lane in _lanes)
        {
            if (lane.Class == workers && TakeStep(lane, workers) is { } next)
            {
                return next;
            }
        }

        return null;
    }

    private (WorkJob Job, int Step)? TakeStep(LaneQueue lane, WorkerClass workers)
    {
        if (!lane.HasWork || lane.TakeStep(waits: lane.Class == workers) is not { } taken)
        {
            return null;
        }

        for (var behind = (int)lane.Lane + 1; behind < _lanes.Length; behind++)
        {
            _lanes[behind].Pass();
        }

        if (lane.HasWork)
        {
            _crews[(int)lane.Class].Wake();
        }

        if (taken.Step == WorkJob.BeginStep)
        {
            taken.Job.BegunAt = Now();
            lane.WaitEnded();
        }

        return taken;
    }

    /// <summary>Runs a step; a worker outlives every one, and the request that waits gets the exception.</summary>
    private Exception? Run(WorkJob job, int step, WorkerClass workers)
    {
        try
        {
            if (step == WorkJob.BeginStep)
            {
                Begin(job, workers);
            }
            else
            {
                job.Work.RunTask(step, job.Cancellation);
            }

            return null;
        }
        catch (Exception exception)
        {
            return exception;
        }
    }

    private void Begin(WorkJob job, WorkerClass workers)
    {
        var tasks = job.Work.Begin();
        if (!job.OpenTasks(tasks))
        {
            return;
        }

        var lane = LaneOf(job);
        lane.Offer(job);
        // A single task is for this worker, where it is one of the lane's own.
        if (tasks > 1 || lane.Class != workers)
        {
            _crews[(int)lane.Class].Wake();
        }
    }

    private void Cancel(WorkJob job)
    {
        if (job.Fail(new OperationCanceledException(job.Cancellation)))
        {
            Finish(job, Tell);
        }
    }

    private void Finish(WorkJob job, Action<WorkJob> tell)
    {
        if (job.BegunAt is null)
        {
            LaneOf(job).WaitEnded();
        }

        Interlocked.Decrement(ref _count);
        tell(job);
    }

    /// <summary>Whether all workers of a class before it are busy.</summary>
    private bool IsHeldBack(WorkerClass workers)
    {
        for (var before = 0; before < (int)workers; before++)
        {
            if (_crews[before].IsBusy)
            {
                return true;
            }
        }

        return false;
    }

    private bool HasWork(WorkerClass workers)
    {
        foreach (var lane in _lanes)
        {
            if (lane.Class == workers && lane.HasWork)
            {
                return true;
            }
        }

        return false;
    }

    private LaneQueue LaneOf(WorkJob job) => _lanes[(int)job.Flow.Lane];

    private long Now() => _metrics?.Time.GetTimestamp() ?? 0;
}
