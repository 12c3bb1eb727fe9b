using System.Numerics;
using FeatureService.Caching;
using FeatureService.Core.Columns;

namespace FeatureService.Tests.Caching;

public sealed class BlockCodecTests
{
    private const int Entities = 100;
    private const ulong Weeks = 0b1011;

    private const string Golden =
        "RkJMSwECAQDIAAAAAAAAAAEAAAAAAAAAAAAAAAAAAAABAAAAAAAAAAQAAAAAAAAAAAAAAAAAAAAAAAAA/////4AAAAAgAAAAAAAAAP////8AAA"
        + "AA/////wAAAAD/////AAAAAP////8AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABAAAAAAAAAAIAAAAAAAAAAwAAAAAAAAAsAQAAAAAAAAAAAAAA"
        + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAASrV3cURF2Lg=";

    private static readonly BlockKey Key = new(UInt128.Parse("12345678901234567890123456789"), new string('a', 32));

    public static TheoryData<ColumnType, bool> Columns => [.. from type in Enum.GetValues<ColumnType>()
                                                              where type != ColumnType.None
                                                              from hasNulls in new[] { false, true }
                                                              select (type, hasNulls)];

    [Theory]
    [MemberData(nameof(Columns))]
    public void A_block_comes_back_with_its_bits(ColumnType type, bool hasNulls)
    {
        var values = Blocks.Column(type, Entities * 3, hasNulls ? 4 : 0, seed: 1);

        var bytes = BlockCodec.Pack(Key, new Block(Weeks, Entities, values), 1 << 20)!;

        Assert.True(BlockCodec.TryUnpack(Key, type, Entities, bytes, out var block));
        Assert.Equal((Weeks, Entities), (block.Weeks, block.Entities));
        Assert.Equal(Blocks.Bits(values), Blocks.Bits(block.Values.Decode()));
    }

    [Fact]
    public void A_block_of_this_format_is_read_and_one_of_another_is_a_miss()
    {
        // The value of a release: a change of the form needs another number of the format, or old pods would feed new ones.
        var key = new BlockKey(1, new string('a', 32));
        var golden = Convert.FromBase64String(Golden);

        Assert.True(BlockCodec.TryUnpack(key, ColumnType.Int64, 4, golden, out var block));
        Assert.Equal([1L, 2L, 3L, 300L], block.Values.Decode().Values<long>().ToArray());
        Assert.Equal(golden, BlockCodec.Pack(key, new Block(1, 4, Column.Of<long>(ColumnType.Int64, [1, 2, 3, 300])), 1 << 20)!);
        golden[4] = 0;
        Assert.False(BlockCodec.TryUnpack(key, ColumnType.Int64, 4, golden, out _));
    }

    [Fact]
    public void A_block_above_the_limit_is_not_packed() =>
        Assert.Null(BlockCodec.Pack(Key, new Block(Weeks, Entities, Blocks.Column(ColumnType.Int64, Entities * 3, 0, 1)), 2_000));

    [Fact]
    public void Ten_thousand_ways_to_damage_a_block_are_all_noticed()
    {
        var random = new Random(20_240_304);
        var (whole, other) = (Pack(Key, 1), Pack(Key with { Hash = Key.Hash + 1 }, 2));
        var unnoticed = new List<int>();
        for (var i = 0; i < 10_000; i++)
        {
            var damaged = Damage(random, i % 6, whole, other);
            if (BlockCodec.TryUnpack(Key, ColumnType.Float64, Entities, damaged, out _))
            {
                unnoticed.Add(i);
            }
        }

        Assert.Empty(unnoticed);
    }

    [Fact]
    public void A_block_of_another_type_or_number_of_entities_is_none_of_the_key()
    {
        var bytes = Pack(Key, 1);

        Assert.False(BlockCodec.TryUnpack(Key, ColumnType.Int64, Entities, bytes, out _));
        Assert.False(BlockCodec.TryUnpack(Key, ColumnType.Float64, Entities + 1, bytes, out _));
        Assert.True(BlockCodec.TryUnpack(Key, ColumnType.Float64, Entities, bytes, out _));
    }

    [Fact]
    public void Some_weeks_of_a_block_are_taken_out_with_their_nulls()
    {
        // Weeks 0, 1 and 3 of two entities.
        var values = new Column
        {
            Type = ColumnType.Int64,
            Length = 6,
            NullCount = 1,
            Validity = new byte[] { 0b101111 },
            Data = Column.Of<long>(ColumnType.Int64, [10, 11, 13, 20, 0, 23]).Data,
        };

        var kept = new KeptBlock(0b1011, 2, Core.Columns.Encodings.EncodedColumn.Of(values));

        var picked = BlockWeeks.Pick(kept, 0b1010);

        Assert.Equal([11L, 13L, 0L, 23L], picked.Values<long>().ToArray());
        Assert.Equal([true, true, false, true], Enumerable.Range(0, 4).Select(picked.IsValid));
        Assert.Equal(1, picked.NullCount);
    }

    private static byte[] Pack(BlockKey key, int seed) => BlockCodec.Pack(
        key, new Block(Weeks, Entities, Blocks.Column(ColumnType.Float64, Entities * BitOperations.PopCount(Weeks), 3, seed)), 1 << 20)!;

    private static byte[] Damage(Random random, int kind, byte[] whole, byte[] other)
    {
        byte[] copy = [.. whole];
        switch (kind)
        {
            case 0:
                copy[random.Next(copy.Length)] ^= (byte)(1 << random.Next(8));
                return copy;
            case 1:
                return copy[..random.Next(copy.Length)];
            case 2:
                return [.. copy, .. new byte[1 + random.Next(64)]];
            case 3:
                return other;
            case 4:
                // An older or a newer format.
                copy[4] = (byte)(BlockCodec.Format + 1 + random.Next(200));
                return copy;
            default:
                var foreign = new byte[random.Next(2 * whole.Length)];
                random.NextBytes(foreign);
                return foreign;
        }
    }
}
