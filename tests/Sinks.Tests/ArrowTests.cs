using System.Globalization;
using System.Runtime.InteropServices;
using Apache.Arrow;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;
using FeatureService.Client.FanOut;
using FeatureService.Client.Transport;
using FeatureService.Core.Columns;
using FeatureService.Core.Keys;
using FeatureService.Sinks.Arrow;
using FeatureService.Testing;
using Column = FeatureService.Core.Columns.Column;

namespace FeatureService.Sinks.Tests;

/// <summary>Arrow files, read back by Arrow's own library.</summary>
public sealed class ArrowTests
{
    private static readonly DatasetColumn[] s_columns =
    [
        new("user", ColumnType.Int64, DatasetColumnRole.Entity, ""),
        new("week", ColumnType.Date, DatasetColumnRole.Week, ""),
        new("flag", ColumnType.Bool, DatasetColumnRole.Feature, "1"),
        new("amount", ColumnType.Float64, DatasetColumnRole.Feature, "2"),
        new("ratio", ColumnType.Float32, DatasetColumnRole.Feature, "3"),
        new("city", ColumnType.String, DatasetColumnRole.Feature, "4"),
        new("seen", ColumnType.Timestamp, DatasetColumnRole.Label, "5"),
        new("row_status", ColumnType.String, DatasetColumnRole.RowStatus, ""),
    ];

    /// <summary>Rows of the runs in which a batch's columns arrive; no null before the second run, and none at the edge of a byte.</summary>
    public static TheoryData<string> Runs => ["200", "64 136", "13 64 123", "1 1 6 3"];

    [Theory]
    [MemberData(nameof(Runs))]
    public void Values_and_nulls_read_back_as_they_were(string lengths)
    {
        int[] runs = [.. lengths.Split(' ').Select(length => int.Parse(length, CultureInfo.InvariantCulture))];
        using var folder = new TempFolder();
        Write(folder["a.arrow"], Batch(0, runs), Batch(500, [7]), Batch(600, runs));
        Check(folder["a.arrow"], (0, runs.Sum()), (500, 7), (600, runs.Sum()));
    }

    [Fact]
    public void Columns_have_the_types_of_the_dataset_and_nulls_where_there_may_be_any()
    {
        using var folder = new TempFolder();
        Write(folder["a.arrow"], Batch(0, [3]));
        using var reader = new ArrowFileReader(File.OpenRead(folder["a.arrow"]));
        using var batch = reader.ReadNextRecordBatch();
        var fields = batch.Schema.FieldsList;
        Assert.Equal(s_columns.Select(column => column.Name), fields.Select(field => field.Name));
        Assert.Equal([false, false, true, true, true, true, true, false], fields.Select(field => field.IsNullable));
        Assert.Equal(
            [ArrowTypeId.Int64, ArrowTypeId.Date32, ArrowTypeId.Boolean, ArrowTypeId.Double, ArrowTypeId.Float, ArrowTypeId.String, ArrowTypeId.Timestamp, ArrowTypeId.String],
            fields.Select(field => field.DataType.TypeId));
        var time = Assert.IsType<TimestampType>(fields[6].DataType);
        Assert.Equal((TimeUnit.Microsecond, "UTC"), (time.Unit, time.Timezone));
    }

