using System.Globalization;
using FeatureService.Telemetry;

namespace FeatureService.Scheduling;

/// <summary>
/// The service's own threads for computing. They take tasks from a <see cref="WorkQueue"/> and do nothing else: requests, health and
/// everything asynchronous stay on the runtime's threads, which tasks therefore never block.
/// </summary>
public sealed class WorkerPool : IDisposable
{
    private readonly Thread[] _threads;

    /// <summary>Starts the threads.</summary>
    /// <param name="workers">How many, from 1.</param>
    /// <param name="metrics">Where waits are told; null for nowhere.</param>
    public WorkerPool(int workers, ServiceMetrics? metrics = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        Queue = new WorkQueue(metrics);
        _threads = new Thread[workers];
        for (var i = 0; i < workers; i++)
        {
            _threads[i] = new Thread(Work)
            {
                IsBackground = true,
                Name = string.Create(CultureInfo.InvariantCulture, $"worker {i}"),
            };
            _threads[i].Start();
        }
    }

    /// <summary>What the threads do next.</summary>
    public WorkQueue Queue { get; }

    /// <summary>Number of threads.</summary>
    public int Workers => _threads.Length;

    /// <summary>Cancels what is queued, waits for running tasks, ends the threads.</summary>
    public void Dispose()
    {
        Queue.Close();
        foreach (var thread in _threads)
        {
            thread.Join();
        }
    }

    private void Work()
    {
        while (Queue.RunNext())
        {
        }
    }
}
