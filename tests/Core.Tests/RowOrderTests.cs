using CsCheck;
using FeatureService.Core.Keys;

namespace FeatureService.Core.Tests;

public sealed class RowOrderTests
{
    [Fact]
    public void Rows_stand_by_slice_then_entity_then_week() =>
        Gen.Select(Gen.Long[0, 60], Gen.Int[0, 16_383]).Array[0, 200].Sample(rows =>
        {
            var placement = new Placement(4, 8);
            ulong[] hashes = [.. rows.Select(row => EntityKey.HashOf(row.Item1))];
            var order = RowOrder.Sort(hashes, [.. rows.Select(row => row.Item2)]);
            Assert.Equal(Enumerable.Range(0, rows.Length), order.Order());
            var slices = order.Select(row => placement.SliceOf(EntityKey.HashOf(rows[row].Item1))).ToArray();
            Assert.Equal(slices.Order(), slices);
            var entities = order.Select(row => rows[row].Item1).ToArray();
            Assert.Equal(entities.Distinct().Count(), entities.Length == 0 ? 0 : 1 + entities.Zip(entities.Skip(1)).Count(pair => pair.First != pair.Second));
            for (var i = 1; i < order.Length; i++)
            {
                Assert.Equal(entities[i] == entities[i - 1], RowOrder.AreOfOneEntity(hashes[i], hashes[i - 1]));
                Assert.True(entities[i] != entities[i - 1] || rows[order[i]].Item2 >= rows[order[i - 1]].Item2);
            }
        });

    [Fact]
    public void Weeks_beyond_their_bits_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => RowOrder.Sort([1UL], [1 << 14]));
        Assert.Throws<ArgumentOutOfRangeException>(() => RowOrder.Sort([1UL], [-1]));
    }
}
