using FeatureService.Core.Keys;

namespace FeatureService.Ingest.Loading;

/// <summary>The entities of all sources, numbered in the order in which they come, which is no order to rely on.</summary>
/// <param name="type">The type of the keys.</param>
internal sealed class EntityTable(EntityKeyType type)
{
    private readonly TextTable _texts = new();
    private readonly Lock _lock = new();
    private long[] _numbers = new long[1024];
    private int[] _slots = new int[2048];
    private int _count;

    /// <summary>The type of the keys.</summary>
    public EntityKeyType Type => type;

    /// <summary>Number of entities.</summary>
    public int Count => type == EntityKeyType.Int64 ? _count : _texts.Count;

    /// <summary>Integer keys by entity.</summary>
    public ReadOnlySpan<long> Numbers => _numbers.AsSpan(0, _count);

    /// <summary>Text keys by entity.</summary>
    public TextTable Texts => _texts;

    /// <summary>Numbers a chunk's keys.</summary>
    /// <param name="keys">Each row's key.</param>
    /// <returns>Each row's entity.</returns>
    public int[] Number(ReadOnlySpan<long> keys)
    {
        var entities = new int[keys.Length];
        lock (_lock)
        {
            for (var i = 0; i < keys.Length; i++)
            {
                entities[i] = GetOrAdd(keys[i]);
            }
        }

        return entities;
    }

    /// <summary>Numbers a chunk's keys.</summary>
    /// <param name="texts">The chunk's distinct keys, those of rows that are left out among them.</param>
    /// <param name="codes">The key of each row that is taken; the entities replace them.</param>
    public void Number(TextTable texts, Span<int> codes)
    {
        // Only a row that is taken makes an entity: the others' keys are in the table too.
        var used = new bool[texts.Count];
        foreach (var code in codes)
        {
            used[code] = true;
        }

        var entities = new int[texts.Count];
        lock (_lock)
        {
            for (var i = 0; i < entities.Length; i++)
            {
                entities[i] = used[i] ? _texts.GetOrAdd(texts[i]) : -1;
            }
        }

        foreach (ref var code in codes)
        {
            code = entities[code];
        }
    }

    /// <summary>Hash of an entity's key.</summary>
    /// <param name="entity">The entity.</param>
    public ulong Hash(int entity) => type == EntityKeyType.Int64 ? EntityKey.HashOf(_numbers[entity]) : EntityKey.HashOf(_texts[entity]);

    /// <summary>An entity's key.</summary>
    /// <param name="entity">The entity.</param>
    public EntityKey KeyOf(int entity) => type == EntityKeyType.Int64 ? EntityKey.Of(_numbers[entity]) : EntityKey.Of(_texts[entity]);

    private int GetOrAdd(long key)
    {
        var mask = _slots.Length - 1;
        var slot = (int)(((ulong)key * 0x9E3779B97F4A7C15) >> 32) & mask;
        for (; _slots[slot] is var found && found != 0; slot = (slot + 1) & mask)
        {
            if (_numbers[found - 1] == key)
            {
                return found - 1;
            }
        }

        if (_count == _numbers.Length)
        {
            Array.Resize(ref _numbers, _count * 2);
        }

        _numbers[_count] = key;
        _slots[slot] = ++_count;
        if (_count * 2 > _slots.Length)
        {
            Rehash();
        }

        return _count - 1;
    }

    private void Rehash()
    {
        _slots = new int[_slots.Length * 2];
        var mask = _slots.Length - 1;
        for (var entity = 0; entity < _count; entity++)
        {
            var slot = (int)(((ulong)_numbers[entity] * 0x9E3779B97F4A7C15) >> 32) & mask;
            while (_slots[slot] != 0)
            {
                slot = (slot + 1) & mask;
            }

            _slots[slot] = entity + 1;
        }
    }
}
