using CsCheck;
using FeatureService.Engine.Kernels;

namespace FeatureService.Engine.Tests.Kernels;

public sealed class MomentsOperatorTests
{
    [Fact]
    public void Eight_states_merge_to_the_bits_of_one() => OperatorLaws<MomentsOperator, Moments, MomentsVector, double>.EightMergeAsOne(Numbers.Any);

    [Fact]
    public void An_empty_state_changes_nothing() => OperatorLaws<MomentsOperator, Moments, MomentsVector, double>.EmptyChangesNothing(Numbers.Any);

    [Fact]
    public void Higher_moments_hold_the_same_count_mean_and_squares() =>
        Gen.Select(Numbers.Any.Array[0, 5], Numbers.Any.Array[0, 5]).Sample((older, newer) =>
        {
            var moments = MomentsOperator.Merge(Fold(older), Fold(newer));
            var higher = HigherMomentsOperator.Merge(
                older.Aggregate(HigherMomentsOperator.Empty, HigherMomentsOperator.Step),
                newer.Aggregate(HigherMomentsOperator.Empty, HigherMomentsOperator.Step));
            Assert.Equal(moments, new Moments(higher.Count, higher.Mean, higher.Second));
        });

    private static Moments Fold(IEnumerable<double> values) => OperatorLaws<MomentsOperator, Moments, MomentsVector, double>.Fold(values);
}
