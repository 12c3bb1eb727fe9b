using System.Runtime.ExceptionServices;

namespace FeatureService.Ingest;

/// <summary>Runs numbered work on several threads; the first error ends it and is thrown as it is.</summary>
internal static class Concurrently
{
    /// <summary>Runs work for each number; lower ones start first.</summary>
    /// <param name="count">How many there are.</param>
    /// <param name="threadsMax">The most threads; never more than there are processors.</param>
    /// <param name="work">The work.</param>
    public static void Run(int count, int threadsMax, Action<int> work)
    {
        var next = -1;
        Loops(Math.Min(count, threadsMax), failed =>
        {
            while (!failed() && Interlocked.Increment(ref next) is var i && i < count)
            {
                work(i);
            }
        });
    }

    /// <summary>Runs a loop on several threads, this one among them, until all return.</summary>
    /// <param name="threadsMax">The most threads; never more than there are processors.</param>
    /// <param name="loop">The loop, given what says that another one has failed.</param>
    public static void Loops(int threadsMax, Action<Func<bool>> loop)
    {
        ExceptionDispatchInfo? failure = null;
        void Guarded()
        {
            try
            {
                loop(() => Volatile.Read(ref failure) is not null);
            }
            catch (Exception error)
            {
                Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(error), null);
            }
        }

        // Threads of their own: those of the pool come slowly, and this work fills a processor each.
        Task[] others =
        [
            .. Enumerable.Range(1, Math.Clamp(threadsMax, 1, Environment.ProcessorCount) - 1)
                .Select(_ => Task.Factory.StartNew(Guarded, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)),
        ];
        Guarded();
        Task.WaitAll(others);
        failure?.Throw();
    }
}
