using System.Numerics;
using FeatureService.Core.Calendar;
using FeatureService.Core.Keys;
using FeatureService.Engine.Execution;
using FeatureService.Engine.Planning;

namespace FeatureService.Caching;

/// <summary>
/// The tile arrays of one part of a slice: <see cref="FindAsync"/> looks for the blocks of those that missing columns can be made of,
/// <see cref="Recall"/> puts what was found into a table, <see cref="ToKeep"/> makes tables of what is worked out on the way, and
/// <see cref="Take"/> takes it out of them.
/// </summary>
internal sealed class PartTiles : IDisposable
{
    /// <summary>Fewer values take less than the clock tells.</summary>
    private const int MeasuredMin = 8_192;

    private readonly CachedGrid _grid;
    private readonly TileGrid _tiles;
    private readonly int _entities;
    private readonly CachedColumn[][] _planes;
    private readonly ulong[][] _has;
    private readonly List<(int Array, int Plane)> _recalls = [];
    private readonly List<(TileTable Table, TileWeeks[] Weeks)> _kept = [];
    private long _reserved;

    private PartTiles(CachedGrid grid, TileGrid tiles, int entities, CachedColumn[][] planes)
    {
        (_grid, _tiles, _entities, _planes) = (grid, tiles, entities, planes);
        _has = [.. planes.Select(_ => new ulong[tiles.Chunks.Length])];
    }

    /// <summary>The states that were found; null where there are none.</summary>
    public TileTable? Given { get; private set; }

    /// <summary>Number of tasks that put what was found into <see cref="Given"/>.</summary>
    public int RecallCount => _recalls.Count;

    /// <summary>Names the blocks.</summary>
    /// <param name="grid">The backfill.</param>
    /// <param name="slice">The slice.</param>
    /// <param name="entities">Entities of the part.</param>
    /// <param name="runs">For each run of entities the hash of their keys.</param>
    /// <returns>Null where no tile arrays are used, or the snapshot does not know its content.</returns>
    public static PartTiles? Of(CachedGrid grid, SliceId slice, int entities, UInt128[] runs)
    {
        if (grid.Tiles is not { Arrays.Length: > 0 } tiles || entities == 0)
        {
            return null;
        }

        var planes = new CachedColumn[tiles.Arrays.Length][];
        for (var array = 0; array < planes.Length; array++)
        {
            planes[array] = new CachedColumn[tiles.Arrays[array].Planes.Count];
            for (var plane = 0; plane < planes[array].Length; plane++)
            {
                if (BlockNames.OfTiles(tiles, slice, array, plane, runs) is not { } names)
                {
                    return null;
                }

                planes[array][plane] = new CachedColumn(plane, TileGrid.CostName(tiles.Arrays[array], plane), tiles.Arrays[array].Planes[plane], names);
            }
        }

        return new PartTiles(grid, tiles, entities, planes);
    }

    /// <summary>Looks for the arrays that some columns can be made of.</summary>
    /// <param name="missing">The columns.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task FindAsync(IEnumerable<int> missing, CancellationToken cancellation)
    {
        int[] arrays = [.. missing.Where(_tiles.IsUsed).SelectMany(_tiles.ArraysOf).Distinct()];
        await CachedColumn.FindAsync([.. arrays.SelectMany(array => _planes[array])], _grid.Cache, cancellation).ConfigureAwait(false);
        TileArray[] found = [.. arrays.Where(array => _planes[array].All(plane => plane.Bytes.Any(runs => runs.All(bytes => bytes is not null)))).Select(array => _tiles.Arrays[array])];
        if (found.Length > 0 && TryReserve(TileTable.BytesOf(found, _tiles.Weeks.Count, _entities)))
        {
            Given = new TileTable(found, _tiles.Weeks.First, _tiles.Weeks.Count, _entities, isGiven: true);
            _recalls.AddRange(found.SelectMany((array, i) => array.Planes.Select((_, plane) => (i, plane))));
            foreach (var array in found)
            {
                Array.Fill(_has[_tiles.IndexOf(array)], ulong.MaxValue);
            }
        }
    }

    /// <summary>Puts what was found of one part of an array's states into the table.</summary>
    /// <param name="task">From 0 to <see cref="RecallCount"/> - 1.</param>
    /// <param name="now">The worker's CPU time.</param>
    public void Recall(int task, Func<TimeSpan> now)
    {
        var (index, plane) = _recalls[task];
        var array = _tiles.IndexOf(Given!.Arrays[index]);
        var column = _planes[array][plane];
        var (before, values, bytes) = (now(), 0L, 0L);
        for (var chunk = 0; chunk < _tiles.Chunks.Length; chunk++)
        {
            var has = ulong.MaxValue;
            for (var run = 0; run < column.Names[chunk].Length; run++)
            {
                var weeks = column.Unpack(_grid.Cache, chunk, run, EntitiesOf(run)) is { } block ? Put(index, plane, chunk, run, block) : 0;
                has &= weeks;
                values += (long)EntitiesOf(run) * BitOperations.PopCount(weeks);
                bytes += column.Bytes[chunk][run]?.Length ?? 0;
            }

            Interlocked.And(ref _has[array][chunk], has);
        }

        if (values >= MeasuredMin && now() - before is var taken && taken > TimeSpan.Zero)
        {
            _grid.Cache.Costs.Decoded(column.Name, column.Type, (double)bytes / values, taken.TotalSeconds * 1e9 / values);
        }
    }

