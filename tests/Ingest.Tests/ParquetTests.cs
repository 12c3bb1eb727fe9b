using FeatureService.Testing;
using ParquetSharp;

namespace FeatureService.Ingest.Tests;

public sealed class ParquetTests : IDisposable
{
    private static readonly DateTime s_noon = new(2024, 7, 1, 12, 0, 0, DateTimeKind.Unspecified);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Narrow_numbers_widen_and_decimals_become_float64()
    {
        Write(
            new Column<sbyte>("i8"), new sbyte[] { -8 },
            new Column<ushort>("u16"), new ushort[] { 65535 },
            new Column<uint>("u32"), new[] { uint.MaxValue },
            new Column<float>("f32"), new[] { 0.5f },
            new Column<decimal>("d", LogicalType.Decimal(29, 3)), new[] { 1.125m });
        Builds.Build(_folder, Builds.Catalog("e.parquet"));
        Assert.Equal("at timestamp, i8 int64, u16 int64, u32 int64, f32 float64, d float64", Builds.Columns(_folder));
        Assert.EndsWith("| -8 | 65535 | 4294967295 | 3fe0000000000000 | 3ff2000000000000", Builds.Lines(_folder)[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Decimals_of_two_digits_are_int64_in_hundredths_halves_away_from_zero()
    {
        Write(
            new Column<decimal>("a", LogicalType.Decimal(29, 3)), new[] { -1.125m },
            new Column<double>("b"), new[] { 1.005 },
            new Column<string>("c"), new[] { "12.3" },
            new Column<long>("d"), new[] { 7L });
        Builds.Build(_folder, Builds.Catalog("e.parquet", "columns: {a: decimal(2), b: decimal(2), c: decimal(2), d: decimal(2)}"));
        Assert.EndsWith(" -113 | 101 | 1230 | 700 | 1719835200000000", Builds.Lines(_folder)[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Stamps_of_any_unit_are_microseconds_and_those_without_zone_are_local()
    {
        Write(
            new Column<DateTime>("ms", LogicalType.Timestamp(true, TimeUnit.Millis)), new[] { s_noon },
            new Column<DateTimeNanos>("ns", LogicalType.Timestamp(true, TimeUnit.Nanos)), new[] { new DateTimeNanos(-1) },
            new Column<DateTime>("local", LogicalType.Timestamp(false, TimeUnit.Micros)), new[] { s_noon });
        Builds.Build(_folder, Builds.Catalog("e.parquet", "time_zone: Europe/London"));
        Assert.EndsWith("| 1719835200000000 | -1 | 1719831600000000", Builds.Lines(_folder)[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Text_reads_as_the_type_that_the_catalog_casts_to()
    {
        Write(
            new Column<string>("i"), new[] { "17850.0" },
            new Column<string>("f"), new[] { "1e3" },
            new Column<string>("t"), new[] { "2024-07-01T12:00:00Z" },
            new Column<string>("b"), new[] { "1" },
            new Column<long>("s"), new[] { -5L });
        Builds.Build(_folder, Builds.Catalog("e.parquet", "columns: {i: int64, f: float64, t: timestamp, b: bool, s: string}"));
        Assert.Contains("17850 | 408f400000000000 | 1719835200000000 | True | '-5'", Builds.Lines(_folder)[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_of_other_types_are_left_out_and_listing_one_is_an_error()
    {
        Write(new Column<int[]>("list"), new[] { new[] { 1, 2 } }, new Column<byte[]>("blob"), new[] { new byte[] { 1 } }, new Column<long>("x"), new[] { 1L });
        Builds.Build(_folder, Builds.Catalog("e.parquet"));
        Assert.Equal("at timestamp, x int64", Builds.Columns(_folder));
        Assert.EndsWith("| 1", Builds.Lines(_folder)[1], StringComparison.Ordinal);
        Directory.Delete(_folder["out"], recursive: true);
        var messages = Builds.Refused(_folder, Builds.Catalog("e.parquet", "columns: {list: string, blob: string}"));
        Assert.Equal(2, messages.Length);
        Assert.All(messages, message => Assert.Contains("does not cast to string", message, StringComparison.Ordinal));
    }

    [Fact]
    public void Values_beyond_int64_and_fractions_are_bad_rows()
    {
        Write(new Column<ulong>("u"), new[] { ulong.MaxValue }, new Column<double>("f"), new[] { 1.5 });
        Assert.Contains("e.parquet:1: '18446744073709551615' in column u: expected int64", Builds.Refused(_folder, Builds.Catalog("e.parquet"))[1], StringComparison.Ordinal);
        Assert.Contains("e.parquet:1: '1.5' in column f: expected int64", Builds.Refused(_folder, Builds.Catalog("e.parquet", "columns: {f: int64}"))[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Times_beyond_the_years_1_to_9999_are_bad_rows()
    {
        Write(new Column<Date>("d"), new[] { new Date(int.MaxValue) });
        Assert.Contains("in column d: expected date", Builds.Refused(_folder, Builds.Catalog("e.parquet"))[1], StringComparison.Ordinal);
        Write(new Column<DateTimeNanos>("t", LogicalType.Timestamp(true, TimeUnit.Nanos)), new[] { new DateTimeNanos(long.MinValue) });
        Builds.Build(_folder, Builds.Catalog("e.parquet"));
        Assert.EndsWith("| -9223372036854776", Builds.Lines(_folder)[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_column_that_some_files_lack_is_null_there_unless_the_catalog_lists_it()
    {
        Write(new Column<long>("x"), new[] { 1L });
        File.Move(_folder["e.parquet"], _folder["1.parquet"]);
        Write(new Column<double>("y"), new[] { 2.0 });
        Builds.Build(_folder, Builds.Catalog("['1.parquet', 'e.parquet']"));
        Assert.Equal("at timestamp, x int64, y float64", Builds.Columns(_folder));
        Assert.Equal(["1 | null", "null | 4000000000000000"], Builds.Lines(_folder).Skip(1).Select(line => line[(line.IndexOf('|', StringComparison.Ordinal) + 2)..]));
        Directory.Delete(_folder["out"], recursive: true);
        Assert.Contains($"column x is not in {_folder["e.parquet"]}", Assert.Single(Builds.Refused(_folder, Builds.Catalog("['1.parquet', 'e.parquet']", "columns: {x: int64}"))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_column_of_two_types_is_an_error_naming_it()
    {
        Write(new Column<long>("x"), new[] { 1L });
        File.Move(_folder["e.parquet"], _folder["1.parquet"]);
        Write(new Column<string>("x"), new[] { "a" });
        var message = Assert.Single(Builds.Refused(_folder, Builds.Catalog("['1.parquet', 'e.parquet']")));
        Assert.Equal($"{_folder["e.parquet"]}: column x is string, but int64 in an earlier file: expected one type, or one in 'columns'", message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Damaged_pages_and_a_damaged_footer_are_one_error_naming_the_file(int where)
    {
        Write(new Column<string>("x"), new[] { new string('x', 1000) });
        var bytes = File.ReadAllBytes(_folder["e.parquet"]);
        var at = where * (bytes.Length - 200);
        bytes.AsSpan(at, 200).Fill(0xA5);
        File.WriteAllBytes(_folder["e.parquet"], bytes);
        var message = Assert.Single(Builds.Refused(_folder, Builds.Catalog("e.parquet")));
        Assert.StartsWith($"{_folder["e.parquet"]}: cannot read it as Parquet: ", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_cut_or_no_parquet_at_all_is_one_error()
    {
        Write(new Column<long>("x"), new[] { 1L });
        File.WriteAllBytes(_folder["cut.parquet"], File.ReadAllBytes(_folder["e.parquet"])[..100]);
        _folder.Write("text.parquet", "user_id,at\n");
        Assert.Contains("cut.parquet: cannot read it as Parquet", Assert.Single(Builds.Refused(_folder, Builds.Catalog("cut.parquet"))), StringComparison.Ordinal);
        Assert.Contains("text.parquet: cannot read it as Parquet", Assert.Single(Builds.Refused(_folder, Builds.Catalog("text.parquet"))), StringComparison.Ordinal);
    }

    /// <summary>Writes one row of user 1 at noon with further columns: a column and an array of its one value each.</summary>
    private void Write(params object[] columnsAndValues)
    {
        var columns = columnsAndValues.OfType<Column>().Prepend(new Column<DateTime>("at", LogicalType.Timestamp(true, TimeUnit.Micros))).Prepend(new Column<long>("user_id"));
        using var writer = new ParquetFileWriter(_folder["e.parquet"], [.. columns], Compression.Zstd);
        using var rowGroup = writer.AppendRowGroup();
        Values(rowGroup, new[] { 1L });
        Values(rowGroup, new[] { s_noon });
        foreach (var values in columnsAndValues.Where(item => item is not Column))
        {
            Values(rowGroup, (dynamic)values);
        }

        writer.Close();
    }

    private static void Values<T>(RowGroupWriter rowGroup, T[] values)
    {
        using var column = rowGroup.NextColumn().LogicalWriter<T>();
        column.WriteBatch(values);
    }
}
