namespace FeatureService.Ingest.Storing;

/// <summary>What a build may keep in memory, and what it keeps: rows while they are read, events, tables of entities and texts, what sorts.</summary>
/// <param name="limit">The most bytes.</param>
internal sealed class MemoryBudget(long limit)
{
    private long _held;
    private long _peak;

    /// <summary>The most bytes that may be held.</summary>
    public long Limit => limit;

    /// <summary>The most bytes that were held at once.</summary>
    public long Peak => Volatile.Read(ref _peak);

    /// <summary>Counts bytes as held; fewer than none gives some back.</summary>
    public void Hold(long bytes)
    {
        var held = Interlocked.Add(ref _held, bytes);
        for (var peak = Volatile.Read(ref _peak); held > peak;)
        {
            peak = Interlocked.CompareExchange(ref _peak, held, peak) is var seen && seen == peak ? held : seen;
        }
    }

    /// <summary>What a build says that needs more than it may have.</summary>
    /// <param name="needed">The bytes needed.</param>
    /// <param name="what">What needs them.</param>
    public MemoryException TooSmall(long needed, string what) => new(needed, limit, what);
}
