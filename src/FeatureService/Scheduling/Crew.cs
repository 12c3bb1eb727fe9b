namespace FeatureService.Scheduling;

/// <summary>The threads of one class as the queue sees them: how many run a task, and who sleeps until there is one.</summary>
/// <param name="workers">Number of threads.</param>
internal sealed class Crew(int workers) : IDisposable
{
    private readonly Doorbell _bell = Doorbell.Create();
    private int _busy;
    private int _asleep;

    /// <summary>Number of threads that run a task.</summary>
    public int BusyCount => Volatile.Read(ref _busy);

    /// <summary>Whether all of them do.</summary>
    public bool IsBusy => BusyCount >= workers;

    /// <summary>A thread begins a task.</summary>
    public void TaskBegins() => Interlocked.Increment(ref _busy);

    /// <summary>A thread is done with a task.</summary>
    public void TaskEnded() => Interlocked.Decrement(ref _busy);

    /// <summary>Wakes one of those that sleep.</summary>
    public void Wake()
    {
        if (Volatile.Read(ref _asleep) > 0)
        {
            _bell.Ring();
        }
    }

    /// <summary>Wakes all, those too that are about to sleep.</summary>
    public void WakeAll() => _bell.Ring(workers);

    /// <summary>Sleeps until woken.</summary>
    /// <param name="isNeeded">Looks once more for work: who adds some from now on wakes a thread.</param>
    public void Sleep(Func<bool> isNeeded)
    {
        Interlocked.Increment(ref _asleep);
        if (!isNeeded())
        {
            _bell.Wait();
        }

        Interlocked.Decrement(ref _asleep);
    }

    /// <inheritdoc/>
    public void Dispose() => _bell.Dispose();
}
