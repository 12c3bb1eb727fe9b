using FeatureService.Core.Keys;

namespace FeatureService.Core.Tests;

public sealed class PlacementTests
{
    [Fact]
    public void One_partition_and_one_slice_hold_every_hash()
    {
        var placement = new Placement(1, 1);
        Assert.Equal(new SliceId(0, 0), placement.SliceOf(ulong.MaxValue));
    }

    [Fact]
    public void Top_bits_are_the_partition_and_the_next_bits_the_slice()
    {
        var placement = new Placement(64, 2);
        Assert.Equal(new SliceId(63, 1), placement.SliceOf(ulong.MaxValue));
        Assert.Equal(new SliceId(32, 0), placement.SliceOf(1UL << 63));
        Assert.Equal(new SliceId(0, 1), placement.SliceOf(1UL << 57));
    }
}
