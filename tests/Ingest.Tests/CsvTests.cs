using System.Text;
using FeatureService.Testing;

namespace FeatureService.Ingest.Tests;

public sealed class CsvTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("bool", "true", "FALSE", "True")]
    [InlineData("int64", "1", "0", "-9223372036854775808")]
    [InlineData("float64", "1", "1.5", "1e3")]
    [InlineData("float64", "9223372036854775808", "1", "-3")]
    [InlineData("float64", "NaN", "Infinity", "-inf")]
    [InlineData("date", "2024-02-29", "0001-01-01", "9999-12-31")]
    [InlineData("timestamp", "2024-02-29", "2024-02-29 10:00", "2024-02-29T10:00:00.123456789Z")]
    [InlineData("timestamp", "2024-02-29 10:00:00+09:00", "2024-02-29 10:00:00-0330", "2024-02-29 10:00:00+09")]
    [InlineData("string", "2023-02-29", "2024-02-29", "2024-02-29")]
    [InlineData("string", "1", "true", "0")]
    [InlineData("string", "1", "2024-01-01", "2")]
    [InlineData("string", "007", "8", "9")]
    [InlineData("string", "-01", "1.5", "2")]
    [InlineData("string", "+49", "50", "51")]
    [InlineData("float64", "0.5", "00.5", "0")]
    [InlineData("string", " 1", "2", "3")]
    [InlineData("string", "0x10", "2", "3")]
    [InlineData("string", "1,5", "2", "3")]
    [InlineData("bool", "", "", "")]
    [InlineData("int64", "", "7", "")]
    public void A_column_without_a_type_gets_the_first_that_reads_every_value(string type, params string[] values)
    {
        var text = new StringBuilder("user_id,at,x\n");
        foreach (var value in values)
        {
            text.Append("1,2024-01-01 00:00,").Append(value.Contains(',', StringComparison.Ordinal) ? $"\"{value}\"" : value).Append('\n');
        }

        _folder.Write("e.csv", text.ToString());
        Builds.Build(_folder, Builds.Catalog("e.csv"));
        Assert.Equal($"at timestamp, x {type}", Builds.Columns(_folder));
    }

    [Fact]
    public void The_type_is_that_of_all_files_of_the_source()
    {
        _folder.Write("1.csv", "user_id,at,x\n1,2024-01-01,1\n");
        _folder.Write("2.csv", "x,user_id,at\n1.5,1,2024-01-02\n");
        Builds.Build(_folder, Builds.Catalog("['1.csv', '2.csv']"));
        Assert.Equal("at date, x float64", Builds.Columns(_folder));
        Assert.Equal(3, Builds.Lines(_folder).Count);
    }

    [Fact]
    public void Quotes_commas_line_ends_and_marks_are_read_as_they_are_written()
    {
        var text = "\uFEFFuser_id,at,x\r\n1,2024-01-01,\"a \"\"b\"\", c\"\r\n1,2024-01-02,\"two\nlines\"\r\n\r\n1,2024-01-03,5\" disk\r\n1,2024-01-04,\r\n1,2024-01-05,end";
        _folder.Write("e.csv", text);
        Builds.Build(_folder, Builds.Catalog("e.csv"));
        Assert.Equal(
            ["'a \"b\", c'", "'two\nlines'", "'5\" disk'", "null", "'end'"],
            Builds.Lines(_folder).Skip(1).Select(line => line[(line.LastIndexOf('|') + 2)..]));
    }

    [Fact]
    public void Rows_without_entity_or_time_are_left_out_and_counted()
    {
        _folder.Write("e.csv", "user_id,at,x\n1,2024-01-01,1\n,2024-01-01,1\n2,,1\n,,1\n3,2024-01-01,\n");
        var report = Builds.Build(_folder, Builds.Catalog("e.csv"));
        var source = Assert.Single(report.Sources);
        Assert.Equal((2, 2, 1, 0), (source.EventCount, source.WithoutEntity, source.WithoutTime, source.BadCount));
        Assert.Equal(2, report.EntityCount);
    }

    [Fact]
    public void Rows_that_are_left_out_make_no_entities()
    {
        const string Rows = "user_id,at,x\na,2024-01-01,1\n";
        var catalog = Builds.Catalog("e.csv", "columns: {at: date, x: int64}").Replace("int64}\ntime", "string}\ntime", StringComparison.Ordinal);
        _folder.Write("e.csv", Rows);
        var whole = Builds.Build(_folder, catalog);
        _folder.Write("e.csv", Rows + "no time,,1\nbad,2024-01-01,x\n");
        var report = Builds.Build(_folder, catalog, options => options with { MaxBadRows = 1 });
        Assert.Equal((1, 1), (report.Sources[0].WithoutTime, report.Sources[0].BadCount));
        Assert.Equal(1, report.EntityCount);
        Assert.Equal(whole.SnapshotId, report.SnapshotId);
    }

    [Fact]
    public void Bad_rows_fail_the_build_with_file_line_and_value_of_the_first_ten()
    {
        var text = new StringBuilder("user_id,at,x\n1,2024-01-01,\"1\n\"\n");
        for (var i = 0; i < 12; i++)
        {
            text.Append("1,2024-01-01,bad").Append(i).Append('\n');
        }

        _folder.Write("e.csv", text.ToString());
        var catalog = Builds.Catalog("e.csv", "columns: {at: date, x: int64}");
        var messages = Builds.Refused(_folder, catalog);
        Assert.Equal(11, messages.Length);
        Assert.StartsWith("13 rows with values that cannot be read, more than the 0 allowed", messages[0], StringComparison.Ordinal);
        Assert.Equal($"{_folder["e.csv"]}:2: '1\n' in column x: expected int64", messages[1]);
        Assert.Equal($"{_folder["e.csv"]}:4: 'bad0' in column x: expected int64", messages[2]);
        var report = Builds.Build(_folder, catalog, options => options with { MaxBadRows = 13 });
        Assert.Equal((0, 13), (report.EventCount, report.Sources[0].BadCount));
        Assert.Equal(10, report.Sources[0].BadRows.Length);
    }

    [Theory]
    [InlineData("1,2024-01-01", "2 fields", "3 fields")]
    [InlineData("1,2024-01-01,2,3", "4 fields", "3 fields")]
    [InlineData("one,2024-01-01,2", "'one' in column user_id", "int64")]
    [InlineData("1,yesterday,2", "'yesterday' in column at", "timestamp")]
    [InlineData("1,2024-01-01,\"2\"x", "3 fields", "quotes closed")]
    public void A_row_that_cannot_be_read_is_bad(string row, string value, string expected)
    {
        _folder.Write("e.csv", $"user_id,at,x\n1,2024-01-01 00:00,1\n{row}\n");
        var message = Builds.Refused(_folder, Builds.Catalog("e.csv", "columns: {at: timestamp, x: int64}"))[1];
        Assert.Contains("e.csv:3: ", message, StringComparison.Ordinal);
        Assert.Contains(value, message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("user_id,at,x\n1,2024-01-01,a\n2,2024-01-02,\"b\n3,2024-01-03,c\n", 3)]
    [InlineData("user_id,at,x\n1,2024-01-01,\"b\"\"", 2)]
    [InlineData("user_id,at,x\n\n\"1\",\"2024\n-01-01\",\"b\n3,2024-01-03,c\n", 4)]
    [InlineData("user_id,at,x\n\"1,2024-01-01,a\n2,2024-01-02,b\n", 2)]
    [InlineData("user_id,at,x\n1,\"2024-01-01,a\n2,2024-01-02,b\n", 2)]
    [InlineData("user_id,\"at,x\n1,2024-01-01,a\n", 1)]
    public void A_quote_that_is_not_closed_fails_the_build_at_its_line_however_many_bad_rows_are_allowed(string text, int line)
    {
        _folder.Write("e.csv", text);
        foreach (var columns in new[] { "", "columns: {at: date, x: string}" })
        {
            var message = Assert.Single(Builds.Refused(_folder, Builds.Catalog("e.csv", columns), options => options with { MaxBadRows = 1000 }));
            Assert.StartsWith($"{_folder["e.csv"]}:{line}: a quote opens a field and is not closed", message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_quote_that_is_not_closed_is_found_blocks_behind_the_start()
    {
        var text = new StringBuilder("user_id,at,x\n");
        for (var row = 0; row < 200_000; row++)
        {
            text.Append(row).Append(",2024-01-01,").Append(row == 120_000 ? "\"open" : "y").Append('\n');
        }

        _folder.Write("e.csv", text.ToString());
        var message = Assert.Single(Builds.Refused(_folder, Builds.Catalog("e.csv", "columns: {at: date, x: string}")));
        Assert.StartsWith($"{_folder["e.csv"]}:120002: a quote opens a field", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_that_is_no_utf8_is_a_bad_value()
    {
        File.WriteAllBytes(_folder["e.csv"], [.. "user_id,at,x\n1,2024-01-01,"u8, 0xFF, 0xFE, (byte)'\n']);
        Assert.Contains("expected UTF-8", Builds.Refused(_folder, Builds.Catalog("e.csv"))[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_record_over_many_blocks_is_one_record()
    {
        var text = new string('x', 3_000_000).Insert(1_048_576, "\n\"\"\n");
        _folder.Write("e.csv", $"user_id,at,x\n1,2024-01-01,\"{text}\"\n2,2024-01-02,y\n");
        Builds.Build(_folder, Builds.Catalog("e.csv"));
        var lines = Builds.Lines(_folder);
        Assert.Equal(4, lines.Count);
        Assert.Contains("'" + text.Replace("\"\"", "\"", StringComparison.Ordinal) + "'", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_gzip_is_one_error()
    {
        File.WriteAllBytes(_folder["e.csv.gz"], [0x1f, 0x8b, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        Assert.Contains("cannot read it", Assert.Single(Builds.Refused(_folder, Builds.Catalog("e.csv.gz"))), StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_file_has_no_header()
    {
        _folder.Write("e.csv", "");
        Assert.Contains("expected a header", Assert.Single(Builds.Refused(_folder, Builds.Catalog("e.csv"))), StringComparison.Ordinal);
    }
}
