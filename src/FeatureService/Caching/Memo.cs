using System.Collections.Concurrent;

namespace FeatureService.Caching;

/// <summary>
/// Packed blocks in the process's memory, bounded by bytes. When it is full, any one goes, at random: a build that reads twice of what
/// fits finds a fifth of it when it comes round again, where the oldest going first would leave it nothing. Nobody waits in it: workers
/// that give way keep blocks, the system may stop one at any point, and threads of connections keep and find them too.
/// </summary>
/// <param name="bytesMax">The most bytes.</param>
/// <param name="seed">Seed of the choice.</param>
/// <param name="ownLock">Its lock; by default one of its own.</param>
internal sealed class Memo(long bytesMax, int seed = 0, Lock? ownLock = null)
{
    /// <summary>What an entry takes beside its bytes.</summary>
    private const int EntryBytes = 160;

    private readonly ConcurrentDictionary<UInt128, Entry> _entries = new();
    private readonly List<Entry> _places = [];
    private readonly Random _random = new(seed);

    // Changes are made by one thread at a time, those of others with its own.
    private readonly Lock _lock = ownLock ?? new Lock();
    private readonly ConcurrentQueue<(UInt128 Hash, byte[]? Bytes)> _changes = new();
    private long _waitingBytes;
    private long _bytes;
    private int _count;

    /// <summary>Bytes that it holds.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Number of blocks.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The bytes of a block; null where it is not here.</summary>
    public byte[]? Find(BlockKey key) => _entries.TryGetValue(key.Hash, out var entry) ? entry.Bytes : null;

    /// <summary>Keeps a block: at once, or soon where another thread is at it; not where so many wait for that thread already.</summary>
    public void Keep(BlockKey key, byte[] bytes)
    {
        var size = SizeOf(bytes);
        if (size > bytesMax)
        {
            return;
        }

        if (Interlocked.Add(ref _waitingBytes, size) > bytesMax)
        {
            Interlocked.Add(ref _waitingBytes, -size);
            return;
        }

        Change(key.Hash, bytes);
    }

    /// <summary>Forgets a block: at once, or soon where another thread is at it.</summary>
    public void Forget(BlockKey key) => Change(key.Hash, null);

    private static long SizeOf(byte[]? bytes) => bytes is null ? 0 : bytes.Length + EntryBytes;

    private void Change(UInt128 hash, byte[]? bytes)
    {
        _changes.Enqueue((hash, bytes));
        while (!_changes.IsEmpty && _lock.TryEnter())
        {
            try
            {
                while (_changes.TryDequeue(out var change))
                {
                    Apply(change.Hash, change.Bytes);
                    Interlocked.Add(ref _waitingBytes, -SizeOf(change.Bytes));
                }
            }
            finally
            {
                _lock.Exit();
            }
        }
    }

    private void Apply(UInt128 hash, byte[]? bytes)
    {
        Remove(hash);
        if (bytes is not null)
        {
            while (_bytes + SizeOf(bytes) > bytesMax)
            {
                Remove(_places[_random.Next(_places.Count)].Hash);
            }

            var entry = new Entry(hash, bytes) { Place = _places.Count };
            _places.Add(entry);
            _entries[hash] = entry;
            Volatile.Write(ref _bytes, _bytes + SizeOf(bytes));
        }

        Volatile.Write(ref _count, _places.Count);
    }

    private void Remove(UInt128 hash)
    {
        if (!_entries.TryRemove(hash, out var entry))
        {
            return;
        }

        Volatile.Write(ref _bytes, _bytes - SizeOf(entry.Bytes));
        var last = _places[^1];
        _places.RemoveAt(_places.Count - 1);
        if (entry.Place < _places.Count)
        {
            _places[entry.Place] = last;
            last.Place = entry.Place;
        }
    }

    /// <summary>A block.</summary>
    private sealed class Entry(UInt128 hash, byte[] bytes)
    {
        public UInt128 Hash => hash;

        public byte[] Bytes => bytes;

        /// <summary>Where it stands among all.</summary>
        public int Place { get; set; }
    }
}
