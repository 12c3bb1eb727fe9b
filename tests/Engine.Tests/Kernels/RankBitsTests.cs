using CsCheck;
using FeatureService.Engine.Expressions;
using FeatureService.Engine.Kernels;

namespace FeatureService.Engine.Tests.Kernels;

public sealed class RankBitsTests
{
    [Fact]
    public void The_kth_rank_and_the_next_are_those_of_a_sorted_set() => Gen.Int[1, 20_000].SelectMany(Ranks).Sample(
        (count, ranks) =>
        {
            using var arena = new Arena();
            var bits = new RankBits(count, arena);
            bits.Clear(count);
            var expected = new SortedSet<int>();
            foreach (var rank in ranks)
            {
                // What is there goes, what is not comes.
                if (expected.Remove(rank))
                {
                    bits.Remove(rank);
                }
                else
                {
                    expected.Add(rank);
                    bits.Add(rank);
                }
            }

            var sorted = expected.ToArray();
            Assert.Equal(sorted, Enumerable.Range(0, sorted.Length).Select(bits.Select));
            Assert.Equal(sorted.Skip(1), sorted.SkipLast(1).Select(bits.Next));
        },
        iter: 300);

    private static Gen<(int Count, int[] Ranks)> Ranks(int count) =>
        Gen.Frequency((3, Gen.Int[0, count - 1]), (1, Gen.OneOf(0, count / 2, count - 1))).Array[0, 600].Select(ranks => (count, ranks));
}