    [Fact]
    public void Files_are_put_together_batch_by_batch()
    {
        using var folder = new TempFolder();
        Write(folder["a.arrow"], Batch(0, [13, 64]), Batch(100, [5]));
        Write(folder["b.arrow"], Batch(200, [50]));
        Write(folder["all.arrow"], Batch(0, [13, 64]), Batch(100, [5]), Batch(200, [50]));
        using (var output = File.Create(folder["joined.arrow"]))
        {
            new ArrowFormat().Concatenate([folder["a.arrow"], folder["b.arrow"]], output, TestContext.Current.CancellationToken);
        }

        Check(folder["joined.arrow"], (0, 77), (100, 5), (200, 50));
        Assert.Equal(File.ReadAllBytes(folder["all.arrow"]), File.ReadAllBytes(folder["joined.arrow"]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(-20)]
    [InlineData(-1)]
    public void A_part_that_is_not_whole_is_named(int length)
    {
        using var folder = new TempFolder();
        Write(folder["a.arrow"], Batch(0, [13, 64]));
        using (var file = File.OpenWrite(folder["a.arrow"]))
        {
            file.SetLength(length < 0 ? file.Length + length : length);
        }

        var error = Assert.Throws<InvalidDataException>(
            () => new ArrowFormat().Concatenate([folder["a.arrow"]], Stream.Null, TestContext.Current.CancellationToken));
        Assert.StartsWith(folder["a.arrow"], error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_is_null_is_refused()
    {
        var good = Batch(0, [8]);
        var columns = Enumerable.Range(0, s_columns.Length).Select(good.Segments).ToArray();
        columns[0] = [Values(ColumnType.Int64, row => row == 3 ? null : (long?)row, 0, 8)];
        using var writer = new ArrowFormat().CreatePart(Stream.Null, s_columns);
        var error = Assert.Throws<InvalidDataException>(() => writer.Write(new FeatureBatch(good.Header, default, 0, 8, columns)));
        Assert.Contains("column user has nulls", error.Message, StringComparison.Ordinal);
    }

    private static void Write(string path, params FeatureBatch[] batches)
    {
        using var output = File.Create(path);
        using var writer = new ArrowFormat().CreatePart(output, s_columns);
        foreach (var batch in batches)
        {
            writer.Write(batch);
        }

        writer.Complete();
    }

    private static void Check(string path, params (int First, int Rows)[] batches)
    {
        using var reader = new ArrowFileReader(File.OpenRead(path));
        foreach (var (first, rows) in batches)
        {
            using var batch = reader.ReadNextRecordBatch();
            Assert.Equal(rows, batch.Length);
            for (var i = 0; i < rows; i++)
            {
                var row = first + i;
                Assert.Equal(row, ((Int64Array)batch.Column(0)).GetValue(i));
                Assert.Equal(row % 100, ((Date32Array)batch.Column(1)).Values[i]);
                Assert.Equal(Flag(row), ((BooleanArray)batch.Column(2)).GetValue(i));
                Assert.Equal(Amount(row), ((DoubleArray)batch.Column(3)).GetValue(i));
                Assert.Equal(row / 7f, ((FloatArray)batch.Column(4)).GetValue(i));
                Assert.Equal(City(row), ((StringArray)batch.Column(5)).GetString(i));
                Assert.Equal(Seen(row), ((TimestampArray)batch.Column(6)).GetValue(i));
                Assert.Equal("ok", ((StringArray)batch.Column(7)).GetString(i));
            }
        }

        Assert.Null(reader.ReadNextRecordBatch());
    }

    private static bool? Flag(int row) => row % 3 == 1 ? null : row % 2 == 0;

    private static double? Amount(int row) => row % 100 is > 13 and < 20 ? null : row == 65 ? double.NaN : row / 3.0;

    private static string? City(int row) => row % 11 == 0 ? null : row % 5 == 0 ? "" : $"Zürich {row % 4}";

    private static long? Seen(int row) => row % 100 == 99 ? null : row * 1_000_003L;

    /// <summary>A batch whose columns arrive in runs, as they do where a slice takes several messages.</summary>
    private static FeatureBatch Batch(int first, int[] runs)
    {
        var columns = Enumerable.Range(0, s_columns.Length).Select(_ => new List<Column>()).ToArray();
        var at = first;
        foreach (var rows in runs)
        {
            columns[0].Add(Values(ColumnType.Int64, row => (long?)row, at, rows));
            columns[1].Add(Values(ColumnType.Date, row => (int?)(row % 100), at, rows));
            columns[2].Add(Values(ColumnType.Bool, row => Flag(row) is { } flag ? (byte)(flag ? 1 : 0) : (byte?)null, at, rows));
            columns[3].Add(Values(ColumnType.Float64, Amount, at, rows));
            columns[4].Add(Values(ColumnType.Float32, row => (float?)(row / 7f), at, rows));
            columns[5].Add(Column.Of([.. Enumerable.Range(at, rows).Select(City)]));
            columns[6].Add(Values(ColumnType.Timestamp, Seen, at, rows));
            columns[7].Add(Column.Of([.. Enumerable.Repeat("ok", rows)]));
            at += rows;
        }

        return new FeatureBatch(new AnswerHeader("s", "v", 1, s_columns), new SliceId(0, 0), 0, runs.Sum(), [.. columns.Select(list => (IReadOnlyList<Column>)list)]);
    }

    private static Column Values<T>(ColumnType type, Func<int, T?> value, int first, int rows)
        where T : unmanaged
    {
        var values = Enumerable.Range(first, rows).Select(value).ToArray();
        var validity = new byte[Bitmap.Bytes(rows)];
        for (var i = 0; i < rows; i++)
        {
            if (values[i] is not null)
            {
                Bitmap.Set(validity, i);
            }
        }

        return new Column
        {
            Type = type,
            Length = rows,
            NullCount = values.Count(v => v is null),
            Validity = validity,
            Data = MemoryMarshal.AsBytes<T>(values.Select(v => v ?? default).ToArray()).ToArray(),
        };
    }
}
