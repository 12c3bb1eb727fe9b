using System.Globalization;
using FeatureService.Ingest.Inputs;

namespace FeatureService.Ingest.Storing;

/// <summary>The events of all sources of a build, in one memory that is emptied into files when it is full.</summary>
/// <param name="budget">What may be held.</param>
/// <param name="folder">Where the files go; made when the first is.</param>
internal sealed class EventStores(MemoryBudget budget, string folder) : IDisposable
{
    // What reads holds a block more than what is cast: the batch that the file's library has decoded, about as large as the rows are.
    private const int BlocksPerThread = 2;

    // A thread that reads wide rows takes about as much; two read in any memory, so that one casts while the other waits for the disk.
    private const long ThreadBytes = 32 << 20;

    private readonly List<EventStore> _stores = [];
    private long _chunkBytesMax;
    private long _tableBytes;
    private long _indexBytes;
    private long _tableBytesCollected;

    /// <summary>What may be held.</summary>
    public MemoryBudget Budget => budget;

    /// <summary>How many threads may read at once.</summary>
    public int Threads { get; } = (int)Math.Min(Environment.ProcessorCount, Math.Max(2, budget.Limit / ThreadBytes));

    /// <summary>Where events in memory lie.</summary>
    public EventArena Arena { get; } = new(budget);

    /// <summary>Bytes of the tables of entities and texts.</summary>
    public long TableBytes => Volatile.Read(ref _tableBytes);

    /// <summary>Bytes that may still be held.</summary>
    public long FreeBytes => budget.Limit - TableBytes - _indexBytes - Arena.HeldBytes;

    /// <summary>Bytes in files.</summary>
    public long SpilledBytes => _stores.Sum(store => store.SpilledBytes);

    /// <summary>Adds the store of the next source.</summary>
    public EventStore Add(SourceSchema schema)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{_stores.Count:D2}.events");
        _stores.Add(new EventStore(this, schema, Path.Combine(folder, name)));
        return _stores[^1];
    }

    /// <summary>Notes how large the tables of entities and texts have become, which stay in memory.</summary>
    public void HoldTables(long bytes)
    {
        budget.Hold(bytes - Interlocked.Exchange(ref _tableBytes, bytes));
        if (bytes - _tableBytesCollected > budget.Limit / 8)
        {
            // What large arrays leave when they grow the collector would keep for long: it does not know of the budget.
            _tableBytesCollected = bytes;
            GC.Collect();
        }
    }

    /// <summary>Notes that more is kept of where events lie, or less.</summary>
    public void HoldIndex(long bytes)
    {
        _indexBytes += bytes;
        budget.Hold(bytes);
    }

    /// <summary>Whether more events fit in memory.</summary>
    /// <param name="bytes">Their bytes.</param>
    /// <param name="chunkBytes">Bytes of the chunk in which they were read.</param>
    public bool HasRoom(long bytes, long chunkBytes) => Arena.UsedBytes + Needed(bytes, chunkBytes) <= budget.Limit;

    /// <summary>Empties the memory for more events. Nobody may read or add meanwhile.</summary>
    /// <param name="bytes">Their bytes.</param>
    /// <param name="chunkBytes">Bytes of the chunk in which they were read.</param>
    /// <exception cref="MemoryException">They do not fit even then.</exception>
    public void MakeRoom(long bytes, long chunkBytes)
    {
        if (Needed(bytes, chunkBytes) is var needed && needed > budget.Limit)
        {
            throw budget.TooSmall(needed, "rows while they are read, and the tables of entities and texts");
        }

        Spill();
        if (Arena.HeldBytes + needed - bytes > budget.Limit)
        {
            // The tables have grown since the memory was touched.
            Arena.Trim();
        }
    }

    /// <summary>Leaves so many bytes free for other work, where need be by moving all events to files. Nobody may read or add meanwhile.</summary>
    /// <param name="bytes">How many; fewer are left where tables take too much.</param>
    public void LeaveFree(long bytes)
    {
        Arena.Trim();
        if (FreeBytes < bytes)
        {
            Spill();
            Arena.Trim();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var store in _stores)
        {
            store.Dispose();
        }

        Arena.Dispose();
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private void Spill()
    {
        foreach (var store in _stores)
        {
            store.Spill();
        }

        Arena.Reset();
    }

    private long Needed(long bytes, long chunkBytes)
    {
        _chunkBytesMax = Math.Max(_chunkBytesMax, chunkBytes);

        // Tables grow by copies of twice the size.
        var tableBytes = TableBytes + (TableBytes / 2);
        return bytes + tableBytes + _indexBytes + (_chunkBytesMax * BlocksPerThread * Threads);
    }
}
