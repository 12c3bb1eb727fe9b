using FeatureService.Core.Calendar;
using FeatureService.Engine.Planning;

namespace FeatureService.Caching;

/// <summary>Weeks of a grid that lie in one chunk.</summary>
/// <param name="Number">The chunk: the floor of a week's number over <see cref="BlockKey.ChunkWeeks"/>.</param>
/// <param name="First">The first of the weeks, counted among the grid's.</param>
/// <param name="Count">How many.</param>
/// <param name="Mask">One bit for each of them, from the chunk's first week.</param>
internal readonly record struct ChunkWeeks(int Number, int First, int Count, ulong Mask);

/// <summary>One backfill's use of the cache: which columns, and how its weeks lie in chunks. Immutable but for what it has worked out.</summary>
internal sealed class CachedGrid
{
    /// <summary>Fewer weeks are a small part of every block.</summary>
    public const int WeeksMin = 16;

    /// <summary>Of fewer rows <c>auto</c> does not even ask what they cost.</summary>
    public const int AutoRowsMin = 4_096;

    /// <summary>One part in so many measures what the decisions leave unmeasured.</summary>
    private const int TrialPeriod = 64;

    private readonly PlanCost? _cost;
    private readonly double _ratio;
    private readonly Lazy<ContentReach>[][] _reaches;
    private int _parts;

    /// <summary>The use that a backfill makes of a cache.</summary>
    /// <param name="cache">The cache.</param>
    /// <param name="plan">What is computed.</param>
    /// <param name="weeks">The weeks.</param>
    /// <param name="policy">What the request wants.</param>
    /// <param name="cost">
    /// What the plan costs for some of the rows, in the model's time; needed by <see cref="CachePolicy.Auto"/>, and for tile arrays.
    /// </param>
    /// <param name="ratio">Time here by the model's, while nothing is known of a feature.</param>
    public CachedGrid(BlockCache cache, Plan plan, WeekRange weeks, CachePolicy policy, PlanCost? cost, double ratio)
    {
        Cache = cache;
        Plan = plan;
        Weeks = weeks;
        Policy = policy;
        _cost = cost;
        _ratio = ratio;
        Chunks = [.. Cut(weeks)];
        Tiles = policy != CachePolicy.Never && cost is { Rows: > 0 } ? new TileGrid(cache, plan, weeks, cost, ratio) : null;
        _reaches =
        [
            .. Enumerable.Range(0, plan.Columns.Count).Select(column => Chunks.Select(chunk => new Lazy<ContentReach>(
                () => ContentReach.Of(plan, column, chunk.Number * BlockKey.ChunkWeeks, BlockKey.ChunkWeeks))).ToArray()),
        ];
    }

    /// <summary>The cache.</summary>
    public BlockCache Cache { get; }

    /// <summary>What is computed.</summary>
    public Plan Plan { get; }

    /// <summary>The weeks.</summary>
    public WeekRange Weeks { get; }

    /// <summary>What the request wants.</summary>
    public CachePolicy Policy { get; }

    /// <summary>The weeks by chunk.</summary>
    public ChunkWeeks[] Chunks { get; }

    /// <summary>Its tile arrays; null where none are used.</summary>
    public TileGrid? Tiles { get; }

    /// <summary>Whether parts of so many weeks, of all or only named entities, may be asked for and kept at all.</summary>
    /// <param name="weeks">The weeks.</param>
    /// <param name="allEntities">Whether all entities of each slice are asked for.</param>
    /// <param name="policy">What the request wants.</param>
    public static bool Serves(WeekRange weeks, bool allEntities, CachePolicy policy) =>
        policy != CachePolicy.Never && allEntities && weeks.Count >= WeeksMin;

    /// <summary>What of the snapshot decides a column's values in a chunk.</summary>
    public ContentReach ReachOf(int column, int chunk) => _reaches[column][chunk].Value;

