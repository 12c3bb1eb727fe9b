using FeatureService.Core.Keys;
using FeatureService.Engine.Execution;
using FeatureService.Engine.Planning;

namespace FeatureService.Caching;

/// <summary>
/// The blocks of one part of a slice, step by step: <see cref="Prepare"/> names them, <see cref="ProbeAsync"/> looks for them,
/// <see cref="Start"/> makes the run of what is missing, <see cref="Decode"/> puts what was found into it, <see cref="Take"/> takes out
/// what is to be kept, and <see cref="Keep"/> keeps it.
/// </summary>
/// <param name="grid">The backfill.</param>
/// <param name="slice">The slice.</param>
internal sealed class PartBlocks(CachedGrid grid, SliceId slice) : IDisposable
{
    /// <summary>How often it waits for others that compute the same.</summary>
    private const int WaitsMax = 4;

    private readonly List<CachedColumn> _columns = [];
    private readonly List<(CachedColumn Column, int Chunk)> _fills = [];
    private EntityKeys? _keys;
    private int _entities;
    private SliceRun? _run;
    private IDisposable? _lead;
    private long _reserved;
    private PartTiles? _tiles;

    private Plan Plan => grid.Plan;

    /// <summary>Number of columns to decode; each is a task.</summary>
    public int DecodeCount { get; private set; }

    /// <summary>Values that came from the cache.</summary>
    public long CellsFound { get; private set; }

    /// <summary>Whether columns were made of tile arrays from the cache.</summary>
    public bool HasTiled { get; private set; }

    /// <summary>Parts of tile arrays to put where the run reads them; each is a task, all of them before <see cref="Start"/>.</summary>
    public int RecallCount => _tiles?.RecallCount ?? 0;

    /// <summary>Groups of blocks to keep; each is a task.</summary>
    public int FillCount => _fills.Count;

    /// <summary>Names the blocks; called on a worker, as it may read the slice.</summary>
    /// <param name="keys">The part's entities: consecutive ones of the slice; null for all of it.</param>
    public void Prepare(EntityKeys? keys)
    {
        _keys = keys;
        var ofPart = keys ?? Plan.Snapshot.Slice(slice).Keys;
        _entities = ofPart.Count;
        var runs = new UInt128[(_entities + BlockKey.RunEntities - 1) / BlockKey.RunEntities];
        for (var run = 0; run < runs.Length; run++)
        {
            runs[run] = BlockNames.HashOf(ofPart, run * BlockKey.RunEntities, EntitiesOf(run));
        }

        var choices = grid.Choose((long)_entities * grid.Weeks.Count);
        for (var column = 0; column < choices.Length && _entities > 0; column++)
        {
            if (choices[column].IsUsed && BlockNames.Of(grid, slice, column, runs) is { } names)
            {
                _columns.Add(new CachedColumn(column, Plan.Columns[column].Fingerprint, Plan.Columns[column].OutputType, names));
            }
        }

        _tiles = PartTiles.Of(grid, slice, _entities, runs);
    }

