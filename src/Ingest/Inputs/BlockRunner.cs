using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace FeatureService.Ingest.Inputs;

/// <summary>Runs work over blocks that are read one after the other, on all processors; no more blocks are in memory than threads.</summary>
internal static class BlockRunner
{
    /// <summary>Runs work over each block.</summary>
    /// <param name="blocks">The blocks; one is taken when a thread is free.</param>
    /// <param name="cancellation">Ends the run between blocks.</param>
    /// <param name="work">The work.</param>
    /// <exception cref="InputException">What reading or the work threw; the first of several.</exception>
    public static void Run<T>(IEnumerable<T> blocks, CancellationToken cancellation, Action<T> work)
    {
        try
        {
            Parallel.ForEach(
                Partitioner.Create(blocks, EnumerablePartitionerOptions.NoBuffering),
                new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount },
                work);
        }
        catch (AggregateException errors)
        {
            ExceptionDispatchInfo.Throw(errors.Flatten().InnerExceptions[0]);
        }
    }
}
