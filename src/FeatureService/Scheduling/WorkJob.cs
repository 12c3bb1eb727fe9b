namespace FeatureService.Scheduling;

/// <summary>
/// One computation in the queue, and how far it is. Any threads take, end and drop its steps at the same time without a lock, so that
/// a request that ends never waits for a worker which the system has stopped.
/// </summary>
/// <param name="flow">The request that it belongs to.</param>
/// <param name="work">What is computed.</param>
/// <param name="cancellation">Stops it.</param>
internal sealed class WorkJob(WorkFlow flow, IWork work, CancellationToken cancellation)
{
    /// <summary>The number of the step that prepares the tasks.</summary>
    public const int BeginStep = -1;

    // Below 0 a state; from 0 on the number of tasks above, the next task below bit 32.
    private const long NotBegun = -1;
    private const long Beginning = -2;
    private const long Dropped = -3;
    private const int CountShift = 32;

    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _next = NotBegun;

    // Steps that have neither ended nor been dropped. The step that begins stands for all until it has told how many there are.
    private int _left = 1;
    private Exception? _failure;

    /// <summary>The request that it belongs to.</summary>
    public WorkFlow Flow { get; } = flow;

    /// <summary>What is computed.</summary>
    public IWork Work { get; } = work;

    /// <summary>Stops it.</summary>
    public CancellationToken Cancellation { get; } = cancellation;

    /// <summary>When it was queued, by the metrics' clock.</summary>
    public long QueuedAt { get; init; }

    /// <summary>When a worker took its first step, by the metrics' clock; null before.</summary>
    public long? BegunAt { get; set; }

    /// <summary>Whether it stands in its request's list; guarded by the lane's lock.</summary>
    public bool IsListed { get; set; }

    /// <summary>Ends when no worker touches the computation any more: done, failed or cancelled.</summary>
    public Task Done => _done.Task;

    /// <summary>Whether a worker could take a step now.</summary>
    public bool HasStep => IsStep(Volatile.Read(ref _next));

    /// <summary>Whether no worker will ever take a step again.</summary>
    public bool IsDry => Volatile.Read(ref _next) is not (NotBegun or Beginning) and var next && !IsStep(next);

    /// <summary>Hands the next step to a worker, which ends it by <see cref="EndStep"/>.</summary>
    /// <param name="step"><see cref="BeginStep"/>, once, or the number of a task.</param>
    /// <returns>False where there is none.</returns>
    public bool TryTakeStep(out int step)
    {
        long next;
        do
        {
            next = Volatile.Read(ref _next);
            step = next == NotBegun ? BeginStep : (int)next;
            if (!IsStep(next))
            {
                return false;
            }
        }
        while (Interlocked.CompareExchange(ref _next, next == NotBegun ? Beginning : next + 1, next) != next);
        return true;
    }

    /// <summary>Lets workers take the tasks; called by the step that begins.</summary>
    /// <returns>Whether there are any; not where the computation was dropped meanwhile.</returns>
    public bool OpenTasks(int taskCount)
    {
        // Only the step that begins is left: nobody else counts down.
        Volatile.Write(ref _left, taskCount + 1);
        if (Interlocked.CompareExchange(ref _next, (long)taskCount << CountShift, Beginning) == Beginning)
        {
            return taskCount > 0;
        }

        Volatile.Write(ref _left, 1);
        return false;
    }

    /// <summary>Notes that a worker is done with a step.</summary>
    /// <returns>Whether it was the last: the caller finishes the computation.</returns>
    public bool EndStep() => Interlocked.Decrement(ref _left) == 0;

    /// <summary>Drops the steps that nobody has taken; the first failure is the one that is told.</summary>
    /// <returns>Whether these were all that was left: the caller finishes the computation.</returns>
    public bool Fail(Exception failure)
    {
        Interlocked.CompareExchange(ref _failure, failure, null);
        var dropped = Interlocked.Exchange(ref _next, Dropped) switch
        {
            NotBegun => 1,
            Beginning or Dropped => 0,
            var next => (int)(next >> CountShift) - (int)next,
        };
        return dropped > 0 && Interlocked.Add(ref _left, -dropped) == 0;
    }

    /// <summary>Gathers the result where nothing has failed; called once, by the worker whose step was the last.</summary>
    public void Complete()
    {
        if (_failure is not null)
        {
            return;
        }

        try
        {
            Work.Complete();
        }
        catch (Exception exception)
        {
            _failure = exception;
        }
    }

    /// <summary>Tells the waiting request; called once, last. Continuations run elsewhere.</summary>
    public void Tell()
    {
        switch (_failure)
        {
            case null:
                _done.SetResult();
                break;
            case OperationCanceledException:
                _done.SetCanceled(Cancellation.IsCancellationRequested ? Cancellation : new CancellationToken(true));
                break;
            default:
                _done.SetException(_failure);
                break;
        }
    }

    private static bool IsStep(long next) => next == NotBegun || (next >= 0 && (int)next < (int)(next >> CountShift));
}
