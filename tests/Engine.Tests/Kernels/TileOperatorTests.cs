using System.Runtime.Intrinsics;
using CsCheck;
using FeatureService.Engine.Kernels;

namespace FeatureService.Engine.Tests.Kernels;

public sealed class TileOperatorTests
{
    [Fact]
    public void Eight_sums_merge_to_the_bits_of_one() =>
        OperatorLaws<SumOperator, double, Vector512<double>, double>.EightMergeAsOne(Numbers.Any);

    [Fact]
    public void Eight_decayed_sums_merge_to_the_bits_of_one() =>
        OperatorLaws<DecayOperator, double, Vector512<double>, double>.EightMergeAsOne(Numbers.Any);

    [Fact]
    public void Eight_least_keys_merge_to_that_of_one() =>
        OperatorLaws<MinOperator, long, Vector512<long>, long>.EightMergeAsOne(Gen.Long);

    [Fact]
    public void Eight_greatest_keys_merge_to_that_of_one() =>
        OperatorLaws<MaxOperator, long, Vector512<long>, long>.EightMergeAsOne(Gen.Long);

    [Fact]
    public void An_empty_sum_changes_nothing() =>
        OperatorLaws<SumOperator, double, Vector512<double>, double>.EmptyChangesNothing(Numbers.Any);

    [Fact]
    public void An_older_decayed_sum_loses_weight_before_the_newer_is_added()
    {
        Assert.Equal(4.5, DecayOperator.Merge(DecayOperator.Age(6.0, 0.25), 3.0));
        Assert.Equal(
            Vector512.Create(4.5), DecayOperator.Merge(DecayOperator.Age(Vector512.Create(6.0), Vector512.Create(0.25)), Vector512.Create(3.0)));
    }
}
