using CsCheck;
using FeatureService.Engine.Expressions;
using FeatureService.Engine.Kernels;

namespace FeatureService.Engine.Tests.Kernels;

/// <summary>What holds of every kind of state.</summary>
internal static unsafe class OperatorLaws<TOperator, TState, TVector, TInput>
    where TOperator : ITileOperator<TState, TVector, TInput>
    where TState : unmanaged
    where TVector : struct
    where TInput : unmanaged
{
    /// <summary>The state of some values.</summary>
    public static TState Fold(IEnumerable<TInput> inputs) => inputs.Aggregate(TOperator.Empty, TOperator.Step);

    /// <summary>Eight states merge to the bits of one, aged first where the kind ages.</summary>
    public static void EightMergeAsOne(Gen<TInput> inputs) => Gen.Select(States(inputs), States(inputs), Gen.Double[0, 1]).Array[8].Sample(cases =>
    {
        using var arena = new Arena();
        var (older, newer, merged) = (Take(arena), Take(arena), Take(arena));
        var factors = arena.Take<double>(8);
        for (var i = 0; i < 8; i++)
        {
            TOperator.Store(older, i, cases[i].Item1);
            TOperator.Store(newer, i, cases[i].Item2);
            factors[i] = cases[i].Item3;
        }

        var states = TileRules<TOperator, TState, TVector, TInput>.Merge(
            TOperator.LoadVector(older, 0), TOperator.LoadVector(newer, 0), factors, 0);
        TOperator.StoreVector(merged, 0, states);
        for (var i = 0; i < 8; i++)
        {
            var one = TileRules<TOperator, TState, TVector, TInput>.Merge(cases[i].Item1, cases[i].Item2, factors, i);
            Assert.Equal(one, TOperator.Load(merged, i));
        }
    });

    /// <summary>An empty state changes nothing, on either side.</summary>
    public static void EmptyChangesNothing(Gen<TInput> inputs) => States(inputs).Sample(state =>
    {
        Assert.Equal(state, TOperator.Merge(state, TOperator.Empty));
        Assert.Equal(state, TOperator.Merge(TOperator.Empty, state));
    });

    private static Gen<TState> States(Gen<TInput> inputs) => inputs.Array[0, 6].Select(Fold);

    private static Planes Take(Arena arena) => new()
    {
        First = arena.Take<double>(8),
        Second = arena.Take<double>(8),
        Third = arena.Take<double>(8),
        Fourth = arena.Take<double>(8),
        Fifth = arena.Take<double>(8),
    };
}
