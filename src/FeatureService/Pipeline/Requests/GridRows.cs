using System.Buffers.Binary;
using System.IO.Hashing;
using FeatureService.Core.Calendar;
using FeatureService.Core.Keys;
using FeatureService.Engine.Planning;
using FeatureService.Engine.Snapshots;

namespace FeatureService.Pipeline.Requests;

/// <summary>The entities of one slice that a backfill computes.</summary>
/// <param name="Id">The slice.</param>
/// <param name="Keys">The entities, ascending; null means all of the slice.</param>
internal readonly record struct SliceRows(SliceId Id, EntityKeys? Keys);

/// <summary>The rows of a backfill: slices in ascending order, each with its entities, and the weeks of all of them.</summary>
internal sealed class GridRows
{
    private readonly Placement _placement;
    private readonly int _first;
    private readonly SliceRows[]? _named;

    private GridRows(WeekRange weeks, Placement placement, int first, int count, SliceRows[]? named)
    {
        Weeks = weeks;
        SliceCount = count;
        _placement = placement;
        _first = first;
        _named = named;
        Hash = ComputeHash();
    }

    /// <summary>The weeks.</summary>
    public WeekRange Weeks { get; }

    /// <summary>Whether all entities of each slice are asked for.</summary>
    public bool HasAllEntities => _named is null;

    /// <summary>Number of slices.</summary>
    public int SliceCount { get; }

    /// <summary>Names the rows in a cursor: weeks and entities, however the request wrote them.</summary>
    public ulong Hash { get; }

    /// <summary>One of the slices.</summary>
    /// <param name="index">From 0 to <see cref="SliceCount"/> - 1.</param>
    public SliceRows this[int index]
    {
        get
        {
            if (_named is not null)
            {
                return _named[index];
            }

            var (partition, slice) = Math.DivRem(_first + index, _placement.SlicesPerPartition);
            return new SliceRows(new SliceId(partition, slice), null);
        }
    }

    /// <summary>How many entities the slices have, from one to before another.</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="from">Index of the first slice.</param>
    /// <param name="to">Index behind the last.</param>
    public SliceCount[] Counts(ISnapshot snapshot, int from, int to) =>
    [
        .. Enumerable.Range(from, to - from).Select(i => this[i]).Select(rows => new SliceCount(rows.Id, rows.Keys?.Count ?? snapshot.EntityCount(rows.Id))),
    ];

    /// <summary>All entities of a snapshot.</summary>
    public static GridRows OfAll(WeekRange weeks, Placement placement) =>
        new(weeks, placement, 0, placement.Partitions * placement.SlicesPerPartition, null);

    /// <summary>All entities of consecutive slices of one partition.</summary>
    public static GridRows OfRun(WeekRange weeks, Placement placement, SliceId first, int count) =>
        new(weeks, placement, (first.Partition * placement.SlicesPerPartition) + first.Slice, count, null);

    /// <summary>Named entities, each once.</summary>
    public static GridRows OfKeys(WeekRange weeks, Placement placement, IReadOnlyList<EntityKey> keys, EntityKeyType type)
    {
        var slices = keys.GroupBy(k => placement.SliceOf(k.Hash)).OrderBy(g => g.Key)
            .Select(g => new SliceRows(g.Key, KeysReader.Pack([.. g.Order()], type)))
            .ToArray();
        return new GridRows(weeks, placement, 0, slices.Length, slices);
    }

    private ulong ComputeHash()
    {
        var hash = new XxHash3();
        Span<byte> head = stackalloc byte[24];
        BinaryPrimitives.WriteInt32LittleEndian(head, Weeks.First);
        BinaryPrimitives.WriteInt32LittleEndian(head[4..], Weeks.Count);
        BinaryPrimitives.WriteInt32LittleEndian(head[8..], Weeks.Step);
        BinaryPrimitives.WriteInt32LittleEndian(head[12..], _first);
        BinaryPrimitives.WriteInt32LittleEndian(head[16..], SliceCount);
        BinaryPrimitives.WriteInt32LittleEndian(head[20..], _named is null ? 0 : 1);
        hash.Append(head);
        foreach (var keys in (_named ?? []).Select(s => s.Keys!))
        {
            for (var i = 0; i < keys.Count; i++)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(head, keys[i].Hash);
                hash.Append(head[..8]);
            }
        }

        return hash.GetCurrentHashAsUInt64();
    }
}
