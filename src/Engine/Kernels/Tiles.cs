using System.Runtime.Intrinsics;
using FeatureService.Engine.Expressions;

namespace FeatureService.Engine.Kernels;

/// <summary>The tiles of one kind of state over a batch, and the windows made of them.</summary>
internal abstract unsafe class Tiles
{
    /// <summary>Tiles of a kind.</summary>
    /// <param name="kind">The kind of state.</param>
    /// <param name="set">The events.</param>
    /// <param name="inputs">The value of each event, of the type that the kind folds.</param>
    /// <param name="events">Memory that lives as long as the set does.</param>
    /// <param name="tiles">Memory that lives as long as the tiles do.</param>
    public static Tiles Of(TileKind kind, EventSet set, void* inputs, Arena events, Arena tiles) => kind switch
    {
        TileKind.Sum => new Tiles<SumOperator, double, Vector512<double>, double>(set, inputs, events, tiles),
        TileKind.Min => new Tiles<MinOperator, long, Vector512<long>, long>(set, inputs, events, tiles),
        TileKind.Max => new Tiles<MaxOperator, long, Vector512<long>, long>(set, inputs, events, tiles),
        _ => new Tiles<MomentsOperator, Moments, MomentsVector, double>(set, inputs, events, tiles),
    };

    /// <summary>The states of a window, by cell.</summary>
    /// <param name="shape">How the window lies on the weeks.</param>
    /// <param name="cells">Memory of the result.</param>
    public abstract Planes Window(WindowShape shape, Arena cells);
}

