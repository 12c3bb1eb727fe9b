using FeatureService.Core.Columns;
using FeatureService.Engine.Expressions;

namespace FeatureService.Engine.Tests.Expressions;

public sealed class TextTablesTests
{
    [Fact]
    public void Tables_are_in_the_order_of_bytes_which_is_not_that_of_UTF16()
    {
        var (table, codes) = TextTables.Sort(["\U00010437", "\uFFFF", "b", "B", "b"]);
        Assert.Equal(["B", "b", "\uFFFF", "\U00010437"], Enumerable.Range(0, table.Count).Select(table.Text));
        Assert.Equal([3L, 2L, 1L, 0L, 1L], codes);
    }

    [Fact]
    public void Codes_of_a_union_mean_the_same_texts()
    {
        var left = StringTable.Of(["a", "c"]);
        var union = TextTables.Union([left, StringTable.Of(["b", "c", "d"])]);
        Assert.Equal(["a", "b", "c", "d"], Enumerable.Range(0, union.Count).Select(union.Text));
        Assert.Equal([0L, 2L], TextTables.Codes(left, union));
    }
}
