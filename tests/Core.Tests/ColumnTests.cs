using CsCheck;
using FeatureService.Core.Columns;

namespace FeatureService.Core.Tests;

public sealed class ColumnTests
{
    [Fact]
    public void Bits_are_kept_least_significant_first()
    {
        var bitmap = new byte[Bitmap.Bytes(10)];
        Bitmap.Set(bitmap, 0);
        Bitmap.Set(bitmap, 9);
        Assert.Equal([0b0000_0001, 0b0000_0010], bitmap);
        Bitmap.Clear(bitmap, 0);
        Assert.Equal([0, 2], bitmap);
    }

    [Fact]
    public void Bits_read_back_what_was_set() => Gen.Bool.Array[0, 70].Sample(bits =>
    {
        var bitmap = new byte[Bitmap.Bytes(bits.Length)];
        Array.Fill(bitmap, (byte)0xFF);
        for (var i = 0; i < bits.Length; i++)
        {
            if (bits[i])
            {
                Bitmap.Set(bitmap, i);
            }
            else
            {
                Bitmap.Clear(bitmap, i);
            }
        }

        Assert.Equal(bits, Enumerable.Range(0, bits.Length).Select(i => Bitmap.Get(bitmap, i)));
    });

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(8, 1)]
    [InlineData(9, 2)]
    public void A_bitmap_has_whole_bytes(int bits, int bytes) => Assert.Equal(bytes, Bitmap.Bytes(bits));

    [Fact]
    public void A_table_gives_its_texts_back() => Gen.String[0, 6].Array[0, 30].Sample(texts =>
    {
        var table = StringTable.Of(texts);
        // Lone surrogates have no UTF-8: what is read back is what UTF-8 can hold.
        var held = texts.Select(text => System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text)));
        Assert.Equal(held, Enumerable.Range(0, table.Count).Select(table.Text));
        Assert.Equal(table.Utf8.Length, table.Offsets[^1]);
        Assert.Equal((texts.Length + 1) * 4, table.OffsetBytes.Length);
    });

    [Fact]
    public void A_table_needs_one_more_offset_than_texts() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new StringTable(2, new byte[8], default));

    [Fact]
    public void Texts_read_the_same_plain_and_coded()
    {
        var plain = Columns.Plain(["cash", "app", null, "cash"]);
        var coded = Columns.Coded(["app", "cash"], [1, 0, null, 1]);
        foreach (var row in new[] { 0, 1, 3 })
        {
            Assert.Equal(plain.Utf8(row), coded.Utf8(row));
        }

        Assert.False(plain.IsValid(2));
        Assert.False(coded.IsValid(2));
        Assert.True(coded.IsValid(3));
    }

    [Fact]
    public void Values_are_read_without_a_copy_and_end_with_the_rows()
    {
        var column = new Column { Type = ColumnType.Int64, Length = 2, Data = new byte[64] };
        Assert.Equal([0L, 0L], column.Values<long>());
        Assert.True(column.IsValid(1));
    }

    [Theory]
    [InlineData(ColumnType.Bool, 1, "bool")]
    [InlineData(ColumnType.Int64, 8, "int64")]
    [InlineData(ColumnType.Float64, 8, "float64")]
    [InlineData(ColumnType.Float32, 4, "float32")]
    [InlineData(ColumnType.Date, 4, "date")]
    [InlineData(ColumnType.Timestamp, 8, "timestamp")]
    public void Types_of_fixed_width_have_a_width_and_a_name(ColumnType type, int width, string name) =>
        Assert.Equal((width, name), (type.Width(), type.Name()));

    [Fact]
    public void Texts_have_no_fixed_width()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => ColumnType.String.Width());
        Assert.Equal("string", ColumnType.String.Name());
    }
}
