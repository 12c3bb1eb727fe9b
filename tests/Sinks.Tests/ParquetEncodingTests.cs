using System.Runtime.InteropServices;
using CsCheck;
using FeatureService.Client.FanOut;
using FeatureService.Client.Transport;
using FeatureService.Core.Columns;
using FeatureService.Core.Columns.Encodings;
using FeatureService.Core.Tests;
using FeatureService.Parquet;
using FeatureService.Sinks.Parquet;
using ParquetSharp;
using Column = FeatureService.Core.Columns.Column;

namespace FeatureService.Sinks.Tests;

/// <summary>What is written straight from encodings, read back by another implementation.</summary>
public sealed class ParquetEncodingTests
{
    [Fact]
    public void Runs_in_any_encoding_read_back_with_the_same_bits() =>
        (from first in EncodableColumns.Any
         from more in EncodableColumns.Any.Array[0, 12]
         from set in EncodableColumns.Among(EncodingSet.All, EncodingSet.Plain)
         from compression in EncodableColumns.Among(ParquetCompression.Zstd, ParquetCompression.Snappy, ParquetCompression.None)
         select (Runs: new[] { first }.Concat(more.Where(c => c.Type == first.Type)).ToArray(), set, compression)).Sample(
            (runs, set, compression) => AssertReadsBack(runs, set, compression),
            iter: 600);

    [Fact]
    public void A_file_has_the_same_bytes_whatever_the_encodings_and_the_cut_of_runs() =>
        (from column in EncodableColumns.Any.Where(c => c.Length > 0)
         from cut in Gen.Int[0, column.Length]
         from isKey in Gen.Bool
         select (column, cut, isKey)).Sample((column, cut, isKey) =>
        {
            var role = isKey && column.NullCount == 0 ? DatasetColumnRole.Entity : DatasetColumnRole.Feature;
            Assert.Equal(
                Bytes([column], EncodingSet.Plain, ParquetCompression.Zstd, role),
                Bytes([column.Slice(0, cut), column.Slice(cut, column.Length - cut)], EncodingSet.All, ParquetCompression.Zstd, role));
        });

    [Fact]
    public void Runs_without_rows_change_nothing() =>
        EncodableColumns.Any.Where(c => c.Length > 0).Sample(column =>
        {
            var none = column.Slice(0, 0);
            var alone = Bytes([column], EncodingSet.All, ParquetCompression.Zstd, DatasetColumnRole.Feature);
            Assert.Equal(alone, Bytes([none, column], EncodingSet.All, ParquetCompression.Zstd, DatasetColumnRole.Feature));
            Assert.Equal(alone, Bytes([column, none], EncodingSet.All, ParquetCompression.Zstd, DatasetColumnRole.Feature));
        });

    [Theory]
    [InlineData(ColumnType.Float32)]
    [InlineData(ColumnType.Float64)]
    [InlineData(ColumnType.String)]
    public void Columns_of_several_pages_read_back(ColumnType type)
    {
        const int Rows = 400_003;
        var valid = Enumerable.Range(0, Rows).Select(i => i % 5 != 0).ToArray();
        var column = type switch
        {
            ColumnType.Float32 => Columns.Fixed(type, [.. valid.Select((v, i) => v ? i / 7f : 0)], valid),
            ColumnType.Float64 => Columns.Fixed(type, [.. valid.Select((v, i) => v ? i / 7.0 : 0)], valid),
            _ => Columns.Plain([.. valid.Select((v, i) => v ? $"text {i}" : null)]),
        };
        AssertReadsBack([column], EncodingSet.All, ParquetCompression.Zstd);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(200)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(5_000)]
    [InlineData(65_536)]
    [InlineData(65_537)]
    public void Whole_numbers_of_every_width_read_back(int count)
    {
        var values = Enumerable.Range(0, 200_000).Select(i => (float)((i * 2_654_435_761L >> 9) % count)).ToArray();
        AssertReadsBack([Columns.Fixed(ColumnType.Float32, values, [.. values.Select(v => v != 1)])], EncodingSet.All, ParquetCompression.Zstd);
        AssertReadsBack([Column.Of<long>(ColumnType.Int64, [.. values.Select(v => (long)v - 7)])], EncodingSet.All, ParquetCompression.Snappy);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(60)]
    [InlineData(61)]
    [InlineData(256)]
    [InlineData(70_000)]
    public void Snappy_blocks_of_literals_and_of_copies_read_back(int period)
    {
        var noise = new byte[period];
        new Random(7).NextBytes(noise);
        var texts = Enumerable.Range(0, 1 + (200_000 / period)).Select(i => Convert.ToBase64String(noise) + (i % 3)).ToArray();
        AssertReadsBack([Columns.Plain(texts)], EncodingSet.Plain, ParquetCompression.Snappy);
    }

    [Fact]
    public void Counts_that_arrived_narrow_become_a_dictionary_and_fractions_do_not()
    {
        var counts = Column.Of<float>(ColumnType.Float32, [.. Enumerable.Range(0, 10_000).Select(i => i * 7f % 31)]);
        var fractions = Column.Of<float>(ColumnType.Float32, [.. Enumerable.Range(0, 10_000).Select(i => i / 7f)]);

        Assert.Contains(Encoding.RleDictionary, Encodings(counts));
        Assert.DoesNotContain(Encoding.RleDictionary, Encodings(fractions));
    }

