using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace FeatureService.Ingest.Writing;

/// <summary>Syncs files that are written to the disk, and closes them, while others are being written: nobody who computes waits for the disk.</summary>
internal sealed class FileSyncs : IDisposable
{
    // A disk takes several syncs at once; each of these holds one open file, and what waits for them a few more.
    private const int Threads = 4;
    private const int WaitingMax = 16;

    private readonly BlockingCollection<FileStream> _files = new(WaitingMax);
    private readonly Task[] _threads;
    private ExceptionDispatchInfo? _failure;

    /// <summary>Starts without files.</summary>
    public FileSyncs() => _threads =
    [
        .. Enumerable.Range(0, Threads).Select(_ => Task.Factory.StartNew(Sync, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)),
    ];

    /// <summary>Takes a file over; waits where many are waiting already.</summary>
    public void Add(FileStream file) => _files.Add(file);

    /// <summary>Waits until all files are on the disk.</summary>
    /// <exception cref="IOException">One of them is not.</exception>
    public void Finish()
    {
        Wait();
        _failure?.Throw();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Wait();
        _files.Dispose();
    }

    private void Wait()
    {
        _files.CompleteAdding();
        Task.WaitAll(_threads);
    }

    private void Sync()
    {
        foreach (var file in _files.GetConsumingEnumerable())
        {
            try
            {
                using (file)
                {
                    file.Flush(flushToDisk: true);
                }
            }
            catch (Exception error)
            {
                Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(error), null);
            }
        }
    }
}
