using System.Runtime.Intrinsics;
using FeatureService.Engine.Expressions;

namespace FeatureService.Engine.Kernels;

/// <summary>The tiles of one kind of state over a batch, and the windows made of them.</summary>
internal abstract unsafe class Tiles
{
    /// <summary>Tiles of a kind.</summary>
    /// <param name="kind">The kind of state.</param>
    /// <param name="decay">How states of <see cref="TileKind.Decay"/> lose weight; null of others.</param>
    /// <param name="set">The events.</param>
    /// <param name="inputs">The value of each event, of the type that the kind folds.</param>
    /// <param name="events">Memory that lives as long as the set does.</param>
    /// <param name="tiles">Memory that lives as long as the tiles do.</param>
    public static Tiles Of(TileKind kind, Decay? decay, EventSet set, void* inputs, Arena events, Arena tiles) => kind switch
    {
        TileKind.Sum => new Tiles<SumOperator, double, Vector512<double>, double>(set, inputs, null, events, tiles),
        TileKind.Min => new Tiles<MinOperator, long, Vector512<long>, long>(set, inputs, null, events, tiles),
        TileKind.Max => new Tiles<MaxOperator, long, Vector512<long>, long>(set, inputs, null, events, tiles),
        TileKind.Moments => new Tiles<MomentsOperator, Moments, MomentsVector, double>(set, inputs, null, events, tiles),
        TileKind.HigherMoments =>
            new Tiles<HigherMomentsOperator, HigherMoments, HigherMomentsVector, double>(set, inputs, null, events, tiles),
        TileKind.Slope => new Tiles<SlopeOperator, Trend, TrendVector, TimedValue>(set, inputs, null, events, tiles),
        TileKind.Decay => new Tiles<DecayOperator, double, Vector512<double>, double>(
            set, inputs, new Aging(decay!, set, (double*)inputs, tiles), events, tiles),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "no state of tiles"),
    };

    /// <summary>The states of a window, by cell.</summary>
    /// <param name="shape">How the window lies on the weeks.</param>
    /// <param name="cells">Memory of the result.</param>
    public abstract Planes Window(WindowShape shape, Arena cells);
}

/// <inheritdoc/>
/// <remarks>
/// Windows follow EVALUATION.md rules 2 to 5, 8 and 9: events are folded into tiles in event order; whole weeks combine by doubling,
/// eight cells at a time; then head and tail; cells that cannot see all events yet are folded one by one, in the same order.
/// </remarks>
internal sealed unsafe partial class Tiles<TOperator, TState, TVector, TInput> : Tiles
    where TOperator : ITileOperator<TState, TVector, TInput>
    where TState : unmanaged
    where TVector : struct
    where TInput : unmanaged
{
    private readonly EventSet _set;
    private readonly TileRules<TOperator, TState, TVector, TInput> _rules;
    private readonly Arena _events;
    private readonly Arena _arena;

    /// <summary>Folds the events of a batch into tiles.</summary>
    /// <param name="set">The events.</param>
    /// <param name="inputs">The value of each event.</param>
    /// <param name="aging">What states lose with time, of operators that age.</param>
    /// <param name="events">Memory that lives as long as the set does.</param>
    /// <param name="tiles">Memory that lives as long as the tiles do.</param>
    public Tiles(EventSet set, void* inputs, Aging? aging, Arena events, Arena tiles)
    {
        _set = set;
        _rules = new TileRules<TOperator, TState, TVector, TInput>(new TileInputs(inputs, set.Times), aging);
        _events = events;
        _arena = tiles;
    }

    /// <inheritdoc/>
    public override Planes Window(WindowShape shape, Arena cells)
    {
        var result = Take(_set.Batch.CellCount, cells);
        if (shape.EventsMax > 0)
        {
            new LatestFold<TOperator, TState, TVector, TInput>(_set, _rules, shape, _set.SpanOf(shape, cells)).Run(result);
            return result;
        }

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

            AddHeads(shape, result, stretch);
            AddTails(shape, result, stretch);
        }

        var refold = new Refold<TOperator, TState, TVector, TInput>(_set, _rules);
        foreach (var late in _set.LateCells)
        {
            TOperator.Store(result, late.Cell, refold.Cell(shape, late));
        }

        return result;
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