    /// <summary>Looks for the blocks, and for tile arrays that columns without any can be made of; waits where others compute all that is missing.</summary>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task ProbeAsync(CancellationToken cancellation)
    {
        await ProbeColumnsAsync(cancellation).ConfigureAwait(false);
        if (_tiles is not null && grid.Policy != CachePolicy.Refresh)
        {
            var whole = _columns.Where(column => !column.Unknown().Any()).Select(column => column.Index).ToHashSet();
            await _tiles.FindAsync(Enumerable.Range(0, Plan.Columns.Count).Where(column => !whole.Contains(column)), cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Puts a part of a tile array where the run reads it.</summary>
    /// <param name="task">From 0 to <see cref="RecallCount"/> - 1.</param>
    /// <param name="now">The worker's CPU time.</param>
    public void Recall(int task, Func<TimeSpan> now) => _tiles!.Recall(task, now);

    private async Task ProbeColumnsAsync(CancellationToken cancellation)
    {
        for (var wait = 0; wait < WaitsMax && grid.Policy != CachePolicy.Refresh; wait++)
        {
            await CachedColumn.FindAsync(_columns, grid.Cache, cancellation).ConfigureAwait(false);
            BlockKey[] missing = [.. _columns.SelectMany(column => column.Missing())];
            if (missing.Length == 0)
            {
                return;
            }

            _lead = grid.Cache.Flights.Enter(missing, out var others);
            if (others is null)
            {
                // Who led before may have kept the blocks between the look and the lead.
                LookAgain();
                grid.Cache.Metrics.Asked("miss", _columns.Sum(column => column.NotAskedFor));
                return;
            }

            await others.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Checks what was found and makes the run; called on a worker.</summary>
    public SliceRun Start()
    {
        var isComputed = grid.Chunks.Select(_ => Enumerable.Repeat(true, Plan.Columns.Count).ToArray()).ToArray();
        foreach (var column in _columns)
        {
            Unpack(column);
            for (var chunk = 0; chunk < grid.Chunks.Length; chunk++)
            {
                isComputed[chunk][column.Index] = column.Found[chunk] is null;
                CellsFound += column.Found[chunk] is null ? 0 : (long)_entities * grid.Chunks[chunk].Count;
            }
        }

        // Those with something to decode first: their number is that of the task.
        _columns.Sort((a, b) => b.HasFound.CompareTo(a.HasFound));
        DecodeCount = _columns.Count(column => column.HasFound);
        _run = RowsRun.OfSlice(Plan, slice, grid.Weeks, _keys, [.. new PartWeeks(grid, _tiles).Cut(isComputed, out var hasTiled)]);
        HasTiled = hasTiled;
        return _run;
    }

    /// <summary>Puts what was found of a column into the run.</summary>
    /// <param name="task">From 0 to <see cref="DecodeCount"/> - 1.</param>
    public void Decode(int task)
    {
        var column = _columns[task];
        for (var chunk = 0; chunk < grid.Chunks.Length; chunk++)
        {
            for (var run = 0; column.Found[chunk] is { } blocks && run < blocks.Length; run++)
            {
                _run!.Put(column.Index, PatchOf(chunk, run), BlockWeeks.Pick(blocks[run], grid.Chunks[chunk].Mask));
            }
        }
    }

    /// <summary>Tells what decoding a column took.</summary>
    public void Decoded(int task, TimeSpan taken)
    {
        var column = _columns[task];
        var cells = Enumerable.Range(0, grid.Chunks.Length).Sum(chunk => column.Found[chunk] is null ? 0L : (long)_entities * grid.Chunks[chunk].Count);
        if (taken > TimeSpan.Zero)
        {
            grid.Cache.Costs.Decoded(column.Name, column.Type, (double)column.FoundBytes / cells, taken.TotalSeconds * 1e9 / cells);
        }
    }

    /// <summary>Takes what is to be kept out of the run, all of its tasks being done; called on a worker, before its blocks are taken.</summary>
    /// <param name="taken">CPU time of computing.</param>
    /// <param name="elapsed">How long computing took.</param>
    public void Take(TimeSpan taken, TimeSpan elapsed)
    {
        grid.Cache.Costs.Ran(taken, elapsed);
        if (!HasTiled)
        {
            // Else the time tells nothing of what events cost.
            Learn(taken);
        }

        grid.Cache.Budget.Earn();
        foreach (var column in _columns)
        {
            // Errors are told with each answer, so a column that has some is computed with each.
            for (var chunk = 0; !_run!.HasErrors(column.Index) && chunk < grid.Chunks.Length; chunk++)
            {
                if (column.Found[chunk] is null && MayKeep(column, grid.Chunks[chunk]))
                {
                    column.Taken[chunk] = [.. Enumerable.Range(0, column.Names[chunk].Length).Select(run => new Block(
                        grid.Chunks[chunk].Mask, EntitiesOf(run), _run.Take(column.Index, PatchOf(chunk, run))))];
                    _fills.Add((column, chunk));
                }
            }
        }

        _fills.AddRange(_tiles?.Take() ?? []);
        _run = null;
    }

    /// <summary>Packs and keeps a group of blocks; called on a worker, behind the answer.</summary>
    /// <param name="task">From 0 to <see cref="FillCount"/> - 1.</param>
    /// <param name="now">The worker's CPU time.</param>
    public void Keep(int task, Func<TimeSpan> now)
    {
        var (column, chunk) = _fills[task];
        column.Keep(grid.Cache, chunk, now);
    }

    /// <summary>Lets others that wait for the blocks go on.</summary>
    public void Dispose()
    {
        _lead?.Dispose();
        _lead = null;
        _tiles?.Dispose();
        grid.Cache.Release(Interlocked.Exchange(ref _reserved, 0));
    }

    private int EntitiesOf(int run) => Math.Min(BlockKey.RunEntities, _entities - (run * BlockKey.RunEntities));

    private RowPatch PatchOf(int chunk, int run) =>
        new(run * BlockKey.RunEntities, EntitiesOf(run), grid.Chunks[chunk].First, grid.Chunks[chunk].Count);

    private void LookAgain()
    {
        foreach (var (column, chunk, run) in _columns.SelectMany(column => column.Unknown()).ToArray())
        {
            column.Bytes[chunk][run] = grid.Cache.Recall(column.Names[chunk][run]);
        }
    }

    private void Unpack(CachedColumn column)
    {
        for (var chunk = 0; chunk < grid.Chunks.Length; chunk++)
        {
            var blocks = new KeptBlock[column.Names[chunk].Length];
            var isWhole = true;
            for (var run = 0; run < blocks.Length; run++)
            {
                var block = column.Unpack(grid.Cache, chunk, run, EntitiesOf(run));
                blocks[run] = block ?? default;
                isWhole &= block is { } kept && (grid.Chunks[chunk].Mask & ~kept.Weeks) == 0;
            }

            column.FoundBytes += isWhole ? column.Bytes[chunk].Sum(bytes => (long)bytes!.Length) : 0;
            column.Found[chunk] = isWhole ? blocks : null;
        }
    }

    private void Learn(TimeSpan taken)
    {
        var rows = (long)_entities * grid.Weeks.Count;
        var byColumn = Enumerable.Repeat(rows, Plan.Columns.Count).ToArray();
        foreach (var column in _columns)
        {
            byColumn[column.Index] = Enumerable.Range(0, grid.Chunks.Length).Sum(chunk => column.Found[chunk] is null ? (long)_entities * grid.Chunks[chunk].Count : 0);
        }

        grid.Computed(taken, rows, byColumn);
    }

    private bool MayKeep(CachedColumn column, ChunkWeeks chunk)
    {
        var (cost, cells) = (grid.Cache.Costs.Of(column.Name, column.Type), (double)_entities * chunk.Count);
        if (grid.Policy == CachePolicy.Auto && !grid.Cache.Budget.TrySpend(cells * (cost.PackNs + (cost.BytesPerCell * grid.Cache.Costs.ByteNs))))
        {
            grid.Cache.Metrics.Filled("spared", column.Names[0].Length);
            return false;
        }

        var bytes = (long)column.Names[0].Length * column.BlockBytes;
        if (!grid.Cache.TryReserve(bytes))
        {
            grid.Cache.Metrics.Filled("dropped", column.Names[0].Length);
            return false;
        }

        _reserved += bytes;
        return true;
    }
}
