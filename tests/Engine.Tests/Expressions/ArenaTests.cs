using FeatureService.Engine.Expressions;

namespace FeatureService.Engine.Tests.Expressions;

public sealed unsafe class ArenaTests
{
    [Fact]
    public void Pieces_start_at_multiples_of_64_and_leave_room_for_two_vectors()
    {
        using var arena = new Arena();
        var first = arena.Take<long>(3);
        var second = arena.Take<byte>(1);
        Assert.Equal(0, (nint)first & 63);
        Assert.Equal(0, (nint)second & 63);
        Assert.True((byte*)second - (byte*)(first + 3) >= 128);
    }

    [Fact]
    public void What_is_released_is_taken_again()
    {
        using var arena = new Arena();
        var place = arena.Mark();
        var first = arena.Take<long>(10);
        arena.Release(place);
        Assert.True(first == arena.Take<long>(10));
    }

    [Fact]
    public void A_piece_larger_than_a_chunk_lies_together()
    {
        using var arena = new Arena();
        arena.Take<byte>(100);
        var large = arena.TakeCleared<long>(1_000_000);
        large[999_999] = 7;
        Assert.Equal(7, large[999_999]);
        Assert.Equal(0, large[0]);
    }
}
