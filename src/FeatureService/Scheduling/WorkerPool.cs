using System.Globalization;
using FeatureService.Telemetry;

namespace FeatureService.Scheduling;

/// <summary>
/// The service's own threads for computing. They take tasks from a <see cref="WorkQueue"/> and do nothing else: requests, health and
/// everything asynchronous stay on the runtime's threads, which tasks therefore never block. Each class has as many as there are CPUs;
/// that background workers run only where nothing else wants to is the system's affair.
/// </summary>
public sealed class WorkerPool : IDisposable
{
    private readonly Messenger _messenger = new();
    private readonly Thread[][] _threads;

    /// <summary>Starts the threads.</summary>
    /// <param name="workers">How many in each class, from 1.</param>
    /// <param name="policy">How background workers are to give way.</param>
    /// <param name="metrics">Where waits are told; null for nowhere.</param>
    public WorkerPool(int workers, WorkerPolicy policy = WorkerPolicy.Idle, ServiceMetrics? metrics = null)
        : this(workers, policy, metrics, new SystemThreadScheduler())
    {
    }

    /// <summary>Starts the threads on a system that a test provides.</summary>
    internal WorkerPool(int workers, WorkerPolicy policy, ServiceMetrics? metrics, IThreadScheduler scheduler)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        Workers = workers;
        Queue = new WorkQueue(workers, _messenger.Tell, metrics);
        Inline = new InlineGate(workers);
        var ids = WorkerClasses.All.Select(_ => new Task<int?>[workers]).ToArray();
        _threads = [.. WorkerClasses.All.Select(c => Enumerable.Range(0, workers).Select(i => Start(c, i, scheduler, out ids[(int)c][i])).ToArray())];

        // From here and not by the threads themselves: one under SCHED_IDLE might not come to say what it got for a while.
        BackgroundPolicy = ids[(int)WorkerClass.Background].Max(id => scheduler.Apply(id.GetAwaiter().GetResult(), policy));
    }

    /// <summary>What the threads do next.</summary>
    public WorkQueue Queue { get; }

    /// <summary>What the shortest computations pass to run without the threads.</summary>
    public InlineGate Inline { get; }

    /// <summary>Number of threads in each class.</summary>
    public int Workers { get; }

    /// <summary>What the system has granted to background workers: the policy that was asked for or a weaker one.</summary>
    public WorkerPolicy BackgroundPolicy { get; }

    /// <summary>The policy in force of a class.</summary>
    /// <param name="workers">The class.</param>
    public WorkerPolicy PolicyOf(WorkerClass workers) => workers == WorkerClass.Background ? BackgroundPolicy : WorkerPolicy.Normal;

    /// <summary>Cancels what is queued, waits for running tasks, ends the threads.</summary>
    public void Dispose()
    {
        if (Queue.IsClosed)
        {
            return;
        }

        Queue.Close();
        foreach (var thread in _threads.SelectMany(t => t))
        {
            thread.Join();
        }

        _messenger.Dispose();
        Queue.Dispose();
    }

    private Thread Start(WorkerClass workers, int number, IThreadScheduler scheduler, out Task<int?> id)
    {
        var started = new TaskCompletionSource<int?>(TaskCreationOptions.RunContinuationsAsynchronously);
        id = started.Task;
        var thread = new Thread(() =>
        {
            started.SetResult(scheduler.CurrentThread);
            Work(workers);
        })
        {
            IsBackground = true,
            Name = string.Create(CultureInfo.InvariantCulture, $"worker {workers.Label()} {number}"),
        };
        thread.Start();
        return thread;
    }

    private void Work(WorkerClass workers)
    {
        while (!Queue.IsClosed)
        {
            if (!Queue.TryRunNext(workers))
            {
                Queue.Sleep(workers);
            }
        }
    }
}
