using FeatureService.Caching;

namespace FeatureService.Tests.Caching;

public sealed class MemoTests
{
    [Fact]
    public void It_never_holds_more_bytes_than_it_may()
    {
        var memo = new Memo(100_000);
        var random = new Random(1);
        for (var i = 0; i < 2_000; i++)
        {
            memo.Keep(Key(random.Next(500)), new byte[random.Next(5_000)]);
            Assert.InRange(memo.Bytes, 0, 100_000);
        }

        Assert.InRange(memo.Count, 10, 500);
        memo.Keep(Key(1_000), new byte[100_001]);
        Assert.Null(memo.Find(Key(1_000)));
    }

    [Fact]
    public void What_is_kept_is_found_until_it_is_replaced_or_forgotten()
    {
        var memo = new Memo(100_000);
        memo.Keep(Key(1), [1]);
        memo.Keep(Key(2), [2]);
        memo.Keep(Key(1), [3, 4]);

        Assert.Equal([3, 4], memo.Find(Key(1))!);
        memo.Forget(Key(1));
        Assert.Null(memo.Find(Key(1)));
        Assert.Equal([2], memo.Find(Key(2))!);
        memo.Forget(Key(2));
        Assert.Equal((0, 0L), (memo.Count, memo.Bytes));
    }

    [Fact]
    public void A_build_that_reads_twice_of_what_fits_finds_a_part_of_it_the_next_time()
    {
        var memo = new Memo(200 * 1_160);
        var found = 0;
        for (var round = 0; round < 4; round++)
        {
            for (var i = 0; i < 400; i++)
            {
                if (memo.Find(Key(i)) is not null)
                {
                    found += round == 3 ? 1 : 0;
                    continue;
                }

                memo.Keep(Key(i), new byte[1_000]);
            }
        }

        Assert.InRange(found, 20, 200);
    }

    [Fact]
    public void Without_room_nothing_is_kept()
    {
        var memo = new Memo(0);
        memo.Keep(Key(1), []);
        Assert.Null(memo.Find(Key(1)));
    }

    private static BlockKey Key(int number) => new((UInt128)number, "f");
}
