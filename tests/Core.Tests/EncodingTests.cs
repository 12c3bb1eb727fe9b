using System.Runtime.InteropServices;
using CsCheck;
using FeatureService.Core.Columns;
using FeatureService.Core.Columns.Encodings;

namespace FeatureService.Core.Tests;

public sealed class EncodingTests
{
    private static readonly EncodingSet[] Sets =
    [
        EncodingSet.Plain, .. Enum.GetValues<ColumnEncoding>().Select(EncodingSet.Plain.With), EncodingSet.All,
    ];

    [Fact]
    public void Any_run_of_rows_reads_back_with_the_same_bits_in_every_accepted_form() =>
        (from column in Gen.OneOf(Columns.Any, EncodableColumns.Any)
         from first in Gen.Int[0, column.Length]
         from rows in Gen.Int[0, column.Length - first]
         from set in EncodableColumns.Among(Sets)
         select (column, first, rows, set)).Sample(
            (column, first, rows, set) =>
            {
                var (payload, layout) = Encode(column, first, rows, set);

                var chunk = EncodedColumn.Read(column.Type, layout, payload);

                Assert.True(set.Contains(chunk.Encoding));
                AssertEqual(column.Slice(first, rows), chunk.Decode());
            },
            iter: 5_000);

    [Fact]
    public void No_form_is_larger_than_plain() => Gen.OneOf(Columns.Any, EncodableColumns.Any).Sample(column =>
        Assert.InRange(Encode(column, 0, column.Length, EncodingSet.All).Payload.Length, 0, PlainCodec.Size(column, 0, column.Length)));

    [Fact]
    public void Values_decoded_into_one_buffer_after_the_other_are_those_of_their_own_chunk() =>
        EncodableColumns.Any.Array[1, 6].Sample(columns =>
        {
            var buffer = new DecodeBuffer();
            foreach (var column in columns)
            {
                var (payload, layout) = Encode(column, 0, column.Length, EncodingSet.All);
                AssertEqual(column, EncodedColumn.Read(column.Type, layout, payload).Decode(buffer));
            }
        });

    [Fact]
    public void Equal_rows_give_equal_bytes_whatever_was_encoded_before() =>
        Gen.Select(EncodableColumns.Any, EncodableColumns.Any).Sample((before, column) =>
        {
            var encoder = new ColumnEncoder(EncodingSet.All);
            var position = 0;
            encoder.Write(new byte[encoder.Measure(before, 0, before.Length)], ref position);
            position = 0;
            var payload = new byte[encoder.Measure(column, 0, column.Length)];
            var layout = encoder.Write(payload, ref position);

            var (alone, expected) = Encode(column, 0, column.Length, EncodingSet.All);

            Assert.Equal(expected, layout);
            Assert.Equal(alone, payload[..position]);
        });

    public static TheoryData<string, ColumnEncoding, Column> Typical => new()
    {
        { "one value", ColumnEncoding.Repeated, Column.Of<float>(ColumnType.Float32, [.. Enumerable.Repeat(2.5f, 500)]) },
        { "all null", ColumnEncoding.Repeated, Columns.Int64(new long?[500]) },
        { "weeks of entities", ColumnEncoding.Repeated, Column.Of<int>(ColumnType.Date, [.. Enumerable.Range(0, 520).Select(i => 19_000 + (i % 52 * 7))]) },
        { "keys of entities", ColumnEncoding.Runs, Column.Of<long>(ColumnType.Int64, [.. Enumerable.Range(0, 520).Select(i => long.MaxValue / (1 + (i / 52)))]) },
        { "keys that are texts", ColumnEncoding.Runs, Column.Of([.. Enumerable.Range(0, 520).Select(i => $"user-{i / 52}")]) },
        { "a status", ColumnEncoding.Narrow, Columns.Coded(["ok", "no_history"], [.. Enumerable.Range(0, 500).Select(i => (int?)(int)((i * 2_654_435_761L >> 7) & 1))]) },
        { "counts as float32", ColumnEncoding.Narrow, Column.Of<float>(ColumnType.Float32, [.. Enumerable.Range(0, 500).Select(i => i * 7f % 256)]) },
        { "counts as float64", ColumnEncoding.Narrow, Column.Of<double>(ColumnType.Float64, [.. Enumerable.Range(0, 500).Select(i => (i * 7.0 % 256) - 9)]) },
        { "dates", ColumnEncoding.Narrow, Column.Of<int>(ColumnType.Date, [.. Enumerable.Range(0, 500).Select(i => 19_000 + (i * 11 % 301))]) },
        { "keys near each other", ColumnEncoding.Narrow, Column.Of<long>(ColumnType.Int64, [.. Enumerable.Range(0, 500).Select(i => (1L << 40) + (i * 77_777L))]) },
        { "fractions, most of them zero", ColumnEncoding.Sparse, Column.Of<float>(ColumnType.Float32, [.. Enumerable.Range(0, 500).Select(i => i % 3 == 0 ? i / 7f : 0)]) },
        { "fractions", ColumnEncoding.Plain, Column.Of<float>(ColumnType.Float32, [.. Enumerable.Range(0, 500).Select(i => 1 + (i / 7f))]) },
        { "bits of a negative zero", ColumnEncoding.Plain, Column.Of<float>(ColumnType.Float32, [.. Enumerable.Range(0, 100).Select(i => i == 37 ? -0f : i + 1)]) },
        { "not a number", ColumnEncoding.Plain, Column.Of<float>(ColumnType.Float32, [.. Enumerable.Range(0, 100).Select(i => i == 37 ? float.NaN : i + 1)]) },
        { "an infinity", ColumnEncoding.Plain, Column.Of<double>(ColumnType.Float64, [.. Enumerable.Range(0, 100).Select(i => i == 99 ? double.PositiveInfinity : i + 1)]) },
        { "numbers far apart", ColumnEncoding.Plain, Column.Of<long>(ColumnType.Int64, [.. Enumerable.Range(0, 100).Select(i => i % 2 == 0 ? long.MaxValue - i : long.MinValue + i)]) },
        { "texts of their own", ColumnEncoding.Plain, Column.Of([.. Enumerable.Range(0, 200).Select(i => $"{i}")]) },
    };

