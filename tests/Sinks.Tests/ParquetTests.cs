using System.Runtime.InteropServices;
using FeatureService.Client.Datasets;
using FeatureService.Client.FanOut;
using FeatureService.Client.Transport;
using FeatureService.Core.Columns;
using FeatureService.Core.Keys;
using FeatureService.Parquet;
using FeatureService.Sinks.Parquet;
using FeatureService.Testing;
using ParquetSharp;
using Column = FeatureService.Core.Columns.Column;

namespace FeatureService.Sinks.Tests;

public sealed class ParquetTests
{
    private static readonly DatasetColumn[] Columns =
    [
        new("user", ColumnType.String, DatasetColumnRole.Entity, ""),
        new("week", ColumnType.Date, DatasetColumnRole.Week, ""),
        new("flag", ColumnType.Bool, DatasetColumnRole.Feature, "1"),
        new("count", ColumnType.Int64, DatasetColumnRole.Feature, "2"),
        new("amount", ColumnType.Float64, DatasetColumnRole.Feature, "3"),
        new("ratio", ColumnType.Float32, DatasetColumnRole.Feature, "4"),
        new("city", ColumnType.String, DatasetColumnRole.Feature, "5"),
        new("day", ColumnType.Date, DatasetColumnRole.Feature, "6"),
        new("seen", ColumnType.Timestamp, DatasetColumnRole.Label, "7"),
        new("row_status", ColumnType.String, DatasetColumnRole.RowStatus, ""),
    ];

    public static TheoryData<ParquetCompression> Compressions => [ParquetCompression.Zstd, ParquetCompression.Snappy, ParquetCompression.None];

    [Theory]
    [MemberData(nameof(Compressions))]
    public void Values_and_nulls_read_back_as_they_were(ParquetCompression compression)
    {
        using var folder = new TempFolder();
        Write(folder["a.parquet"], compression, Batch(0, 200), Batch(200, 37));
        using var file = new ParquetFileReader(folder["a.parquet"]);
        Assert.Equal(2, file.FileMetaData.NumRowGroups);
        Check(file, 0, 0, 200);
        Check(file, 1, 200, 37);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(50)]
    [InlineData(99)]
    public void A_disk_that_is_full_ends_the_file_with_the_disks_own_error(int percentThatFits)
    {
        using var whole = new FullDisk(long.MaxValue);
        Write(whole, Batch(0, 5));
        using var disk = new FullDisk(whole.Length * percentThatFits / 100);
        var error = Assert.Throws<IOException>(() => Write(disk, Batch(0, 5)));
        Assert.Equal("No space left on device", error.Message);
    }

    [Fact]
    public void Columns_have_the_types_of_the_dataset()
    {
        using var folder = new TempFolder();
        Write(folder["a.parquet"], ParquetCompression.Zstd, Batch(0, 3));
        using var file = new ParquetFileReader(folder["a.parquet"]);
        var schema = Enumerable.Range(0, Columns.Length).Select(i => file.FileMetaData.Schema.Column(i)).ToArray();
        Assert.Equal(Columns.Select(c => c.Name), schema.Select(c => c.Name));
        Assert.Equal(LogicalType.Date(), schema[1].LogicalType);
        Assert.Equal(LogicalType.String(), schema[6].LogicalType);
        var time = Assert.IsType<TimestampLogicalType>(schema[8].LogicalType);
        Assert.True(time.IsAdjustedToUtc && time.TimeUnit == TimeUnit.Micros);
        Assert.Equal([0, 0, 1, 1, 1, 1, 1, 1, 1, 0], schema.Select(c => (int)c.MaxDefinitionLevel));
    }

    [Fact]
    public void Numbers_go_without_dictionary_and_keys_with_one()
    {
        using var folder = new TempFolder();
        Write(folder["a.parquet"], ParquetCompression.Zstd, Batch(0, 200));
        using var file = new ParquetFileReader(folder["a.parquet"]);
        using var group = file.RowGroup(0);
        Assert.Contains(Encoding.RleDictionary, group.MetaData.GetColumnChunkMetaData(0).Encodings);
        Assert.DoesNotContain(Encoding.RleDictionary, group.MetaData.GetColumnChunkMetaData(5).Encodings);
        Assert.Equal(Compression.Zstd, group.MetaData.GetColumnChunkMetaData(5).Compression);
    }

