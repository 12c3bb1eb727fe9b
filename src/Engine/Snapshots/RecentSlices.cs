namespace FeatureService.Engine.Snapshots;

/// <summary>
/// Keeps the slices that were put together last: without it each collection of young objects would take those of small requests away, and
/// the next request for one would wait for a worker to put it together again.
/// </summary>
/// <param name="entitiesMax">Entities of the slices that are kept, of which one takes about 30 bytes; the default is 2^20.</param>
internal sealed class RecentSlices(long entitiesMax = 1 << 20)
{
    private readonly Lock _lock = new();
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

    /// <summary>Keeps a slice, and lets go of those before it that are too many.</summary>
    public void Add(SliceData slice)
    {
        lock (_lock)
        {
            _kept.Enqueue(slice);
            _entities += slice.EntityCount;
            while (_entities > entitiesMax)
            {
                _entities -= _kept.Dequeue().EntityCount;
            }
        }
    }
}
