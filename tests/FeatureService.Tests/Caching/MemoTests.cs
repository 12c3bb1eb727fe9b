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

    [Fact]
    public void Nobody_waits_for_a_thread_that_is_stopped_while_it_keeps_a_block()
    {
        var ownLock = new Lock();
        var memo = new Memo(100_000, ownLock: ownLock);
        memo.Keep(Key(1), [1]);
        byte[]? found = null;

        WhileHeld(ownLock, () =>
        {
            found = memo.Find(Key(1));
            memo.Keep(Key(2), [2]);
            memo.Forget(Key(1));
        });

        Assert.Equal([1], found!);
        memo.Keep(Key(3), [3]);
        Assert.Null(memo.Find(Key(1)));
        Assert.Equal([2], memo.Find(Key(2))!);
        Assert.Equal([3], memo.Find(Key(3))!);
        Assert.Equal((2, 322L), (memo.Count, memo.Bytes));
    }

    [Fact]
    public void Blocks_that_wait_for_a_stopped_thread_are_bounded_too()
    {
        var ownLock = new Lock();
        var memo = new Memo(100 * 1_160, ownLock: ownLock);

        WhileHeld(ownLock, () =>
        {
            for (var i = 0; i < 1_000; i++)
            {
                memo.Keep(Key(i), new byte[1_000]);
            }
        });

        memo.Forget(Key(3_000));
        Assert.Equal(100, memo.Count);
        Assert.NotNull(memo.Find(Key(99)));
        memo.Keep(Key(2_000), new byte[1_000]);
        Assert.NotNull(memo.Find(Key(2_000)));
    }

    [Fact]
    public void Many_threads_keep_and_find_whole_blocks()
    {
        var memo = new Memo(50_000);
        Parallel.For(0, 20_000, i =>
        {
            var number = i * 7919 % 100;
            if (i % 5 == 0)
            {
                memo.Forget(Key(number));
            }

            memo.Keep(Key(number), [(byte)number, .. new byte[number * 10]]);
            if (memo.Find(Key(number)) is { } bytes)
            {
                Assert.Equal(((byte)number, 1 + (number * 10)), (bytes[0], bytes.Length));
            }
        });
        memo.Forget(Key(1_000));
        Assert.InRange(memo.Bytes, 1, 50_000);
        Assert.Equal(memo.Count, Enumerable.Range(0, 100).Count(number => memo.Find(Key(number)) is not null));
    }

    /// <summary>Does something on another thread than the one that holds the lock.</summary>
    private static void WhileHeld(Lock held, Action action)
    {
        var other = new Thread(() => action());
        lock (held)
        {
            other.Start();
            Assert.True(other.Join(TimeSpan.FromMinutes(2)), "it waits for the lock");
        }
    }

    private static BlockKey Key(int number) => new((UInt128)number, "f");
}
