using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;
using FeatureService.Core.Tables;
using FeatureService.Ingest.Tables;
using FeatureService.Testing;
using ParquetSharp;

namespace FeatureService.Ingest.Tests.Tables;

public sealed class ParquetTableTests : IDisposable
{
    private static readonly DateTime s_noon = new(2024, 7, 1, 12, 0, 0, DateTimeKind.Unspecified);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Values_keep_their_types_and_narrow_integers_widen()
    {
        Write(
            new Column<bool?>("b"), new bool?[] { true, null, false },
            new Column<sbyte>("i8"), new sbyte[] { -8, 0, 8 },
            new Column<short?>("i16"), new short?[] { -16, null, 16 },
            new Column<int>("i32"), new[] { int.MinValue, 0, 1 },
            new Column<uint>("u32"), new uint[] { uint.MaxValue, 0, 1 },
            new Column<long?>("i64"), new long?[] { long.MinValue, 5, null },
            new Column<float>("f32"), new[] { 0.1f, float.NaN, -0f },
            new Column<double?>("f64"), new double?[] { 0.1, null, double.NegativeInfinity },
            new Column<string>("s"), new[] { "é", null, "" },
            new Column<Date>("d"), new[] { new Date(2024, 3, 4), new Date(1969, 12, 31), new Date(1, 1, 1) });
        Assert.Equal("b bool, i8 int64, i16 int64, i32 int64, u32 int64, i64 int64, f32 float32, f64 float64, s string, d date", Schema());
        Assert.Equal(
            [
                "1 | -8 | -16 | -2147483648 | 4294967295 | -9223372036854775808 | 0.1 | 0.1 | é | 19786",
                "null | 0 | null | 0 | 0 | 5 | NaN | null | null | -1",
                "0 | 8 | 16 | 1 | 1 | null | -0 | -Infinity |  | -719162",
            ],
            Rows());
    }

    [Fact]
    public void Bytes_of_nulls_are_zero_so_that_equal_tables_have_equal_bytes()
    {
        Write(new Column<long?>("x"), new long?[] { 7, null, 9 });
        var column = Assert.Single(Read()).Columns[0];
        Assert.Equal([7L, 0, 9], column.Values<long>().ToArray());
        Assert.Equal((1, 0b101), (column.NullCount, column.Validity.Span[0]));
    }

    [Fact]
    public void Stamps_of_any_unit_are_microseconds_and_those_without_zone_are_local()
    {
        Write(
            new Column<DateTime>("ms", LogicalType.Timestamp(true, ParquetSharp.TimeUnit.Millis)), new[] { s_noon },
            new Column<DateTimeNanos>("ns", LogicalType.Timestamp(true, ParquetSharp.TimeUnit.Nanos)), new[] { new DateTimeNanos(-1) },
            new Column<DateTime>("local", LogicalType.Timestamp(false, ParquetSharp.TimeUnit.Micros)), new[] { s_noon });
        Assert.Equal(["1719835200000000 | -1 | 1719831600000000"], Rows());
    }

    [Fact]
    public void A_type_that_no_column_can_hold_is_named()
    {
        Write(
            new Column<decimal>("price", LogicalType.Decimal(29, 3)), new[] { 1.125m },
            new Column<ulong>("u64"), new ulong[] { 1 },
            new Column<int[]>("list"), new[] { new[] { 1, 2 } });
        Assert.Equal(
            ["price None decimal(29, 3)", "u64 None uint64", "list None list"],
            TableFile.Open(_folder["t.parquet"], TestContext.Current.CancellationToken).Columns.Select(column => $"{column.Name} {column.Type} {column.TypeName}"));
    }

    [Fact]
    public void A_time_beyond_the_years_1_to_9999_is_told_with_its_row()
    {
        Write(new Column<Date>("d"), new[] { new Date(0), new Date(int.MaxValue) });
        var error = Assert.Throws<InputException>(() => Read().ToList());
        Assert.Equal($"{_folder["t.parquet"]}: column 'd', row 2: its time lies outside the years 1 to 9999", error.Message);
    }

    [Fact]
    public void Rows_come_in_batches_and_may_be_read_again()
    {
        Write(new Column<long>("x"), Enumerable.Range(0, 300_000).Select(i => (long)i).ToArray());
        var table = TableFile.Open(_folder["t.parquet"], TestContext.Current.CancellationToken);
        for (var i = 0; i < 2; i++)
        {
            var batches = table.Read(Reading, TestContext.Current.CancellationToken).ToList();
            Assert.True(batches.Count > 1);
            Assert.Equal(300_000, batches.Sum(batch => batch.RowCount));
            Assert.Equal(299_999, batches[^1].Columns[0].Values<long>()[^1]);
        }
    }

    [Fact]
    public void A_file_that_is_no_parquet_is_one_error()
    {
        _folder.Write("t.parquet", "user_id,week\n");
        Assert.Contains("cannot read it as Parquet", Assert.Throws<InputException>(() => TableFile.Open(_folder["t.parquet"], TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
    }

    private static TableReading Reading => new(ZoneRules.FromTzdb("Europe/London")!, new HashSet<string>());

    private void Write(params object[] columnsAndValues) => TableRows.Write(_folder["t.parquet"], columnsAndValues);

    private string Schema() => string.Join(", ", TableFile.Open(_folder["t.parquet"], TestContext.Current.CancellationToken).Columns.Select(column => $"{column.Name} {column.Type.Name()}"));

    private IEnumerable<TableBatch> Read() => TableFile.Open(_folder["t.parquet"], TestContext.Current.CancellationToken).Read(Reading, TestContext.Current.CancellationToken);

    private IEnumerable<string> Rows() => Read().SelectMany(TableRows.Of);
}
