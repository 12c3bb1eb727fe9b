using System.Collections.Concurrent;
using FeatureService.Scheduling;

namespace FeatureService.Tests.Support;

/// <summary>Work whose tasks note that they ran and may wait for a gate.</summary>
internal sealed class TestWork(
    string name, int tasks, ConcurrentQueue<string> log, Action<int, CancellationToken>? task = null, Action? complete = null) : IWork
{
    private int _completed;

    public int Completed => _completed;

    public int Begin()
    {
        log.Enqueue($"{name} begin");
        return tasks;
    }

    public void RunTask(int number, CancellationToken cancellation)
    {
        log.Enqueue($"{name} {number}");
        task?.Invoke(number, cancellation);
    }

    public void Complete()
    {
        complete?.Invoke();
        Interlocked.Increment(ref _completed);
    }
}
