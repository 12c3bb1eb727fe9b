namespace FeatureService.Scheduling;

/// <summary>
/// Tells requests that their background computations are done, on a thread of its own at normal policy. Background workers leave that
/// to it: whoever tells may have to start a thread of the runtime's pool, and a new thread has the policy of the one that started it.
/// A pool thread under SCHED_IDLE would start others, and no process without privileges gets them back to normal.
/// </summary>
internal sealed class Messenger : IDisposable
{
    private readonly Inbox<WorkJob> _finished = new();
    private readonly Doorbell _bell = Doorbell.Create();
    private readonly Thread _thread;
    private volatile bool _isClosed;

    /// <summary>Starts the thread.</summary>
    public Messenger()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "messenger" };
        _thread.Start();
    }

    /// <summary>Has a computation told.</summary>
    public void Tell(WorkJob job)
    {
        _finished.Add(job);
        _bell.Ring();
    }

    /// <summary>Tells what is left, and ends the thread.</summary>
    public void Dispose()
    {
        _isClosed = true;
        _bell.Ring();
        _thread.Join();
        _bell.Dispose();
    }

    private void Run()
    {
        do
        {
            _bell.Wait();
            foreach (var job in _finished.TakeAll())
            {
                job.Tell();
            }
        }
        while (!_isClosed || !_finished.IsEmpty);
    }
}
