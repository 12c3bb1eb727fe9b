using System.Runtime.InteropServices;
using FeatureService.Core.Columns;
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
        var places = new Place[entities.Count];
        var textRanks = entities.Type == EntityKeyType.String ? entities.Texts.Ranks() : null;
        for (var entity = 0; entity < places.Length; entity++)
        {
            var slice = placement.SliceOf(entities.Hash(entity));
            places[entity] = new Place(
                (slice.Partition * placement.SlicesPerPartition) + slice.Slice, textRanks?[entity] ?? entities.Numbers[entity], entity);
        }

        Array.Sort(places);
        _byRank = new int[places.Length];
        Ranks = new int[places.Length];
        SliceStarts = new int[(placement.Partitions * placement.SlicesPerPartition) + 1];
        for (var rank = 0; rank < places.Length; rank++)
        {
            _byRank[rank] = places[rank].Entity;
            Ranks[places[rank].Entity] = rank;
            SliceStarts[places[rank].Slice + 1]++;
        }

        for (var slice = 1; slice < SliceStarts.Length; slice++)
        {
            SliceStarts[slice] += SliceStarts[slice - 1];
        }
    }

    /// <summary>Partitions and slices.</summary>
    public Placement Placement { get; }

    /// <summary>Each entity's rank.</summary>
    public int[] Ranks { get; }

    /// <summary>For each slice, partition after partition, its first rank, and behind the last the number of entities.</summary>
    public int[] SliceStarts { get; }

    /// <summary>Number of entities.</summary>
    public int Count => Ranks.Length;

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

    /// <summary>Part of a list of keys, without a copy.</summary>
    public static EntityKeys Range(EntityKeys keys, int start, int count) => keys.Texts is { } texts
        ? new EntityKeys(new StringTable(count, texts.OffsetBytes.Slice(start * sizeof(int), (count + 1) * sizeof(int)), texts.Utf8))
        : new EntityKeys(keys.Numbers.Slice(start, count).ToArray());

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Place(int Slice, long Key, int Entity) : IComparable<Place>
    {
        public int CompareTo(Place other) => Slice != other.Slice ? Slice.CompareTo(other.Slice) : Key.CompareTo(other.Key);
    }
}