    [Fact]
    public void Files_put_together_read_as_one()
    {
        using var folder = new TempFolder();
        Write(folder["a.parquet"], ParquetCompression.Zstd, Batch(0, 100), Batch(100, 50));
        Write(folder["b.parquet"], ParquetCompression.Zstd);
        Write(folder["c.parquet"], ParquetCompression.Zstd, Enumerable.Range(0, 20).Select(i => Batch(150 + (i * 5), 5)).ToArray());
        using (var output = File.Create(folder["all.parquet"]))
        {
            new ParquetFormat().Concatenate([folder["a.parquet"], folder["b.parquet"], folder["c.parquet"]], output, TestContext.Current.CancellationToken);
        }

        using var file = new ParquetFileReader(folder["all.parquet"]);
        Assert.Equal(250, file.FileMetaData.NumRows);
        Assert.Equal(22, file.FileMetaData.NumRowGroups);
        Check(file, 0, 0, 100);
        Check(file, 1, 100, 50);
        for (var i = 0; i < 20; i++)
        {
            Check(file, 2 + i, 150 + (i * 5), 5);
        }
    }

    [Fact]
    public void One_file_put_together_is_itself()
    {
        using var folder = new TempFolder();
        Write(folder["a.parquet"], ParquetCompression.Zstd, Batch(0, 100), Batch(100, 50));
        using var output = new MemoryStream();
        new ParquetFormat().Concatenate([folder["a.parquet"]], output, TestContext.Current.CancellationToken);
        Assert.Equal(File.ReadAllBytes(folder["a.parquet"]), output.ToArray());
    }

    [Fact]
    public void Columns_of_several_files_are_woven_into_the_file_that_one_writer_makes()
    {
        using var folder = new TempFolder();
        Write(folder["all.parquet"], ParquetCompression.Zstd, Batch(0, 100), Batch(100, 50), Batch(150, 7));
        Write(folder["more.parquet"], ParquetCompression.Zstd, Batch(200, 9), Batch(0, 100), Batch(100, 50), Batch(150, 7), Batch(300, 5));
        var format = new ParquetFormat();
        using var all = format.Open(File.OpenRead(folder["all.parquet"]));
        using var more = format.Open(File.OpenRead(folder["more.parquet"]));
        Assert.Equal([9, 100, 50, 7, 5], more.RowGroups);
        using var output = new MemoryStream();
        var sources = Columns.Select((_, i) => i % 3 == 0 ? new ColumnSource(all, i, 0, 3) : new ColumnSource(more, i, 1, 3)).ToArray();
        format.Weave(Columns, sources, output, TestContext.Current.CancellationToken);
        Assert.Equal(File.ReadAllBytes(folder["all.parquet"]), output.ToArray());
    }

    [Fact]
    public void Woven_columns_take_new_names_and_places()
    {
        using var folder = new TempFolder();
        Write(folder["all.parquet"], ParquetCompression.Snappy, Batch(0, 100), Batch(100, 50));
        var format = new ParquetFormat(ParquetCompression.Snappy);
        using var all = format.Open(File.OpenRead(folder["all.parquet"]));
        using (var output = File.Create(folder["woven.parquet"]))
        {
            format.Weave(
                [Columns[0], Columns[6] with { Name = "town" }, Columns[3], Columns[6]],
                [new ColumnSource(all, 0, 1, 1), new ColumnSource(all, 6, 1, 1), new ColumnSource(all, 3, 1, 1), new ColumnSource(all, 6, 1, 1)],
                output,
                TestContext.Current.CancellationToken);
        }

        using var file = new ParquetFileReader(folder["woven.parquet"]);
        Assert.Equal(50, file.FileMetaData.NumRows);
        using var group = file.RowGroup(0);
        Assert.Equal(["user", "town", "count", "city"], Enumerable.Range(0, 4).Select(i => file.FileMetaData.Schema.Column(i).Name));
        Assert.Equal(Enumerable.Range(100, 50).Select(User), group.Column(0).LogicalReader<string>().ReadAll(50));
        Assert.Equal(Enumerable.Range(100, 50).Select(City), group.Column(1).LogicalReader<string?>().ReadAll(50));
        Assert.Equal(Enumerable.Range(100, 50).Select(Count), group.Column(2).LogicalReader<long?>().ReadAll(50));
        Assert.Equal(Enumerable.Range(100, 50).Select(City), group.Column(3).LogicalReader<string?>().ReadAll(50));
    }