    [Theory]
    [MemberData(nameof(Typical))]
    public void Typical_columns_get_their_form_and_their_bits_back(string what, ColumnEncoding expected, Column column)
    {
        var (payload, layout) = Encode(column, 0, column.Length, EncodingSet.All);

        Assert.True(layout.Encoding == expected, $"{what}: {layout.Encoding}");
        AssertEqual(column, EncodedColumn.Read(column.Type, layout, payload).Decode());
    }

    [Fact]
    public void Sparse_values_whose_gaps_are_the_nulls_are_the_values_that_there_are()
    {
        var column = Columns.Fixed(ColumnType.Float32, [.. Enumerable.Range(0, 300).Select(i => i % 2 == 0 ? i + 0.5f : 0)], [.. Enumerable.Range(0, 300).Select(i => i % 2 == 0)]);

        var (payload, layout) = Encode(column, 0, 300, EncodingSet.All);
        var chunk = EncodedColumn.Read(ColumnType.Float32, layout, payload);

        Assert.Equal(ColumnEncoding.Sparse, chunk.Encoding);
        Assert.Equal(chunk.Validity.ToArray(), chunk.Present.ToArray());
        Assert.Equal(Enumerable.Range(0, 150).Select(i => (2 * i) + 0.5f), MemoryMarshal.Cast<byte, float>(chunk.Values.Span).ToArray());
    }

    [Fact]
    public void A_damaged_chunk_is_invalid_data_and_nothing_else() =>
        (from column in EncodableColumns.Any.Where(c => c.Length > 1)
         from part in Gen.Int[0, 9]
         from offset in EncodableColumns.Among<long>(-64, 0, 7, 64, 128, 1 << 20)
         from length in Gen.Long[-1, 300]
         from noise in Gen.Select(Gen.Int[0, 4095], Gen.Byte).Array[0, 8]
         select (column, part, new ByteRun(offset, length), noise)).Sample(
            (column, part, run, noise) =>
            {
                var (payload, layout) = Encode(column, 0, column.Length, EncodingSet.All);
                foreach (var (at, value) in noise)
                {
                    payload[at % payload.Length] = value;
                }

                try
                {
                    var chunk = EncodedColumn.Read(column.Type, Damaged(layout, part, run), payload);
                    Assert.Equal(chunk.Length, chunk.Decode().Length);
                }
                catch (InvalidDataException)
                {
                    return;
                }
            },
            iter: 20_000);

    [Theory]
    [InlineData(9, ColumnType.Int64, 16, "encoding 9 is not known")]
    [InlineData(2, ColumnType.Int64, 0, "0 values do not fit the other parts of encoding Repeated")]
    [InlineData(2, ColumnType.Int64, 12, "values has 12 bytes, expected a multiple of 8")]
    [InlineData(3, ColumnType.Int64, 16, "run ends missing")]
    [InlineData(4, ColumnType.Int64, 12, "12 bytes of narrow int64 for 4 rows, expected 1, 2 or 4 a row")]
    [InlineData(4, ColumnType.Bool, 4, "4 bytes of narrow bool for 4 rows")]
    [InlineData(4, ColumnType.String, 4, "offsets missing")]
    [InlineData(5, ColumnType.Float32, 16, "present missing, expected 1 bytes")]
    public void What_is_wrong_with_an_encoded_chunk_is_told(byte encoding, ColumnType type, long length, string expected)
    {
        var layout = new ChunkLayout { Encoding = (ColumnEncoding)encoding, Rows = 4, NullCount = 0, Values = new ByteRun(0, length) };

        var error = Assert.Throws<InvalidDataException>(() => EncodedColumn.Read(type, layout, new byte[64]));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    private static (byte[] Payload, ChunkLayout Layout) Encode(Column column, int first, int rows, EncodingSet set)
    {
        var encoder = new ColumnEncoder(set);
        var payload = new byte[encoder.Measure(column, first, rows)];
        payload.AsSpan().Fill(0xAA);
        var position = 0;
        var layout = encoder.Write(payload, ref position);
        return (payload[..position], layout);
    }

    private static ChunkLayout Damaged(ChunkLayout layout, int part, ByteRun run) => part switch
    {
        0 => layout with { Values = run },
        1 => layout with { Validity = run },
        2 => layout with { Offsets = run },
        3 => layout with { Dictionary = run },
        4 => layout with { RunEnds = run },
        5 => layout with { Present = run },
        6 => layout with { Rows = run.Length },
        7 => layout with { NullCount = run.Length },
        8 => layout with { Encoding = (ColumnEncoding)(run.Length & 7) },
        _ => layout with { Base = run.Length << 60 },
    };

    private static void AssertEqual(Column expected, Column actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.Equal(expected.NullCount, actual.NullCount);
        for (var row = 0; row < expected.Length; row++)
        {
            Assert.Equal(expected.IsValid(row), actual.IsValid(row));
            Assert.Equal(Columns.Bytes(expected, row), Columns.Bytes(actual, row));
        }
    }
}
