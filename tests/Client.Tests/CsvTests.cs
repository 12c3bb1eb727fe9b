using System.Text;
using CsCheck;
using FeatureService.Client.Datasets;
using FeatureService.Client.Tests.Fake;
using FeatureService.Client.Transport;
using FeatureService.Core.Columns;

namespace FeatureService.Client.Tests;

public sealed class CsvTests
{
    [Fact]
    public void Null_is_nothing_and_the_empty_text_is_quoted() =>
        Assert.Equal("t\n\"\"\n\nx\n", Csv("t", FakeGrid.Text(["", "", "x"], 1, [0b101])));

    [Fact]
    public void Texts_that_hold_commas_quotes_or_line_ends_are_quoted() => Assert.Equal(
        "t\n\"a,b\"\n\"say \"\"hi\"\"\"\n\"two\nlines\"\n\"\r\"\n plain \n\"\"\"\"\n",
        Csv("t", FakeGrid.Text(["a,b", "say \"hi\"", "two\nlines", "\r", " plain ", "\""])));

    [Fact]
    public void A_text_longer_than_the_buffer_is_whole()
    {
        var text = new string('é', 100_000);
        Assert.Equal($"t\n{text}\n\"{text},\"\n", Csv("t", FakeGrid.Text([text, text + ","])));
    }

    [Fact]
    public void Values_have_their_written_forms()
    {
        Assert.Equal("b\ntrue\nfalse\n", Csv("b", FakeGrid.Fixed(ColumnType.Bool, new byte[] { 1, 0 })));
        Assert.Equal("i\n-9223372036854775808\n0\n", Csv("i", FakeGrid.Fixed(ColumnType.Int64, new[] { long.MinValue, 0 })));
        Assert.Equal("d\n2024-03-04\n1969-12-31\n", Csv("d", FakeGrid.Fixed(ColumnType.Date, new[] { 19_786, -1 })));
        Assert.Equal(
            "t\n1970-01-01T00:00:00Z\n2024-03-04T05:06:07.000008Z\n1969-12-31T23:59:59.999999Z\n",
            Csv("t", FakeGrid.Fixed(ColumnType.Timestamp, new[] { 0, 1_709_528_767_000_008, -1 })));
        Assert.Equal(
            "f\nNaN\nInfinity\n-Infinity\n0.1\n1\n1E+20\n",
            Csv("f", FakeGrid.Fixed(ColumnType.Float64, new[] { double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0.1, 1, 1e20 })));
        Assert.Equal("f\n0.1\n16777216\nNaN\n", Csv("f", FakeGrid.Fixed(ColumnType.Float32, new[] { 0.1f, 16_777_216f, float.NaN })));
    }

    [Fact]
    public void A_header_is_quoted_like_any_text() =>
        Assert.Equal("\"a,b\"\n", Csv("a,b", FakeGrid.Fixed(ColumnType.Int64, Array.Empty<long>())));

    [Fact]
    public void Floats_read_back_to_the_same_bits() => Gen.Double.Array[1, 20].Sample(values =>
    {
        var lines = Csv("f", FakeGrid.Fixed(ColumnType.Float64, values)).Split('\n')[1..^1];
        Assert.Equal(
            values.Select(BitConverter.DoubleToInt64Bits),
            lines.Select(l => BitConverter.DoubleToInt64Bits(double.Parse(l, System.Globalization.CultureInfo.InvariantCulture))));
    });

    [Fact]
    public void Singles_read_back_to_the_same_bits() => Gen.Float.Array[1, 20].Sample(values =>
    {
        var lines = Csv("f", FakeGrid.Fixed(ColumnType.Float32, values)).Split('\n')[1..^1];
        Assert.Equal(
            values.Select(BitConverter.SingleToInt32Bits),
            lines.Select(l => BitConverter.SingleToInt32Bits(float.Parse(l, System.Globalization.CultureInfo.InvariantCulture))));
    });

    private static string Csv(string name, Column column)
    {
        using var buffer = new MemoryStream();
        var writer = new CsvWriter(buffer);
        writer.WriteHeader([new DatasetColumn(name, column.Type, DatasetColumnRole.Feature, "")]);
        writer.WriteRows([column], column.Length);
        writer.Complete();
        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
