namespace FeatureService.Registry;

/// <summary>What was made lately, by key; beyond a number of entries the one that was used least lately is forgotten.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TValue">What is made; immutable, shared by requests.</typeparam>
/// <param name="capacity">The most entries.</param>
internal sealed class BoundedCache<TKey, TValue>(int capacity)
    where TKey : notnull
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TKey, LinkedListNode<(TKey Key, TValue Value)>> _byKey = [];
    private readonly LinkedList<(TKey Key, TValue Value)> _byUse = [];

    /// <summary>Number of entries.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _byKey.Count;
            }
        }
    }

    /// <summary>All entries.</summary>
    public IReadOnlyList<TValue> Values
    {
        get
        {
            lock (_lock)
            {
                return [.. _byUse.Select(entry => entry.Value)];
            }
        }
    }

    /// <summary>The entry of a key; made, outside the lock, where there is none. What fails is not kept.</summary>
    public TValue GetOrAdd(TKey key, Func<TKey, TValue> make)
    {
        lock (_lock)
        {
            if (_byKey.TryGetValue(key, out var node))
            {
                _byUse.Remove(node);
                _byUse.AddFirst(node);
                return node.Value.Value;
            }
        }

        var made = make(key);
        lock (_lock)
        {
            if (_byKey.TryGetValue(key, out var other))
            {
                return other.Value.Value;
            }

            _byKey[key] = _byUse.AddFirst((key, made));
            if (_byKey.Count > capacity)
            {
                _byKey.Remove(_byUse.Last!.Value.Key);
                _byUse.RemoveLast();
            }

            return made;
        }
    }

    /// <summary>Forgets entries.</summary>
    public void Remove(Func<TKey, bool> which)
    {
        lock (_lock)
        {
            foreach (var (key, node) in _byKey.Where(e => which(e.Key)).ToArray())
            {
                _byKey.Remove(key);
                _byUse.Remove(node);
            }
        }
    }
}
