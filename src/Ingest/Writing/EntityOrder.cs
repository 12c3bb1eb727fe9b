using FeatureService.Core.Keys;
using FeatureService.Ingest.Loading;

namespace FeatureService.Ingest.Writing;

/// <summary>All entities in the order of partition, slice and key; an entity's place in it is its rank.</summary>
internal sealed class EntityOrder
{
    private readonly EntityTable _entities;
    private readonly int[] _byRank;

    /// <summary>Orders the entities.</summary>
    /// <param name="entities">The entities.</param>
    /// <param name="placement">Partitions and slices.</param>
    public EntityOrder(EntityTable entities, Placement placement)
    {
        _entities = entities;
        Placement = placement;
        Ranks = new int[entities.Count];
        SliceStarts = new int[(placement.Partitions * placement.SlicesPerPartition) + 1];
        for (var entity = 0; entity < Ranks.Length; entity++)
        {
            // The slice for the moment: ranks replace it.
            var slice = placement.SliceOf(entities.Hash(entity));
            Ranks[entity] = (slice.Partition * placement.SlicesPerPartition) + slice.Slice;
            SliceStarts[Ranks[entity] + 1]++;
        }

        for (var slice = 1; slice < SliceStarts.Length; slice++)
        {
            SliceStarts[slice] += SliceStarts[slice - 1];
        }

        _byRank = BySlice();
        Concurrently.Run(placement.Partitions, Environment.ProcessorCount, SortSlices);
    }

    /// <summary>Partitions and slices.</summary>
    public Placement Placement { get; }

    /// <summary>Each entity's rank.</summary>
    public int[] Ranks { get; }

    /// <summary>For each slice, partition after partition, its first rank, and behind the last the number of entities.</summary>
    public int[] SliceStarts { get; }

    /// <summary>Number of entities.</summary>
    public int Count => Ranks.Length;

    /// <summary>Bytes in memory.</summary>
    public long Bytes => (_byRank.Length + Ranks.Length + SliceStarts.Length) * (long)sizeof(int);

    /// <summary>The keys of some ranks.</summary>
    public EntityKeys Keys(ReadOnlySpan<int> ranks)
    {
        var chosen = new int[ranks.Length];
        for (var i = 0; i < chosen.Length; i++)
        {
            chosen[i] = _byRank[ranks[i]];
        }

        return _entities.Type == EntityKeyType.String
            ? new EntityKeys(_entities.Texts.Select(chosen))
            : new EntityKeys(Array.ConvertAll(chosen, entity => _entities.Numbers[entity]));
    }

    private int[] BySlice()
    {
        var next = SliceStarts.AsSpan().ToArray();
        var bySlice = new int[Ranks.Length];
        for (var entity = 0; entity < bySlice.Length; entity++)
        {
            bySlice[next[Ranks[entity]]++] = entity;
        }

        return bySlice;
    }

    /// <summary>Sorts the slices of a partition by key and notes the ranks.</summary>
    private void SortSlices(int partition)
    {
        var slices = Placement.SlicesPerPartition;
        for (var slice = partition * slices; slice < (partition + 1) * slices; slice++)
        {
            var entities = _byRank.AsSpan(SliceStarts[slice], SliceStarts[slice + 1] - SliceStarts[slice]);
            if (_entities.Type == EntityKeyType.String)
            {
                entities.Sort((left, right) => _entities.Texts[left].SequenceCompareTo(_entities.Texts[right]));
            }
            else
            {
                entities.Sort((left, right) => _entities.Numbers[left].CompareTo(_entities.Numbers[right]));
            }

            for (var i = 0; i < entities.Length; i++)
            {
                Ranks[entities[i]] = SliceStarts[slice] + i;
            }
        }
    }
}
