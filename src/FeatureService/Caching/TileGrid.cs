using FeatureService.Core.Calendar;
using FeatureService.Engine.Planning;

namespace FeatureService.Caching;

/// <summary>
/// One backfill's tile arrays: those whose states cost at least three times as much to work out from events as to fetch, which is where
/// weeks hold many events; and how their weeks lie in chunks. Immutable but for what it has worked out.
/// </summary>
internal sealed class TileGrid
{
    /// <summary>The longest reach, in weeks: tiles of windows of more than twenty years would be more than what is made of them.</summary>
    public const int ReachMax = 1_024;

    private readonly TiledColumn?[] _columns;
    private readonly Dictionary<string, int> _indexes;
    private readonly Dictionary<string, CacheChoice> _choices = new(StringComparer.Ordinal);
    private readonly Lazy<ContentReach>[][] _reaches;

    /// <summary>The tile arrays of a backfill.</summary>
    /// <param name="cache">The cache.</param>
    /// <param name="plan">What is computed.</param>
    /// <param name="weeks">The weeks.</param>
    /// <param name="cost">What the plan costs.</param>
    /// <param name="ratio">Time here by the model's.</param>
    public TileGrid(BlockCache cache, Plan plan, WeekRange weeks, PlanCost cost, double ratio)
    {
        _columns = [.. plan.TiledOn(weeks).Select(column => column is { FirstOffset: > -ReachMax, EndOffset: < ReachMax } ? column : null)];
        TileArray[] known = [.. _columns.OfType<TiledColumn>().SelectMany(column => column.Arrays).DistinctBy(array => array.Fingerprint)];
        // The arrays of a part, which is about as large as what the estimate is of, share the wait for an answer.
        var wait = cache.Costs.LatencyNs / ((double)cost.Rows * Math.Max(1, known.Length));
        foreach (var array in known)
        {
            _choices[array.Fingerprint] = CacheChoice.Of(cost.TileSeconds[array.Fingerprint] * 1e9 * ratio, FetchNs(cache.Costs, array) + wait);
        }

        TiledColumn[] used = [.. _columns.Where((_, column) => IsUsed(column)).OfType<TiledColumn>()];
        Arrays = [.. used.SelectMany(column => column.Arrays).DistinctBy(array => array.Fingerprint)];
        _indexes = Arrays.Select((array, i) => (array.Fingerprint, i)).ToDictionary(pair => pair.Fingerprint, pair => pair.i, StringComparer.Ordinal);
        var first = weeks.First + used.Select(column => column.FirstOffset).DefaultIfEmpty().Min();
        Weeks = new WeekRange(first, Math.Max(1, weeks.Last + used.Select(column => column.EndOffset).DefaultIfEmpty().Max() - first));
        Chunks = [.. CachedGrid.Cut(Weeks)];
        _reaches =
        [
            .. Arrays.Select(array => Chunks.Select(chunk => new Lazy<ContentReach>(
                () => ContentReach.Of(plan, array, chunk.Number * BlockKey.ChunkWeeks, BlockKey.ChunkWeeks))).ToArray()),
        ];
    }

    /// <summary>The arrays that are asked for and kept.</summary>
    public TileArray[] Arrays { get; }

    /// <summary>Number of arrays that columns could be made of.</summary>
    public int KnownCount => _choices.Count;

    /// <summary>The weeks whose states the columns read.</summary>
    public WeekRange Weeks { get; }

    /// <summary>These weeks by chunk.</summary>
    public ChunkWeeks[] Chunks { get; }

    /// <summary>What of the snapshot decides an array's states in a chunk.</summary>
    public ContentReach ReachOf(int array, int chunk) => _reaches[array][chunk].Value;

    /// <summary>Index of an array; -1 of one that is not kept.</summary>
    public int IndexOf(TileArray array) => _indexes.GetValueOrDefault(array.Fingerprint, -1);

    /// <summary>Whether a column can be made of arrays that are kept.</summary>
    public bool IsUsed(int column) => _columns[column] is { } tiled && tiled.Arrays.All(array => _choices[array.Fingerprint].IsUsed);

    /// <summary>The arrays that such a column is made of.</summary>
    public IEnumerable<int> ArraysOf(int column) => _columns[column]!.Arrays.Select(IndexOf);

    /// <summary>The weeks whose states such a column reads for some of its own, by chunk.</summary>
    /// <param name="column">The column.</param>
    /// <param name="first">Number of its first week.</param>
    /// <param name="last">Number of its last week.</param>
    public IEnumerable<(int Chunk, ulong Weeks)> WeeksOf(int column, int first, int last) =>
        Masks(first + _columns[column]!.FirstOffset, last + _columns[column]!.EndOffset);

    /// <summary>Some weeks by chunk, as far as they are <see cref="Weeks"/>.</summary>
    /// <param name="first">Number of the first week.</param>
    /// <param name="end">Number of the week behind the last.</param>
    public IEnumerable<(int Chunk, ulong Weeks)> Masks(int first, int end)
    {
        for (var chunk = 0; chunk < Chunks.Length; chunk++)
        {
            var start = Chunks[chunk].Number * BlockKey.ChunkWeeks;
            var (from, to) = (Math.Clamp(first - start, 0, BlockKey.ChunkWeeks), Math.Clamp(end - start, 0, BlockKey.ChunkWeeks));
            var mask = from < to ? (ulong.MaxValue >> (BlockKey.ChunkWeeks - (to - from))) << from : 0;
            if ((mask & Chunks[chunk].Mask) != 0)
            {
                yield return (chunk, mask & Chunks[chunk].Mask);
            }
        }
    }

    /// <summary>Whether a column's tile arrays are used and why, for a week of all of them; null of a column that needs events.</summary>
    public CacheChoice? ChoiceOf(int column) => _columns[column] is { } tiled
        ? CacheChoice.Of(
            tiled.Arrays.Sum(array => _choices[array.Fingerprint].ComputeNs), tiled.Arrays.Sum(array => _choices[array.Fingerprint].FetchNs)) with
        {
            IsUsed = IsUsed(column),
            Reason = IsUsed(column) ? ChoiceReason.Worth : ChoiceReason.Cheap,
        }
        : null;

    /// <summary>What the costs of a part of an array's states are known by.</summary>
    public static string CostName(TileArray array, int plane) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{array.Fingerprint}.{plane}");

    /// <summary>Nanoseconds of copying, packing and sending one state of an array.</summary>
    public static double KeepNs(FeatureCosts costs, TileArray array) => array.Planes.Select((type, plane) => costs.OfTiles(CostName(array, plane), type))
        .Sum(cost => cost.PackNs + (cost.BytesPerCell * costs.ByteNs));

    private static double FetchNs(FeatureCosts costs, TileArray array) => array.Planes.Select((type, plane) => costs.OfTiles(CostName(array, plane), type))
        .Sum(cost => (costs.KeyNs / (BlockKey.RunEntities * BlockKey.ChunkWeeks)) + (cost.BytesPerCell * costs.ByteNs) + cost.DecodeNs);
}
