using FeatureService.Core.Keys;
using FeatureService.Ingest.Storing;

namespace FeatureService.Ingest.Loading;

/// <summary>The entities of all sources, numbered in the order in which they come, which is no order to rely on.</summary>
/// <param name="type">The type of the keys.</param>
internal sealed class EntityTable(EntityKeyType type)
{
    private readonly TextTable _texts = new();
    private readonly Lock _lock = new();
    private long[] _numbers = new long[1024];
    private int[] _slots = new int[2048];
    private ushort[] _buckets = new ushort[1024];
    private int _count;

    /// <summary>The type of the keys.</summary>
    public EntityKeyType Type => type;

    /// <summary>Number of entities.</summary>
    public int Count => type == EntityKeyType.Int64 ? _count : _texts.Count;

    /// <summary>Integer keys by entity.</summary>
    public ReadOnlySpan<long> Numbers => _numbers.AsSpan(0, _count);

    /// <summary>Text keys by entity.</summary>
    public TextTable Texts => _texts;

    /// <summary>Bytes in memory.</summary>
    public long Bytes => _texts.Bytes + (_numbers.Length * (long)sizeof(long)) + (_slots.Length * (long)sizeof(int)) + (_buckets.Length * (long)sizeof(ushort));

    /// <summary>An entity's bucket.</summary>
    /// <param name="entity">The entity.</param>
    public ushort BucketOf(int entity) => _buckets[entity];

    /// <summary>Numbers the keys of the rows of a chunk that are taken.</summary>
    /// <param name="rows">The chunk.</param>
    /// <param name="entities">Filled with each row's entity.</param>
    /// <param name="buckets">Filled with each row's bucket.</param>
    public void Number(RowChunk rows, Span<int> entities, Span<ushort> buckets)
    {
        if (type == EntityKeyType.Int64)
        {
            NumberKeys(rows.Entity.Wide, rows.Taken, entities, buckets);
        }
        else
        {
            NumberTexts(rows, entities, buckets);
        }
    }

    private void NumberKeys(ReadOnlySpan<long> keys, int[]? taken, Span<int> entities, Span<ushort> buckets)
    {
        lock (_lock)
        {
            // Rows of one entity often follow each other.
            var (last, entity) = (0L, -1);
            for (var i = 0; i < entities.Length; i++)
            {
                var key = keys[taken is null ? i : taken[i]];
                if (key != last || entity < 0)
                {
                    (last, entity) = (key, GetOrAdd(key));
                }

                entities[i] = entity;
                buckets[i] = _buckets[entity];
            }
        }
    }

    private void NumberTexts(RowChunk rows, Span<int> entities, Span<ushort> buckets)
    {
        // Only a row that is taken makes an entity: the others' keys are in the chunk's table too.
        var keys = rows.Entity.Texts!;
        var codes = rows.Entity.Narrow;
        var numbers = new int[keys.Count];
        lock (_lock)
        {
            for (var i = 0; i < entities.Length; i++)
            {
                ref var numberNext = ref numbers[codes[rows.Taken is null ? i : rows.Taken[i]]];
                if (numberNext == 0)
                {
                    numberNext = GetOrAdd(keys[codes[rows.Taken is null ? i : rows.Taken[i]]]) + 1;
                }

                entities[i] = numberNext - 1;
                buckets[i] = _buckets[numberNext - 1];
            }
        }
    }

    /// <summary>Hash of an entity's key.</summary>
    /// <param name="entity">The entity.</param>
    public ulong Hash(int entity) => type == EntityKeyType.Int64 ? EntityKey.HashOf(_numbers[entity]) : EntityKey.HashOf(_texts[entity]);

    /// <summary>An entity's key.</summary>
    /// <param name="entity">The entity.</param>
    public EntityKey KeyOf(int entity) => type == EntityKeyType.Int64 ? EntityKey.Of(_numbers[entity]) : EntityKey.Of(_texts[entity]);

    private int GetOrAdd(ReadOnlySpan<byte> key)
    {
        var known = _texts.Count;
        var entity = _texts.GetOrAdd(key);
        if (entity == known)
        {
            AddBucket(entity, EntityKey.HashOf(key));
        }

        return entity;
    }

    private void AddBucket(int entity, ulong hash)
    {
        if (entity == _buckets.Length)
        {
            Array.Resize(ref _buckets, entity * 2);
        }

        _buckets[entity] = BucketIndex.Of(hash);
    }

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

        AddBucket(_count, EntityKey.HashOf(key));
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
