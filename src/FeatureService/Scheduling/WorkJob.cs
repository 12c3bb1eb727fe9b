namespace FeatureService.Scheduling;

/// <summary>One computation in the queue. Its fields are guarded by the queue's lock.</summary>
internal sealed class WorkJob(WorkFlow flow, IWork work, CancellationToken cancellation)
{
    private const int NotBegun = -1;

    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _begun;
    private int _taskCount = NotBegun;
    private int _nextTask;
    private int _running;
    private Exception? _failure;

    /// <summary>The number of the step that prepares the tasks.</summary>
    public const int BeginStep = -1;

    /// <summary>The request that it belongs to.</summary>
    public WorkFlow Flow { get; } = flow;

    /// <summary>What is computed.</summary>
    public IWork Work { get; } = work;

    /// <summary>Stops it.</summary>
    public CancellationToken Cancellation { get; } = cancellation;

    /// <summary>When it was queued, by the metrics' clock.</summary>
    public long QueuedAt { get; set; }

    /// <summary>Whether a worker has taken its first step.</summary>
    public bool HasBegun => _begun;

    /// <summary>Ends when no worker touches the computation any more: done, failed or cancelled.</summary>
    public Task Done => _done.Task;

    /// <summary>Whether a worker could take a step now.</summary>
    public bool HasStep => _failure is null && (!_begun || _nextTask < _taskCount);

    /// <summary>Whether nothing runs and nothing is left to run.</summary>
    public bool IsOver => _running == 0 && (_failure is not null || _nextTask == _taskCount);

    /// <summary>Hands the next step to a worker.</summary>
    public int TakeStep()
    {
        _running++;
        if (!_begun)
        {
            _begun = true;
            return BeginStep;
        }

        return _nextTask++;
    }

    /// <summary>Notes that the tasks are prepared.</summary>
    public void Begun(int taskCount) => _taskCount = taskCount;

    /// <summary>Notes that a worker is done with a step.</summary>
    public void StepEnded(Exception? failure)
    {
        _running--;
        _failure ??= failure;
    }

    /// <summary>Drops what has not been started; the first failure is the one that is told.</summary>
    public void Fail(Exception failure) => _failure ??= failure;

    /// <summary>Tells the waiting request; continuations never run on the caller's thread.</summary>
    /// <remarks>Outside the lock, after <see cref="IsOver"/>; the last steps may still add a failure.</remarks>
    public void Finish()
    {
        if (_failure is null)
        {
            try
            {
                Work.Complete();
            }
            catch (Exception exception)
            {
                _failure = exception;
            }
        }

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
}