    /// <summary>Whether a column can be made of what was found, for some of its weeks.</summary>
    /// <param name="column">The column.</param>
    /// <param name="first">Number of the first week.</param>
    /// <param name="last">Number of the last week.</param>
    public bool Has(int column, int first, int last) => Given is not null && _tiles.IsUsed(column)
        && _tiles.ArraysOf(column).All(array => _tiles.WeeksOf(column, first, last).All(needed => (needed.Weeks & ~_has[array][needed.Chunk]) == 0));

    /// <summary>A table for what a run over events works out on the way and is to be kept; null where nothing is.</summary>
    /// <param name="plan">The run's plan.</param>
    /// <param name="weeks">Its weeks.</param>
    public TileTable? ToKeep(Plan plan, WeekRange weeks)
    {
        var room = plan.TileRoomOn(weeks);
        if (room.Count > weeks.Last - weeks.First + (2 * TileGrid.ReachMax))
        {
            return null;
        }

        TileWeeks[] wanted = [.. plan.TilesOn(weeks).Where(tiles => _tiles.IndexOf(tiles.Array) is >= 0 and var array && New(array, tiles).Any())];
        if (wanted.Length == 0)
        {
            return null;
        }

        TileArray[] arrays = [.. wanted.Select(tiles => tiles.Array)];
        var blocks = arrays.Sum(array => array.Planes.Count) * _tiles.Chunks.Length * (long)RunCount;
        if (_grid.Policy == CachePolicy.Auto
            && !_grid.Cache.Budget.TrySpend(wanted.Sum(tiles => (double)tiles.WeekCount * _entities * TileGrid.KeepNs(_grid.Cache.Costs, tiles.Array))))
        {
            _grid.Cache.Metrics.Filled("spared", blocks);
            return null;
        }

        // Once in the table, and once in the blocks.
        if (!TryReserve(2 * TileTable.BytesOf(arrays, room.Count, _entities)))
        {
            _grid.Cache.Metrics.Filled("dropped", blocks);
            return null;
        }

        _kept.Add((new TileTable(arrays, room.First, room.Count, _entities, isGiven: false), wanted));
        return _kept[^1].Table;
    }

    /// <summary>Takes what is to be kept out of the tables, the run being done.</summary>
    /// <returns>Groups of blocks to keep.</returns>
    public List<(CachedColumn Column, int Chunk)> Take()
    {
        var fills = new List<(CachedColumn, int)>();
        foreach (var (table, worked) in _kept)
        {
            for (var i = 0; i < worked.Length; i++)
            {
                var array = _tiles.IndexOf(worked[i].Array);
                foreach (var (chunk, weeks) in table.IsSpoilt(i) ? [] : New(array, worked[i]).ToArray())
                {
                    for (var plane = 0; plane < _planes[array].Length; plane++)
                    {
                        if (_planes[array][plane].Taken[chunk] is null)
                        {
                            fills.Add((_planes[array][plane], chunk));
                        }

                        // Where runs on neighbouring weeks have worked out the same chunk, that with more of it counts.
                        _planes[array][plane].Taken[chunk] = BlocksOf(table, i, plane, chunk, weeks);
                    }
                }
            }

            table.Dispose();
        }

        _kept.Clear();
        return fills;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Given?.Dispose();
        Given = null;
        _kept.ForEach(kept => kept.Table.Dispose());
        _kept.Clear();
        _grid.Cache.Release(Interlocked.Exchange(ref _reserved, 0));
    }

    private int RunCount => _planes[0][0].Names[0].Length;

    private int EntitiesOf(int run) => Math.Min(BlockKey.RunEntities, _entities - (run * BlockKey.RunEntities));

    private RowPatch PatchOf(int firstWeek, int run, ulong weeks) =>
        new(run * BlockKey.RunEntities, EntitiesOf(run), firstWeek, BitOperations.PopCount(weeks));

    /// <summary>What a run has worked out of an array that no blocks have yet, by chunk; weeks of a chunk follow each other.</summary>
    private IEnumerable<(int Chunk, ulong Weeks)> New(int array, TileWeeks worked) =>
        _tiles.Masks(worked.FirstWeek, worked.FirstWeek + worked.WeekCount).Where(found =>
            (found.Weeks & ~(Given is null ? 0 : _has[array][found.Chunk])) != 0
            && (_planes[array][0].Taken[found.Chunk] is not { } taken || BitOperations.PopCount(taken[0].Weeks) < BitOperations.PopCount(found.Weeks)));

    private Block[] BlocksOf(TileTable table, int array, int plane, int chunk, ulong weeks)
    {
        var first = (_tiles.Chunks[chunk].Number * BlockKey.ChunkWeeks) + BitOperations.TrailingZeroCount(weeks) - table.FirstWeek;
        return [.. Enumerable.Range(0, RunCount).Select(run => new Block(weeks, EntitiesOf(run), table.Take(array, plane, PatchOf(first, run, weeks))))];
    }

    /// <returns>The weeks that the block has.</returns>
    private ulong Put(int array, int plane, int chunk, int run, KeptBlock block)
    {
        var weeks = block.Weeks & _tiles.Chunks[chunk].Mask;
        if (weeks != 0)
        {
            var first = (_tiles.Chunks[chunk].Number * BlockKey.ChunkWeeks) + BitOperations.TrailingZeroCount(weeks) - _tiles.Weeks.First;
            Given!.Put(array, plane, PatchOf(first, run, weeks), BlockWeeks.Pick(block, weeks));
        }

        return weeks;
    }

    private bool TryReserve(long bytes)
    {
        if (!_grid.Cache.TryReserve(bytes))
        {
            return false;
        }

        _reserved += bytes;
        return true;
    }
}
