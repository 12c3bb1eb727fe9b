using System.IO.Compression;
using System.Text;
using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;
using FeatureService.Core.Tables;
using FeatureService.Ingest.Tables;
using FeatureService.Testing;

namespace FeatureService.Ingest.Tests.Tables;

public sealed class CsvTableTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_column_has_the_first_type_that_reads_all_its_values()
    {
        _folder.Write("t.csv", "b,i,f,d,t,s,code\ntrue,1,1.5,2024-03-04,2024-03-04 10:15,x,007\n,,,,,,\nFALSE,-2,2,1969-12-31,2024-07-01T12:00:00Z,\"a,\"\"b\",8\n");
        var table = TableFile.Open(_folder["t.csv"], TestContext.Current.CancellationToken);
        Assert.Equal(
            "b bool, i int64, f float64, d date, t timestamp, s string, code string",
            string.Join(", ", table.Columns.Select(column => $"{column.Name} {column.Type.Name()}")));
        Assert.All(table.Columns, column => Assert.True(column.IsUntyped));
        Assert.Equal(
            [
                "1 | 1 | 1.5 | 19786 | 1709547300000000 | x | 007",
                "null | null | null | null | null | null | null",
                "0 | -2 | 2 | -1 | 1719835200000000 | a,\"b | 8",
            ],
            Read("t.csv").SelectMany(TableRows.Of));
    }

    [Fact]
    public void Columns_asked_for_as_text_stay_as_they_are_written()
    {
        _folder.Write("t.csv", "user_id,week\n12,2024-03-04\n");
        var column = Assert.Single(Read("t.csv", "user_id", "week")).Columns;
        Assert.All(column, c => Assert.Equal(ColumnType.String, c.Type));
        Assert.Equal(["12 | 2024-03-04"], Read("t.csv", "user_id", "week").SelectMany(TableRows.Of));
    }

    [Fact]
    public void Rows_have_their_lines()
    {
        _folder.Write("t.csv", "a,b\n1,\"two\nlines\"\n\n3,x\n");
        Assert.Equal([2L, 5L], Assert.Single(Read("t.csv")).Lines!.Take(2));
    }

    [Fact]
    public void Compressed_files_read_as_plain_ones()
    {
        using (var gzip = new GZipStream(File.Create(_folder["t.csv.gz"]), CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.UTF8.GetBytes("a\n1\n2\n"));
        }

        Assert.Equal(["1", "2"], Read("t.csv.gz").SelectMany(TableRows.Of));
    }

    [Fact]
    public void A_header_alone_is_a_table_without_rows()
    {
        _folder.Write("t.csv", "a,b\n");
        Assert.Equal(0, Read("t.csv").Sum(batch => batch.RowCount));
    }

    [Fact]
    public void Many_rows_come_in_order()
    {
        _folder.Write("t.csv", "a,s\n" + string.Concat(Enumerable.Range(0, 400_000).Select(i => $"{i},text {i % 100}\n")));
        var batches = Read("t.csv").ToList();
        Assert.True(batches.Count > 1);
        Assert.Equal(Enumerable.Range(0, 400_000).Select(i => $"{i} | text {i % 100}"), batches.SelectMany(TableRows.Of));
    }

    [Theory]
    [InlineData("a,b,a\n1,2,3\n", ": 2 columns have the name 'a': expected one")]
    [InlineData("", ": the file is empty: expected a header")]
    public void A_header_that_names_no_columns_apart_is_told(string text, string message)
    {
        _folder.Write("t.csv", text);
        Assert.Equal(_folder["t.csv"] + message, Assert.Throws<InputException>(() => TableFile.Open(_folder["t.csv"], TestContext.Current.CancellationToken)).Message);
    }

    [Fact]
    public void Records_of_another_length_are_told_with_their_lines()
    {
        _folder.Write("t.csv", "a,b\n1,2\n1\n1,2,3\n");
        var error = Assert.Throws<InputException>(() => Read("t.csv").ToList());
        Assert.Equal([$"{_folder["t.csv"]}:3: '1 fields': expected 2 fields", $"{_folder["t.csv"]}:4: '3 fields': expected 2 fields"], error.Messages);
    }

    [Fact]
    public void A_file_that_is_missing_or_of_no_known_format_is_told()
    {
        Assert.Equal("none.csv: there is no such file", Assert.Throws<InputException>(() => TableFile.Open("none.csv", TestContext.Current.CancellationToken)).Message);
        var path = _folder.Write("rows.txt", "a\n");
        Assert.Equal($"{path}: its name tells no format: expected .parquet, .csv, .csv.gz, .csv.zst", Assert.Throws<InputException>(() => TableFile.Open(path, TestContext.Current.CancellationToken)).Message);
    }

    private IEnumerable<TableBatch> Read(string name, params string[] asText) =>
        TableFile.Open(_folder[name], TestContext.Current.CancellationToken).Read(new TableReading(ZoneRules.Utc, asText.ToHashSet()), TestContext.Current.CancellationToken);
}
