namespace FeatureService.Ingest.Inputs;

/// <summary>Runs work over blocks that are read one after the other, on several processors; no more blocks are in memory than threads.</summary>
internal static class BlockRunner
{
    /// <summary>Runs work over each block, on all processors.</summary>
    /// <inheritdoc cref="Run{T}(IEnumerable{T}, int, CancellationToken, Action{T})"/>
    public static void Run<T>(IEnumerable<T> blocks, CancellationToken cancellation, Action<T> work) =>
        Run(blocks, Environment.ProcessorCount, cancellation, work);

    /// <summary>Runs work over each block.</summary>
    /// <param name="blocks">The blocks; one is taken when a thread is free.</param>
    /// <param name="threadsMax">The most threads.</param>
    /// <param name="cancellation">Ends the run between blocks.</param>
    /// <param name="work">The work.</param>
    /// <exception cref="InputException">What reading or the work threw; the first of several.</exception>
    public static void Run<T>(IEnumerable<T> blocks, int threadsMax, CancellationToken cancellation, Action<T> work)
    {
        using var source = blocks.GetEnumerator();
        var turn = new Lock();
        Concurrently.Loops(threadsMax, failed =>
        {
            while (TryNext(source, turn, failed, cancellation, out var block))
            {
                work(block);
            }
        });
    }

    private static bool TryNext<T>(IEnumerator<T> source, Lock turn, Func<bool> failed, CancellationToken cancellation, out T block)
    {
        lock (turn)
        {
            cancellation.ThrowIfCancellationRequested();
            var isOne = !failed() && source.MoveNext();
            block = isOne ? source.Current : default!;
            return isOne;
        }
    }
}
