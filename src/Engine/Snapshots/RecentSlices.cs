namespace FeatureService.Engine.Snapshots;

/// <summary>
/// Keeps the slices that were put together last: without it each collection of young objects would take those of small requests away, and
/// the next request for one would wait for a worker to put it together again.
/// </summary>
/// <param name="entitiesMax">Entities of the slices that are kept, of which one takes about 30 bytes; the default is 2^20.</param>
/// <param name="ownLock">Its lock; by default one of its own.</param>
internal sealed class RecentSlices(long entitiesMax = 1 << 20, Lock? ownLock = null)
{
    private readonly Lock _lock = ownLock ?? new Lock();
    private readonly Queue<SliceData> _kept = new();
    private long _entities;

    /// <summary>Number of slices that are kept.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _kept.Count;
            }
        }
    }

    /// <summary>Keeps a slice, and lets go of those before it that are too many. Does nothing where another thread is at it.</summary>
    /// <param name="slice">The slice.</param>
    public void Add(SliceData slice)
    {
        // Threads that give way keep slices too, and the system may stop one right here: those of requests do not wait for it.
        if (!_lock.TryEnter())
        {
            return;
        }

        try
        {
            _kept.Enqueue(slice);
            _entities += slice.EntityCount;
            while (_entities > entitiesMax)
            {
                _entities -= _kept.Dequeue().EntityCount;
            }
        }
        finally
        {
            _lock.Exit();
        }
    }
}
