using System.Runtime.Intrinsics;
using FeatureService.Engine.Expressions;

namespace FeatureService.Engine.Kernels;

/// <summary>The tiles of one kind of state over one batch after the other, and the windows made of them.</summary>
internal abstract unsafe class Tiles
{
    /// <summary>Tiles of a kind.</summary>
    /// <param name="kind">The kind of state.</param>
    /// <param name="decay">How states of <see cref="TileKind.Decay"/> lose weight; null of others.</param>
    /// <param name="events">Memory that lives as long as the set does.</param>
    /// <param name="tiles">Memory that lives until the windows are made.</param>
    public static Tiles Of(TileKind kind, Decay? decay, Arena events, Arena tiles) => kind switch
    {
        TileKind.Sum => new Tiles<SumOperator, double, Vector512<double>, double>(null, events, tiles),
        TileKind.Min => new Tiles<MinOperator, long, Vector512<long>, long>(null, events, tiles),
        TileKind.Max => new Tiles<MaxOperator, long, Vector512<long>, long>(null, events, tiles),
        TileKind.Moments => new Tiles<MomentsOperator, Moments, MomentsVector, double>(null, events, tiles),
        TileKind.HigherMoments => new Tiles<HigherMomentsOperator, HigherMoments, HigherMomentsVector, double>(null, events, tiles),
        TileKind.Slope => new Tiles<SlopeOperator, Trend, TrendVector, TimedValue>(null, events, tiles),
        TileKind.Decay => new Tiles<DecayOperator, double, Vector512<double>, double>(new Aging(decay!), events, tiles),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "no state of tiles"),
    };

    /// <summary>Turns to a batch.</summary>
    /// <param name="set">The events.</param>
    /// <param name="inputs">The value of each event, of the type that the kind folds; none of a set that is recalled.</param>
    /// <param name="rows">Where the tiles of a set that is recalled are, and where those of another are to be kept; nowhere by default.</param>
    public abstract void Set(EventSet set, void* inputs, TileRows rows = default);

    /// <summary>The states of windows, by cell.</summary>
    /// <param name="shapes">How the windows lie on the weeks.</param>
    /// <param name="results">Takes the states of each.</param>
    /// <param name="cells">Memory of the results.</param>
    public abstract void Windows(ReadOnlySpan<WindowShape> shapes, Span<Planes> results, Arena cells);
}

/// <inheritdoc/>
/// <remarks>
/// Windows follow EVALUATION.md rules 2 to 5, 8 and 9: events are folded into tiles in event order; whole weeks combine by doubling,
/// eight cells at a time; then head and tail; cells that cannot see all events yet are folded one by one, in the same order. One stretch
/// comes behind the other, so that its blocks are still in a core's first cache when the windows read them.
/// </remarks>
internal sealed unsafe partial class Tiles<TOperator, TState, TVector, TInput> : Tiles
    where TOperator : ITileOperator<TState, TVector, TInput>
    where TState : unmanaged
    where TVector : struct
    where TInput : unmanaged
{
    private readonly Aging? _aging;
    private readonly Arena _events;
    private readonly Arena _arena;
    private EventSet _set = null!;
    private TileRules<TOperator, TState, TVector, TInput> _rules;
    private TileRows _rows;
    private int _slotsMax;

    /// <summary>Tiles of a kind.</summary>
    /// <param name="aging">What states lose with time, of operators that age.</param>
    /// <param name="events">Memory that lives as long as the set does.</param>
    /// <param name="tiles">Memory that lives until the windows are made.</param>
    public Tiles(Aging? aging, Arena events, Arena tiles) => (_aging, _events, _arena) = (aging, events, tiles);

    /// <inheritdoc/>
    public override void Set(EventSet set, void* inputs, TileRows rows)
    {
        (_set, _rows) = (set, rows);
        _aging?.Set(set, (double*)inputs, _arena);
        _rules = new TileRules<TOperator, TState, TVector, TInput>(new TileInputs(inputs, set.Times), _aging);
        _levels.Clear();
        _prefix = default;
        _slotsMax = 0;
        for (var stretch = 0; stretch < set.Batch.Count; stretch++)
        {
            _slotsMax = Math.Max(_slotsMax, set.Space.SlotsOf(stretch));
        }
    }

    /// <inheritdoc/>
    public override void Windows(ReadOnlySpan<WindowShape> shapes, Span<Planes> results, Arena cells)
    {
        for (var i = 0; i < shapes.Length; i++)
        {
            results[i] = Take(_set.Batch.CellCount, cells);
            if (shapes[i].EventsMax > 0)
            {
                new LatestFold<TOperator, TState, TVector, TInput>(_set, _rules, shapes[i], _set.SpanOf(shapes[i], cells)).Run(results[i]);
            }
        }

        for (var stretch = 0; stretch < _set.Batch.Count; stretch++)
        {
            Begin(stretch);
            for (var i = 0; i < shapes.Length; i++)
            {
                if (shapes[i].EventsMax == 0)
                {
                    Window(shapes[i], results[i]);
                }
            }

            if (_rows.Exists && !_set.IsRecalled)
            {
                Level(0);
                _rows.Write(_set, stretch, _levels[0]);
            }
        }

        var refold = new Refold<TOperator, TState, TVector, TInput>(_set, _rules);
        for (var i = 0; i < shapes.Length; i++)
        {
            for (var late = 0; shapes[i].EventsMax == 0 && late < _set.LateCells.Count; late++)
            {
                TOperator.Store(results[i], _set.LateCells[late].Cell, refold.Cell(shapes[i], _set.LateCells[late]));
            }
        }
    }

    /// <summary>The cells of the stretch.</summary>
    private void Window(WindowShape shape, in Planes result)
    {
        if (_set.Starts[_stretch] == _set.Starts[_stretch + 1])
        {
            FillEmpty(result, _set.Batch.CellStarts[_stretch], _set.Batch.WeekCounts[_stretch]);
            return;
        }

        var prefix = shape.IsOpen ? Prefix() : default;
        var first = _set.Batch.FirstWeeks[_stretch];
        var end = first + _set.Batch.WeekCounts[_stretch];
        foreach (var run in shape.Runs)
        {
            var (from, to) = (Math.Max(run.From, first), Math.Min(run.To, end));
            if (from < to)
            {
                Weeks(shape, run, prefix, result, from - first, to - first);
            }
        }

        AddHeads(shape, result, _stretch);
        AddTails(shape, result, _stretch);
    }

    private static Planes Take(int count, Arena arena) => new()
    {
        First = arena.Take<long>(count),
        Second = TOperator.PlaneCount > 1 ? arena.Take<long>(count) : null,
        Third = TOperator.PlaneCount > 2 ? arena.Take<long>(count) : null,
        Fourth = TOperator.PlaneCount > 3 ? arena.Take<long>(count) : null,
        Fifth = TOperator.PlaneCount > 4 ? arena.Take<long>(count) : null,
    };
}
