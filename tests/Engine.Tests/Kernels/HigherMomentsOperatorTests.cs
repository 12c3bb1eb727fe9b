using CsCheck;
using FeatureService.Engine.Kernels;

namespace FeatureService.Engine.Tests.Kernels;

public sealed class HigherMomentsOperatorTests
{
    [Fact]
    public void Eight_states_merge_to_the_bits_of_one() => OperatorLaws<HigherMomentsOperator, HigherMoments, HigherMomentsVector, double>.EightMergeAsOne(Numbers.Any);

    [Fact]
    public void An_empty_state_changes_nothing() => OperatorLaws<HigherMomentsOperator, HigherMoments, HigherMomentsVector, double>.EmptyChangesNothing(Numbers.Any);

    [Fact]
    public void Merged_parts_have_the_moments_of_all_values() => Gen.Double[-10, 10].Array[0, 30].Array[1, 6].Sample(parts =>
    {
        var state = parts.Select(Fold).Aggregate(HigherMomentsOperator.Empty, HigherMomentsOperator.Merge);
        double[] values = [.. parts.SelectMany(part => part)];
        Assert.Equal(values.Length, state.Count);
        var mean = values.DefaultIfEmpty().Average();
        Numbers.Near(mean, state.Mean, 10);
        Numbers.Near(Sum(2), state.Second, 400 * (values.Length + 1));
        Numbers.Near(Sum(3), state.Third, 8000 * (values.Length + 1));
        Numbers.Near(Sum(4), state.Fourth, 160_000 * (values.Length + 1));

        double Sum(int power) => values.Sum(value => Enumerable.Repeat(value - mean, power).Aggregate(1.0, (x, y) => x * y));
    });

    [Fact]
    public void Equal_values_have_no_variance_however_they_are_merged() => Gen.Select(Numbers.Usual, Gen.Int[0, 9].Array[1, 5]).Sample(
        (value, counts) =>
        {
            var parts = counts.Select(count => Fold(Enumerable.Repeat(value, count)));
            var state = parts.Aggregate(HigherMomentsOperator.Empty, HigherMomentsOperator.Merge);
            Assert.Equal((0.0, 0.0, 0.0), (state.Second, state.Third, state.Fourth));
        });

    private static HigherMoments Fold(IEnumerable<double> values) => OperatorLaws<HigherMomentsOperator, HigherMoments, HigherMomentsVector, double>.Fold(values);
}