    /// <summary>Decides for each column of a part whether the cache is used.</summary>
    /// <param name="rows">Rows of the part.</param>
    public CacheChoice[] Choose(long rows)
    {
        var isTrial = Interlocked.Increment(ref _parts) % TrialPeriod == 0;
        var choices = Expect(rows);
        for (var i = 0; isTrial && i < choices.Length; i++)
        {
            // Near the border, where the other may be right; and what is fetched, so that what computing it costs stays known.
            if (choices[i] is { Reason: ChoiceReason.Worth } or { Reason: ChoiceReason.Cheap, IsUsed: false } && choices[i].ComputeNs >= choices[i].FetchNs)
            {
                choices[i] = choices[i] with { IsUsed = !choices[i].IsUsed, Reason = ChoiceReason.Trial };
            }
        }

        foreach (var group in choices.GroupBy(choice => (choice.IsUsed, choice.Label)))
        {
            Cache.Metrics.Chose(group.Key.IsUsed ? "cache" : "compute", group.Key.Label, group.Count());
        }

        Cache.Metrics.Chose("tiles", "worth", Tiles?.Arrays.Length ?? 0);
        Cache.Metrics.Chose("fold", "cheap", Tiles is { } tiles ? tiles.KnownCount - tiles.Arrays.Length : 0);

        return choices;
    }

    /// <summary>What is decided for each column of a part, trials aside.</summary>
    /// <param name="rows">Rows of the part.</param>
    public CacheChoice[] Expect(long rows)
    {
        var columns = Enumerable.Range(0, Plan.Columns.Count);
        if (Policy != CachePolicy.Auto)
        {
            return [.. columns.Select(_ => new CacheChoice(Policy != CachePolicy.Never, ChoiceReason.Policy))];
        }

        if (_cost is null || rows < AutoRowsMin)
        {
            return [.. columns.Select(_ => new CacheChoice(false, ChoiceReason.Small))];
        }

        var choices = columns.Select(column => CacheChoice.Of(ComputeNs(column), FetchNs(column))).ToArray();
        // A part waits twice for an answer, another being computed meanwhile; its columns share the wait.
        var wait = Cache.Costs.LatencyNs / ((double)rows * Math.Max(1, choices.Count(choice => choice.IsUsed)));
        return [.. choices.Select(choice => CacheChoice.Of(choice.ComputeNs, choice.FetchNs + wait))];
    }

    /// <summary>Learns from what a run took.</summary>
    /// <param name="taken">CPU time of computing.</param>
    /// <param name="rows">Rows of the run.</param>
    /// <param name="rowsOf">For each column the rows for which it was computed.</param>
    public void Computed(TimeSpan taken, long rows, IReadOnlyList<long> rowsOf)
    {
        if (_cost is not { Rows: > 0 } cost || taken <= TimeSpan.Zero || rows < AutoRowsMin)
        {
            return;
        }

        var byColumn = rowsOf.Select((count, column) => cost.ColumnSeconds[column] / cost.Rows * count).ToArray();
        var estimate = byColumn.Sum() + ((cost.CpuSeconds - cost.ColumnSeconds.Sum()) / cost.Rows * rows);
        var ratio = Math.Clamp(taken.TotalSeconds / estimate, CostScale.Least, CostScale.Greatest);
        for (var column = 0; column < byColumn.Length; column++)
        {
            if (byColumn[column] > 0)
            {
                Cache.Costs.Computed(Plan.Columns[column].Fingerprint, Plan.Columns[column].OutputType, ratio, byColumn[column] / estimate, _ratio);
            }
        }
    }

    private FeatureCost CostOf(int column) => Cache.Costs.Of(Plan.Columns[column].Fingerprint, Plan.Columns[column].OutputType);

    private double ComputeNs(int column) => _cost!.Rows == 0 ? 0 : _cost.ColumnSeconds[column] * 1e9 / _cost.Rows * (CostOf(column).ComputeRatio ?? _ratio);

    private double FetchNs(int column)
    {
        var cost = CostOf(column);
        var cellsPerBlock = (double)BlockKey.RunEntities * Weeks.Count / Chunks.Length;
        return (Cache.Costs.KeyNs / cellsPerBlock) + (cost.BytesPerCell * Cache.Costs.ByteNs) + cost.DecodeNs;
    }

    /// <summary>Weeks by chunk.</summary>
    public static IEnumerable<ChunkWeeks> Cut(WeekRange weeks)
    {
        for (var first = 0; first < weeks.Count;)
        {
            var chunk = (int)Instants.FloorDivide(weeks[first], BlockKey.ChunkWeeks);
            var (count, mask) = (0, 0UL);
            for (; first + count < weeks.Count && weeks[first + count] < (chunk + 1) * BlockKey.ChunkWeeks; count++)
            {
                mask |= 1UL << (weeks[first + count] - (chunk * BlockKey.ChunkWeeks));
            }

            yield return new ChunkWeeks(chunk, first, count, mask);
            first += count;
        }
    }
}
