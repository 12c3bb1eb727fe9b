using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FeatureService.Engine.Kernels;

/// <summary>
/// How events of a batch enter the tiles and pieces of a kind, and how an older part merges with a newer one: aged to the end of the
/// newer where the kind ages (EVALUATION.md rule 8), which costs the other kinds nothing.
/// </summary>
/// <param name="inputs">What enters, by event.</param>
/// <param name="aging">What is lost with time, of kinds that age.</param>
internal readonly unsafe struct TileRules<TOperator, TState, TVector, TInput>(TileInputs inputs, Aging? aging)
    where TOperator : ITileOperator<TState, TVector, TInput>
    where TState : unmanaged
    where TVector : struct
    where TInput : unmanaged
{
    /// <summary>What enters tiles of a run of events; until the next call.</summary>
    public TileInputs OfTiles(int from, int to) => TOperator.Ages ? aging!.ToWeekEnds(from, to) : inputs;

    /// <summary>What enters a piece that holds a run of events; until the next call.</summary>
    public TileInputs OfPiece(long end, int from, int to) => TOperator.Ages ? aging!.To(end, from, to) : inputs;

    /// <summary>By slot what is left from the start of its tile until so many weeks later; a null pointer of kinds that do not age.</summary>
    public double* Factors(int weeks) => TOperator.Ages ? aging!.Over(weeks) : null;

    /// <summary>Merges eight older states with the newer ones, which lie in slots from <paramref name="newerSlot"/> on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Merge(TVector older, TVector newer, double* factors, nint newerSlot) =>
        TOperator.Merge(TOperator.Ages ? TOperator.Age(older, Vector512.Load(factors + newerSlot)) : older, newer);

    /// <summary>Merges an older state with the newer one of a slot.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TState Merge(TState older, TState newer, double* factors, nint newerSlot) =>
        TOperator.Merge(TOperator.Ages ? TOperator.Age(older, factors[newerSlot]) : older, newer);

    /// <summary>Merges an older state with a newer one that ends so many microseconds later.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TState Merge(TState older, TState newer, long micros) =>
        TOperator.Merge(TOperator.Ages ? TOperator.Age(older, aging!.Factor(micros)) : older, newer);

    /// <summary>Merges a state that ends where a week starts with one that ends where another does.</summary>
    public TState Merge(TState older, TState newer, int olderEnd, int newerEnd) =>
        TOperator.Merge(TOperator.Ages ? TOperator.Age(older, aging!.Between(olderEnd, newerEnd)) : older, newer);

    /// <summary>A state that ends where a week starts, merged with every week without events until another week's start.</summary>
    public TState Through(TState state, int week, int later)
    {
        if (TOperator.Ages)
        {
            foreach (var factor in aging!.Through(week, later))
            {
                state = TOperator.Merge(TOperator.Age(state, factor), TOperator.Empty);
            }
        }

        return state;
    }
}
