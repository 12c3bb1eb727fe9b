using CsCheck;
using FeatureService.Core.Columns;
using FeatureService.Core.Tables;

namespace FeatureService.Core.Tests;

public sealed class ColumnSliceTests
{
    [Fact]
    public void A_run_of_texts_has_the_texts_and_nulls_of_its_rows() =>
        Gen.Select(Gen.String[Gen.Char.AlphaNumeric, 0, 5].Null().Array[0, 100], Gen.Int[0, 100], Gen.Int[0, 100]).Sample((texts, a, b) =>
        {
            var (first, end) = (Math.Min(Math.Min(a, b), texts.Length), Math.Min(Math.Max(a, b), texts.Length));
            var run = Column.Of(texts).Slice(first, end - first);
            Assert.Equal(texts[first..end], Texts(run));
            Assert.Equal(texts[first..end].Count(text => text is null), run.NullCount);
            // A run of a run: its first offset is not 0.
            Assert.Equal(texts[first..end].Skip(1), Texts(run.Slice(Math.Min(1, run.Length), Math.Max(0, run.Length - 1))));
        });

    [Fact]
    public void A_run_of_numbers_is_over_the_same_values()
    {
        var column = Column.Of<double>(ColumnType.Float64, [1, 2, 3, 4]);
        Assert.Equal([2.0, 3.0], column.Slice(1, 2).Values<double>().ToArray());
        Assert.Equal(0, column.Slice(1, 2).NullCount);
    }

    [Fact]
    public void A_run_of_coded_texts_keeps_the_dictionary()
    {
        var column = new Column
        {
            Type = ColumnType.String,
            Length = 3,
            Data = Column.Of<int>(ColumnType.Date, [1, 0, 1]).Data,
            Dictionary = StringTable.Of(["a", "b"]),
        };
        Assert.Equal(["a", "b"], Texts(column.Slice(1, 2)));
    }

    [Fact]
    public void A_run_beyond_the_rows_is_refused()
    {
        var column = Column.Of<byte>(ColumnType.Bool, [1, 0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => column.Slice(1, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => column.Slice(-1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => column.Slice(0, -1));
    }

    [Fact]
    public void A_table_needs_columns_of_one_length_and_plain_texts()
    {
        var one = Column.Of(["a"]);
        Assert.Equal("t: expected columns of one length", Assert.Throws<ArgumentException>(() => new ColumnTable("t", ("a", one), ("b", Column.Of([])))).Message);
        var coded = new Column { Type = ColumnType.String, Length = 1, Data = new byte[4], Dictionary = StringTable.Of(["a"]) };
        Assert.Equal("t: column b is coded: expected plain strings", Assert.Throws<ArgumentException>(() => new ColumnTable("t", ("a", one), ("b", coded))).Message);
    }

    private static IEnumerable<string?> Texts(Column column) => Enumerable.Range(0, column.Length)
        .Select(row => column.IsValid(row) ? System.Text.Encoding.UTF8.GetString(column.Utf8(row)) : null);
}