    [Fact]
    public void Bounds_and_nulls_are_told_of_columns_that_queries_select_by()
    {
        var dates = Columns.Fixed(
            ColumnType.Date, [.. Enumerable.Range(0, 5_000).Select(i => i % 7 == 0 ? 0 : 19_000 + (i % 300))], [.. Enumerable.Range(0, 5_000).Select(i => i % 7 != 0)]);
        using var file = Written([dates], EncodingSet.All, ParquetCompression.Zstd);
        using var group = file.RowGroup(0);
        using var statistics = Assert.IsType<Statistics<int>>(group.MetaData.GetColumnChunkMetaData(0).Statistics);

        Assert.True(statistics.HasMinMax);
        Assert.Equal((19_000, 19_299, 715L), (statistics.Min, statistics.Max, statistics.NullCount));
    }

    private static Encoding[] Encodings(Column column)
    {
        using var file = Written([column], EncodingSet.All, ParquetCompression.Zstd);
        using var group = file.RowGroup(0);
        return group.MetaData.GetColumnChunkMetaData(0).Encodings;
    }

    private static void AssertReadsBack(Column[] runs, EncodingSet set, ParquetCompression compression)
    {
        using var file = Written(runs, set, compression);
        using var group = file.RowGroup(0);
        var rows = runs.Sum(run => run.Length);
        Assert.Equal(rows, group.MetaData.NumRows);
        if (rows == 0)
        {
            return;
        }

        Assert.Equal(runs.Sum(run => run.NullCount), group.MetaData.GetColumnChunkMetaData(0).Statistics?.NullCount);
        using var column = group.Column(0);
        byte[]?[] read = column switch
        {
            ColumnReader<bool> reader => Read(reader, rows, value => [value ? (byte)1 : (byte)0]),
            ColumnReader<int> reader => Read(reader, rows, BitConverter.GetBytes),
            ColumnReader<long> reader => Read(reader, rows, BitConverter.GetBytes),
            ColumnReader<float> reader => Read(reader, rows, BitConverter.GetBytes),
            ColumnReader<double> reader => Read(reader, rows, BitConverter.GetBytes),
            ColumnReader<ByteArray> reader => Read(reader, rows, Bytes),
            _ => throw new InvalidOperationException("no type of a dataset"),
        };
        byte[]?[] expected = [.. runs.SelectMany(run => Enumerable.Range(0, run.Length).Select(row => run.IsValid(row) ? Columns.Bytes(run, row) : null))];
        for (var row = 0; row < rows; row++)
        {
            Assert.True(
                expected[row] is { } bytes ? read[row] is { } back && bytes.AsSpan().SequenceEqual(back) : read[row] is null,
                $"row {row} of {rows} {runs[0].Type}");
        }
    }

    private static byte[]?[] Read<T>(ColumnReader<T> reader, int rows, Func<T, byte[]> bytes)
        where T : unmanaged
    {
        var read = new byte[]?[rows];
        var levels = new short[rows];
        var values = new T[rows];
        for (var row = 0; row < rows;)
        {
            var count = (int)reader.ReadBatch(rows - row, levels, new short[rows], values, out var valueCount);
            var value = 0;
            for (var i = 0; i < count; i++)
            {
                read[row++] = levels[i] == 1 ? bytes(values[value++]) : null;
            }

            Assert.Equal(valueCount, value);
        }

        return read;
    }

    private static byte[] Bytes(ByteArray text)
    {
        var bytes = new byte[text.Length];
        if (text.Length > 0)
        {
            Marshal.Copy(text.Pointer, bytes, 0, text.Length);
        }

        return bytes;
    }

    private static ParquetFileReader Written(Column[] runs, EncodingSet set, ParquetCompression compression) =>
        new(new MemoryStream(Bytes(runs, set, compression, DatasetColumnRole.Feature)));

    private static byte[] Bytes(Column[] runs, EncodingSet set, ParquetCompression compression, DatasetColumnRole role)
    {
        DatasetColumn[] columns = [new("x", runs[0].Type, role, "1")];
        var encoder = new ColumnEncoder(set);
        IReadOnlyList<EncodedColumn> chunks = [.. runs.Select(run => Encoded(encoder, run))];
        using var output = new MemoryStream();
        using (var writer = new ParquetFormat(compression).CreatePart(output, columns))
        {
            writer.Write(new FeatureBatch(new AnswerHeader("s", "v", 1, columns), default, 0, runs.Sum(run => run.Length), [chunks]));
            writer.Complete();
        }

        return output.ToArray();
    }

    private static EncodedColumn Encoded(ColumnEncoder encoder, Column column)
    {
        var payload = new byte[encoder.Measure(column, 0, column.Length)];
        var position = 0;
        var layout = encoder.Write(payload, ref position);
        return EncodedColumn.Read(column.Type, layout, payload);
    }
}
