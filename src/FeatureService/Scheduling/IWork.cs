namespace FeatureService.Scheduling;

/// <summary>One computation, cut into tasks of a few milliseconds that any workers run at the same time.</summary>
public interface IWork
{
    /// <summary>Prepares the tasks; called once, first, on a worker.</summary>
    /// <returns>Number of tasks.</returns>
    int Begin();

    /// <summary>Runs one task; each is called once, on any worker, after <see cref="Begin"/>.</summary>
    /// <param name="task">From 0 to the number of tasks - 1.</param>
    /// <param name="cancellation">Polled by the task.</param>
    void RunTask(int task, CancellationToken cancellation);

    /// <summary>Gathers the result; called once, on a worker, after every task. Not called after a failure.</summary>
    void Complete();
}
