namespace FeatureService.Caching;

/// <summary>
/// Packed blocks in the process's memory, bounded by bytes. When it is full, any one goes, at random: a build that reads twice of what
/// fits finds a fifth of it when it comes round again, where the oldest going first would leave it nothing.
/// </summary>
/// <param name="bytesMax">The most bytes.</param>
/// <param name="seed">Seed of the choice.</param>
internal sealed class Memo(long bytesMax, int seed = 0)
{
    /// <summary>What an entry takes beside its bytes.</summary>
    private const int EntryBytes = 160;

    private readonly Lock _lock = new();
    private readonly Dictionary<UInt128, int> _places = [];
    private readonly List<(UInt128 Hash, byte[] Bytes)> _entries = [];
    private readonly Random _random = new(seed);
    private long _bytes;

    /// <summary>Bytes that it holds.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
            {
                return _bytes;
            }
        }
    }

    /// <summary>Number of blocks.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>The bytes of a block; null where it is not here.</summary>
    public byte[]? Find(BlockKey key)
    {
        lock (_lock)
        {
            return _places.TryGetValue(key.Hash, out var place) ? _entries[place].Bytes : null;
        }
    }

    /// <summary>Keeps a block.</summary>
    public void Keep(BlockKey key, byte[] bytes)
    {
        var size = bytes.Length + EntryBytes;
        if (size > bytesMax)
        {
            return;
        }

        lock (_lock)
        {
            Remove(key.Hash);
            while (_bytes + size > bytesMax)
            {
                Remove(_entries[_random.Next(_entries.Count)].Hash);
            }

            _places.Add(key.Hash, _entries.Count);
            _entries.Add((key.Hash, bytes));
            _bytes += size;
        }
    }

    /// <summary>Forgets a block.</summary>
    public void Forget(BlockKey key)
    {
        lock (_lock)
        {
            Remove(key.Hash);
        }
    }

    private void Remove(UInt128 hash)
    {
        if (!_places.Remove(hash, out var place))
        {
            return;
        }

        _bytes -= _entries[place].Bytes.Length + EntryBytes;
        var last = _entries[^1];
        _entries.RemoveAt(_entries.Count - 1);
        if (place < _entries.Count)
        {
            _entries[place] = last;
            _places[last.Hash] = place;
        }
    }
}
