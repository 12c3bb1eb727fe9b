using System.Buffers.Binary;
using System.Text;
using CsCheck;
using FeatureService.Core.Columns;

namespace FeatureService.Core.Tests;

public sealed class PlainCodecTests
{
    [Fact]
    public void Int64_rows_lie_as_numpy_frombuffer_reads_them()
    {
        var column = Columns.Int64([1, null, -3, long.MaxValue]);
        var payload = Filled(256);
        var position = 64;

        var layout = PlainCodec.Encode(column, 0, 4, payload, ref position);

        Assert.Equal(new ByteRun(64, 1), layout.Validity);
        Assert.Equal(new ByteRun(128, 32), layout.Values);
        Assert.Null(layout.Offsets);
        Assert.Equal(1, layout.NullCount);
        Assert.Equal(0b1101, payload[64]);
        Assert.Equal([1L, 0, -3, long.MaxValue], Enumerable.Range(0, 4).Select(
            i => BinaryPrimitives.ReadInt64LittleEndian(payload.AsSpan(128 + (i * 8)))));
        Assert.All(payload[65..128].Concat(payload[160..192]), padding => Assert.Equal(0, padding));
        Assert.All(payload[..64].Concat(payload[192..]), untouched => Assert.Equal(0xAA, untouched));
        Assert.Equal(192, position);
    }

    [Fact]
    public void Coded_texts_are_sent_as_offsets_and_utf8()
    {
        var column = Columns.Coded(["a", "äö"], [1, null, 0, 1]);
        var payload = Filled(256);
        var position = 0;

        var layout = PlainCodec.Encode(column, 1, 3, payload, ref position);

        Assert.Equal(12 + 4, layout.Offsets!.Value.Length);
        Assert.Equal([0, 0, 1, 5], Enumerable.Range(0, 4).Select(
            i => BinaryPrimitives.ReadInt32LittleEndian(payload.AsSpan((int)layout.Offsets.Value.Offset + (i * 4)))));
        Assert.Equal("aäö", Encoding.UTF8.GetString(payload.AsSpan((int)layout.Values.Offset, (int)layout.Values.Length)));
        Assert.Equal(0b110, payload[layout.Validity!.Value.Offset]);
    }

    [Fact]
    public void Any_run_of_rows_reads_back_and_takes_the_announced_size() =>
        (from column in Columns.Any
         from first in Gen.Int[0, column.Length]
         from rows in Gen.Int[0, column.Length - first]
         select (column, first, rows)).Sample((column, first, rows) =>
        {
            var size = PlainCodec.Size(column, first, rows);
            var payload = Filled((int)size);
            var position = 0;

            var layout = PlainCodec.Encode(column, first, rows, payload, ref position);
            var read = PlainCodec.Decode(column.Type, layout, payload);

            Assert.Equal(size, position);
            Assert.Equal(rows, read.Length);
            for (var row = 0; row < rows; row++)
            {
                Assert.Equal(column.IsValid(first + row), read.IsValid(row));
                Assert.Equal(Columns.Bytes(column, first + row), Columns.Bytes(read, row));
            }
        });

    [Fact]
    public void A_chunk_that_lies_is_invalid_data_and_nothing_else() =>
        Gen.Select(Gen.Byte[0, 9], Ranges, Ranges, Ranges, Gen.Long[-2, 40], Gen.Long[-2, 40], Gen.Byte.Array[0, 300]).Sample(
            (type, validity, values, offsets, rows, nulls, payload) =>
            {
                var layout = new ChunkLayout { Rows = rows, NullCount = nulls, Validity = validity, Values = values ?? default, Offsets = offsets };
                try
                {
                    var column = PlainCodec.Decode((ColumnType)type, layout, payload);
                    for (var row = 0; row < column.Length; row++)
                    {
                        Columns.Bytes(column, row);
                    }
                }
                catch (InvalidDataException)
                {
                    return;
                }
            },
            iter: 20_000);

    [Theory]
    [InlineData(4, 0, 64, 32, "values at 64 of 32 bytes, but the payload has 64")]
    [InlineData(4, 0, 8, 32, "values at 8, expected a multiple of 64")]
    [InlineData(4, 0, 0, 24, "values has 24 bytes, expected 32")]
    [InlineData(4, 1, 0, 32, "validity missing, expected 1 bytes")]
    [InlineData(4, 5, 0, 32, "5 nulls in 4 rows")]
    [InlineData(4294967295, 0, 0, 32, "0 nulls in 4294967295 rows")]
    public void What_is_wrong_with_a_chunk_is_told(long rows, long nulls, long offset, long length, string expected)
    {
        var layout = new ChunkLayout { Rows = rows, NullCount = nulls, Values = new ByteRun(offset, length) };

        var error = Assert.Throws<InvalidDataException>(() => PlainCodec.Decode(ColumnType.Int64, layout, new byte[64]));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    private static Gen<ByteRun?> Ranges =>
        Gen.Select(Gen.OneOf<long>([.. new long[] { 0L, 0, 64, 128, 192, -64, 7, long.MaxValue - 63 }.Select(Gen.Const)]), Gen.Long[-1, 320], Gen.Bool)
            .Select((offset, length, given) => given ? new ByteRun(offset, length) : (ByteRun?)null);

    private static byte[] Filled(int size)
    {
        var bytes = new byte[size];
        bytes.AsSpan().Fill(0xAA);
        return bytes;
    }
}
