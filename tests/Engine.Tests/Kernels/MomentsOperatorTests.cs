using CsCheck;
using FeatureService.Engine.Expressions;
using FeatureService.Engine.Kernels;

namespace FeatureService.Engine.Tests.Kernels;

public sealed unsafe class MomentsOperatorTests
{
    [Fact]
    public void Eight_states_merge_to_the_bits_of_one() => Gen.Select(State, State).Array[8].Sample(pairs =>
    {
        using var arena = new Arena();
        var (older, newer, merged) = (Take(arena), Take(arena), Take(arena));
        for (var i = 0; i < 8; i++)
        {
            MomentsOperator.Store(older, i, pairs[i].Item1);
            MomentsOperator.Store(newer, i, pairs[i].Item2);
        }

        MomentsOperator.StoreVector(
            merged, 0, MomentsOperator.Merge(MomentsOperator.LoadVector(older, 0), MomentsOperator.LoadVector(newer, 0)));
        for (var i = 0; i < 8; i++)
        {
            Assert.Equal(MomentsOperator.Merge(pairs[i].Item1, pairs[i].Item2), MomentsOperator.Load(merged, i));
        }
    });

    [Fact]
    public void An_empty_state_changes_nothing()
    {
        var state = MomentsOperator.Step(MomentsOperator.Step(MomentsOperator.Empty, 1e300), -3);
        Assert.Equal(state, MomentsOperator.Merge(state, MomentsOperator.Empty));
        Assert.Equal(state, MomentsOperator.Merge(MomentsOperator.Empty, state));
    }

    private static Gen<Moments> State => Gen.Double[-1e6, 1e6].Array[0, 4].Select(values => values.Aggregate(MomentsOperator.Empty, MomentsOperator.Step));

    private static Planes Take(Arena arena) =>
        new() { First = arena.Take<double>(8), Second = arena.Take<double>(8), Third = arena.Take<double>(8) };
}