    [Fact]
    public void Files_of_other_row_groups_are_not_woven()
    {
        using var folder = new TempFolder();
        Write(folder["a.parquet"], ParquetCompression.Zstd, Batch(0, 100), Batch(100, 50));
        Write(folder["b.parquet"], ParquetCompression.Zstd, Batch(0, 100), Batch(100, 49));
        var format = new ParquetFormat();
        using var a = format.Open(File.OpenRead(folder["a.parquet"]));
        using var b = format.Open(File.OpenRead(folder["b.parquet"]));
        using var output = new MemoryStream();
        var error = Assert.Throws<InvalidDataException>(() => format.Weave(
            Columns[..2], [new ColumnSource(a, 0, 0, 2), new ColumnSource(b, 1, 0, 2)], output, TestContext.Current.CancellationToken));
        Assert.Contains("b.parquet", error.Message, StringComparison.Ordinal);
        Assert.Contains("differ in their row groups", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(-1)]
    [InlineData(-30)]
    public void A_part_that_is_cut_short_is_refused_by_name(int length)
    {
        using var folder = new TempFolder();
        Write(folder["a.parquet"], ParquetCompression.Zstd, Batch(0, 100));
        using (var file = new FileStream(folder["a.parquet"], FileMode.Open))
        {
            file.SetLength(length < 0 ? file.Length + length : length);
        }

        using var output = new MemoryStream();
        var error = Assert.Throws<InvalidDataException>(() => new ParquetFormat().Concatenate([folder["a.parquet"]], output, TestContext.Current.CancellationToken));
        Assert.Contains("a.parquet", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_column_that_came_in_several_runs_is_one_column()
    {
        using var folder = new TempFolder();
        var runs = new[] { Batch(0, 13), Batch(13, 64), Batch(77, 123) };
        var segments = Columns.Select((_, i) => (IReadOnlyList<Column>)[.. runs.Select(r => r.Segments(i)[0])]).ToArray();
        Write(folder["a.parquet"], ParquetCompression.Zstd, new FeatureBatch(runs[0].Header, default, 0, 200, segments));
        using var file = new ParquetFileReader(folder["a.parquet"]);
        Check(file, 0, 0, 200);
    }

    [Fact]
    public void A_status_that_is_null_is_refused()
    {
        var segments = Batch(0, 8);
        var columns = Enumerable.Range(0, Columns.Length).Select(segments.Segments).ToArray();
        columns[0] = [Texts(i => i == 3 ? null : "x", 0, 8)];
        using var output = new MemoryStream();
        using var writer = new ParquetFormat().CreatePart(output, Columns);
        var error = Assert.Throws<InvalidDataException>(() => writer.Write(new FeatureBatch(segments.Header, default, 0, 8, columns)));
        Assert.Contains("user", error.Message, StringComparison.Ordinal);
    }

    private static void Write(string path, ParquetCompression compression, params FeatureBatch[] batches)
    {
        using var output = File.Create(path);
        Write(output, compression, batches);
    }

    private static void Write(Stream output, params FeatureBatch[] batches) => Write(output, ParquetCompression.Zstd, batches);

    private static void Write(Stream output, ParquetCompression compression, params FeatureBatch[] batches)
    {
        using var writer = new ParquetFormat(compression).CreatePart(output, Columns);
        foreach (var batch in batches)
        {
            writer.Write(batch);
        }

        writer.Complete();
    }

    private static void Check(ParquetFileReader file, int group, int first, int rows)
    {
        var all = Enumerable.Range(first, rows).ToArray();
        using var reader = file.RowGroup(group);
        Assert.Equal(all.Select(User), reader.Column(0).LogicalReader<string>().ReadAll(rows));
        Assert.Equal(all.Select(r => new Date(r % 100)), reader.Column(1).LogicalReader<Date>().ReadAll(rows));
        Assert.Equal(all.Select(Flag), reader.Column(2).LogicalReader<bool?>().ReadAll(rows));
        Assert.Equal(all.Select(Count), reader.Column(3).LogicalReader<long?>().ReadAll(rows));
        Assert.Equal(all.Select(Amount), reader.Column(4).LogicalReader<double?>().ReadAll(rows));
        Assert.Equal(all.Select(Ratio), reader.Column(5).LogicalReader<float?>().ReadAll(rows));
        Assert.Equal(all.Select(City), reader.Column(6).LogicalReader<string?>().ReadAll(rows));
        Assert.Equal(all.Select(r => Day(r) is { } day ? new Date(day) : (Date?)null), reader.Column(7).LogicalReader<Date?>().ReadAll(rows));
        Assert.Equal(
            all.Select(r => Seen(r) is { } micros ? DateTime.UnixEpoch.AddTicks(micros * 10) : (DateTime?)null),
            reader.Column(8).LogicalReader<DateTime?>().ReadAll(rows));
        Assert.Equal(all.Select(_ => "ok"), reader.Column(9).LogicalReader<string>().ReadAll(rows));
    }

    private static string User(int row) => $"user {row / 10}";

    private static bool? Flag(int row) => row % 3 == 0 ? null : row % 2 == 0;

    private static long? Count(int row) => row;

    private static double? Amount(int row) => row % 64 == 0 ? null : row == 65 ? double.NaN : row / 3.0;

    private static float? Ratio(int row) => row is >= 64 and < 160 ? null : row / 7f;

    private static string? City(int row) => row % 4 == 0 ? null : row % 4 == 1 ? "" : $"città {row % 5}";

    private static int? Day(int row) => row % 2 == 0 ? null : row - 50;

    private static long? Seen(int row) => row % 7 == 0 ? null : row * 1_000_001L;

    private static FeatureBatch Batch(int first, int rows) => new(
        new AnswerHeader("s", "v", 1, Columns),
        new SliceId(0, 0),
        0,
        rows,
        [
            [Texts(User, first, rows)],
            [Values(ColumnType.Date, r => (int?)(r % 100), first, rows)],
            [Values(ColumnType.Bool, r => Flag(r) is { } flag ? (byte)(flag ? 1 : 0) : (byte?)null, first, rows)],
            [Values(ColumnType.Int64, Count, first, rows)],
            [Values(ColumnType.Float64, Amount, first, rows)],
            [Values(ColumnType.Float32, Ratio, first, rows)],
            [Texts(City, first, rows)],
            [Values(ColumnType.Date, Day, first, rows)],
            [Values(ColumnType.Timestamp, Seen, first, rows)],
            [Texts(_ => "ok", first, rows)],
        ]);

    private static Column Values<T>(ColumnType type, Func<int, T?> value, int first, int rows)
        where T : unmanaged
    {
        var values = Enumerable.Range(first, rows).Select(value).ToArray();
        return new Column
        {
            Type = type,
            Length = rows,
            NullCount = values.Count(v => v is null),
            Validity = Validity([.. values.Select(v => v is not null)]),
            Data = MemoryMarshal.AsBytes<T>(values.Select(v => v ?? default).ToArray()).ToArray(),
        };
    }

    private static Column Texts(Func<int, string?> value, int first, int rows)
    {
        var values = Enumerable.Range(first, rows).Select(value).ToArray();
        var table = StringTable.Of(values.Select(v => v ?? ""));
        return new Column
        {
            Type = ColumnType.String,
            Length = rows,
            NullCount = values.Count(v => v is null),
            Validity = Validity([.. values.Select(v => v is not null)]),
            Data = table.Utf8,
            Offsets = table.OffsetBytes,
        };
    }

    private static byte[] Validity(bool[] valid)
    {
        if (valid.All(v => v))
        {
            return [];
        }

        var bits = new byte[Bitmap.Bytes(valid.Length)];
        for (var i = 0; i < valid.Length; i++)
        {
            if (valid[i])
            {
                Bitmap.Set(bits, i);
            }
        }

        return bits;
    }

    private sealed class FullDisk(long room) : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (Length + buffer.Length > room)
            {
                throw new IOException("No space left on device");
            }

            base.Write(buffer);
        }
    }
}
