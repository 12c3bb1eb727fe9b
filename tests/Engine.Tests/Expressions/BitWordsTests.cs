using CsCheck;
using FeatureService.Engine.Expressions;

namespace FeatureService.Engine.Tests.Expressions;

public sealed unsafe class BitWordsTests
{
    [Fact]
    public void Bits_are_copied_from_any_place_to_any_place() =>
        Gen.Select(Gen.Byte.Array[40], Gen.Int[0, 63], Gen.Int[0, 63], Gen.Int[0, 200]).Sample((bytes, from, to, count) =>
        {
            using var arena = new Arena();
            var target = arena.TakeCleared<ulong>(8);
            fixed (byte* source = bytes)
            {
                BitWords.Copy(source, from, target, to, count);
                for (var i = 0; i < count; i++)
                {
                    Assert.Equal((source[(from + i) >> 3] >> ((from + i) & 7) & 1) != 0, BitWords.Get(target, to + i));
                }
            }

            Assert.Equal(BitWords.PopCount(target, 512), Enumerable.Range(to, count).Count(i => BitWords.Get(target, i)));
        });

    [Fact]
    public void Bits_behind_the_end_do_not_count()
    {
        using var arena = new Arena();
        var words = arena.Take<ulong>(2);
        BitWords.Fill(words, 128, ulong.MaxValue);
        Assert.Equal(70, BitWords.PopCount(words, 70));
        BitWords.Fill(words, 64, 0);
        Assert.False(BitWords.Any(words, 64));
        Assert.True(BitWords.Any(words, 65));
    }
}