/// <inheritdoc/>
/// <remarks>
/// Windows follow EVALUATION.md rules 2 to 5 and 9: events are folded into tiles in event order; whole weeks combine by doubling, eight
/// cells at a time; then head and tail; cells that cannot see all events yet are folded one by one, in the same order.
/// </remarks>
internal sealed unsafe class Tiles<TOperator, TState, TVector, TInput> : Tiles
    where TOperator : ITileOperator<TState, TVector, TInput>
    where TState : unmanaged
    where TVector : struct
    where TInput : unmanaged
{
    private readonly EventSet _set;
    private readonly TInput* _inputs;
    private readonly Arena _events;
    private readonly Arena _arena;

    // By level the states of blocks of 2^level tiles, from the tile of their slot on.
    private readonly List<Planes> _levels = [];

    /// <summary>Folds the events of a batch into tiles.</summary>
    /// <param name="set">The events.</param>
    /// <param name="inputs">The value of each event.</param>
    /// <param name="events">Memory that lives as long as the set does.</param>
    /// <param name="tiles">Memory that lives as long as the tiles do.</param>
    public Tiles(EventSet set, void* inputs, Arena events, Arena tiles)
    {
        _set = set;
        _inputs = (TInput*)inputs;
        _events = events;
        _arena = tiles;
    }

    /// <inheritdoc/>
    public override Planes Window(WindowShape shape, Arena cells)
    {
        var result = Take(_set.Batch.CellCount, cells);
        var prefix = shape.IsOpen ? Prefix() : default;
        for (var stretch = 0; stretch < _set.Batch.Count; stretch++)
        {
            var first = _set.Batch.FirstWeeks[stretch];
            var end = first + _set.Batch.WeekCounts[stretch];
            foreach (var run in shape.Runs)
            {
                var (from, to) = (Math.Max(run.From, first), Math.Min(run.To, end));
                if (from < to)
                {
                    Weeks(shape, run, prefix, result, stretch, from - first, to - first);
                }
            }

            AddPieces(shape, result, stretch);
        }

        var refold = new Refold<TOperator, TState, TVector, TInput>(_set, _inputs);
        foreach (var late in _set.LateCells)
        {
            TOperator.Store(result, late.Cell, refold.Cell(shape, late));
        }

        return result;
    }

    /// <summary>Whole weeks of the cells of a run.</summary>
    private void Weeks(WindowShape shape, ShapeRun run, in Planes prefix, in Planes result, int stretch, int from, int to)
    {
        var cells = _set.Batch.CellStarts[stretch];
        // Slot of the boundary at the end of the whole weeks of the stretch's first cell; the tile behind it has the next.
        var boundary = _set.Space.SlotStart(stretch) + run.EndOffset - _set.Space.TileMin;
        if (shape.IsOpen)
        {
            for (var i = from; i < to; i += 8)
            {
                TOperator.StoreVector(result, cells + i, TOperator.LoadVector(prefix, boundary + i));
            }
        }
        else if (run.WeekCount == 0)
        {
            for (var i = from; i < to; i++)
            {
                TOperator.Store(result, cells + i, TOperator.Empty);
            }
        }
        else
        {
            Blocks(run.WeekCount, result, cells, boundary + 1, from, to);
        }
    }

    /// <summary>Blocks by the binary digits of the number of weeks, the largest oldest, combined from the newest end.</summary>
    private void Blocks(int weeks, in Planes result, int cells, int slot, int from, int to)
    {
        Span<int> levels = stackalloc int[32];
        var count = 0;
        for (var level = 0; weeks >> level != 0; level++)
        {
            if ((weeks >> level & 1) != 0)
            {
                levels[count++] = level;
            }
        }

        Level(levels[count - 1]);
        var newest = _levels[levels[0]];
        for (var i = from; i < to; i += 8)
        {
            var at = slot + i - (1 << levels[0]);
            var state = TOperator.LoadVector(newest, at);
            for (var digit = 1; digit < count; digit++)
            {
                at -= 1 << levels[digit];
                state = TOperator.Merge(TOperator.LoadVector(_levels[levels[digit]], at), state);
            }

            TOperator.StoreVector(result, cells + i, state);
        }
    }

    /// <summary>The head before the whole weeks and the tail behind them, for the cells of a stretch that have them.</summary>
    private void AddPieces(WindowShape shape, in Planes result, int stretch)
    {
        if (shape.Heads is { } heads)
        {
            AddPieces(heads, result, stretch, isHead: true);
        }

        if (shape.Tails is { } tails)
        {
            AddPieces(tails, result, stretch, isHead: false);
        }
    }

    private void AddPieces(Piece[] pieces, in Planes result, int stretch, bool isHead)
    {
        var first = _set.Batch.FirstWeeks[stretch];
        var cells = _set.Batch.CellStarts[stretch];
        var (next, end) = (_set.LowerBound(stretch, pieces[first].Start), _set.Starts[stretch + 1]);
        for (var week = 0; week < _set.Batch.WeekCounts[stretch] && next < end; week++)
        {
            var piece = pieces[first + week];
            while (next < end && _set.Times[next] < piece.Start)
            {
                next++;
            }

            if (next == end || _set.Times[next] >= piece.End)
            {
                continue;
            }

            var state = TOperator.Empty;
            // Pieces of neighbouring weeks may overlap, so the place to go on from is the piece's start.
            for (var i = next; i < end && _set.Times[i] < piece.End; i++)
            {
                state = TOperator.Step(state, _inputs[i]);
            }

            var weeks = TOperator.Load(result, cells + week);
            TOperator.Store(result, cells + week, isHead ? TOperator.Merge(state, weeks) : TOperator.Merge(weeks, state));
        }
    }

    /// <summary>Blocks of 2^level tiles.</summary>
    private void Level(int level)
    {
        if (_levels.Count == 0)
        {
            _levels.Add(Fold());
        }

        while (_levels.Count <= level)
        {
            var (half, tiles) = (_levels[^1], 1 << (_levels.Count - 1));
            var next = Take(_set.Space.SlotCount, _arena);
            // Blocks that would reach behind the last tile are never read.
            for (nint i = 0; i < _set.Space.SlotCount - tiles; i += 8)
            {
                TOperator.StoreVector(next, i, TOperator.Merge(TOperator.LoadVector(half, i), TOperator.LoadVector(half, i + tiles)));
            }

            _levels.Add(next);
        }
    }

    /// <summary>Every tile's events in event order; what lies before the first tile of a stretch stays out.</summary>
    private Planes Fold()
    {
        var tiles = Take(_set.Space.SlotCount, _arena);
        for (nint i = 0; i < _set.Space.SlotCount; i++)
        {
            TOperator.Store(tiles, i, TOperator.Empty);
        }

        var boundaries = _set.Boundaries(_events);
        for (var stretch = 0; stretch < _set.Batch.Count; stretch++)
        {
            var slots = _set.Space.SlotStart(stretch);
            var shift = slots - (_set.WeekBase + _set.Batch.FirstWeeks[stretch] + _set.Space.TileMin);
            var end = boundaries[slots + _set.Space.SlotsOf(stretch) - 1];
            for (var i = boundaries[slots]; i < end; i++)
            {
                // The tile of the week before an event's cut has the slot of that cut's boundary.
                var slot = _set.Cuts[i] + shift;
                TOperator.Store(tiles, slot, TOperator.Step(TOperator.Load(tiles, slot), _inputs[i]));
            }
        }

        return tiles;
    }

    /// <summary>By boundary everything before it, tiles folded from left to right (rule 5).</summary>
    private Planes Prefix()
    {
        Level(0);
        var prefix = Take(_set.Space.SlotCount, _arena);
        var boundaries = _set.Boundaries(_events);
        for (var stretch = 0; stretch < _set.Batch.Count; stretch++)
        {
            var slot = _set.Space.SlotStart(stretch);
            var state = Before(_set.Starts[stretch], boundaries[slot]);
            TOperator.Store(prefix, slot, state);
            for (var end = slot + _set.Space.SlotsOf(stretch); ++slot < end;)
            {
                state = TOperator.Merge(state, TOperator.Load(_levels[0], slot));
                TOperator.Store(prefix, slot, state);
            }
        }

        return prefix;
    }

    /// <summary>The tiles of a run of events, from left to right.</summary>
    private TState Before(int from, int to)
    {
        var state = TOperator.Empty;
        while (from < to)
        {
            var (cut, tile) = (_set.Cuts[from], TOperator.Empty);
            for (; from < to && _set.Cuts[from] == cut; from++)
            {
                tile = TOperator.Step(tile, _inputs[from]);
            }

            state = TOperator.Merge(state, tile);
        }

        return state;
    }

    private static Planes Take(int count, Arena arena) => new()
    {
        First = arena.Take<long>(count),
        Second = TOperator.PlaneCount > 1 ? arena.Take<long>(count) : null,
        Third = TOperator.PlaneCount > 2 ? arena.Take<long>(count) : null,
    };
}
