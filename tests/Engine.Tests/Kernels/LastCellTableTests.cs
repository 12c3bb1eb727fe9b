using CsCheck;
using FeatureService.Engine.Kernels;

namespace FeatureService.Engine.Tests.Kernels;

public sealed class LastCellTableTests
{
    [Fact]
    public void Values_keep_their_cells_until_the_table_is_cleared()
    {
        var table = new LastCellTable();
        Gen.Long.Array[0, 2000].Sample(
            keys =>
            {
                table.Clear();
                var expected = new Dictionary<long, int>();
                foreach (var key in keys)
                {
                    ref var cell = ref table.Of(key);
                    Assert.Equal(expected.GetValueOrDefault(key), cell);
                    cell = expected[key] = expected.Count + 1;
                }

                foreach (var (key, cell) in expected)
                {
                    Assert.Equal(cell, table.Of(key));
                }
            },
            iter: 50,
            threads: 1);
    }
}
