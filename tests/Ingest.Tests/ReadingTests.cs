using FeatureService.Engine.Snapshots;
using FeatureService.Testing;
using ParquetSharp;

namespace FeatureService.Ingest.Tests;

/// <summary>What the keys <c>time_unit</c>, <c>time_format</c>, <c>nan</c> and <c>order</c> of a source do.</summary>
public sealed class ReadingTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("s", "1709546400", "2024-03-04T10:00:00Z")]
    [InlineData("ms", "1709546400123", "2024-03-04T10:00:00.123Z")]
    [InlineData("us", "1709546400123456", "2024-03-04T10:00:00.123456Z")]
    [InlineData("ns", "1709546400123456789", "2024-03-04T10:00:00.123456Z")]
    [InlineData("ns", "-1", "1969-12-31T23:59:59.999999Z")]
    public void Integers_are_instants_in_the_unit_and_finer_ones_are_floored(string unit, string number, string utc)
    {
        _folder.Write("e.csv", $"user_id,at\n1,{number}\n");
        Builds.Build(_folder, Builds.Catalog("e.csv", $"time_unit: {unit}", zone: "Asia/Tokyo"));
        Assert.Equal("at timestamp", Builds.Columns(_folder));
        Assert.Equal(TimesOf(utc), Times());
    }

    [Fact]
    public void Integers_of_Parquet_and_of_the_availability_are_instants_too()
    {
        Parquet("e.parquet", [1, 2], [1000, 3000]);
        _folder.Write("f.csv", "user_id,at,known\n3,5000,\n4,2024-03-04,6000\n");
        Builds.Build(_folder, Builds.Catalog("[e.parquet, f.csv]", "columns: {at: timestamp}\ntime_unit: ms"));
        Assert.Equal(
            TimesOf("1970-01-01T00:00:01Z", "1970-01-01T00:00:03Z", "1970-01-01T00:00:05Z", "2024-03-04T00:00:00Z").Order(), Times().Order());
        _folder.Write("f.csv", "user_id,at,known\n3,5000,7000\n");
        Builds.Build(_folder, Builds.Catalog("f.csv", "available: known\ntime_unit: s"));
        Assert.Equal("at timestamp, known timestamp", Builds.Columns(_folder));
    }

    [Fact]
    public void An_integer_beyond_the_calendar_is_a_bad_row()
    {
        _folder.Write("e.csv", "user_id,at\n1,9223372036854775807\n");
        Assert.Equal(
            $"{_folder["e.csv"]}:2: '9223372036854775807' in column at: expected timestamp, or an integer in s",
            Builds.Refused(_folder, Builds.Catalog("e.csv", "time_unit: s"))[1]);
    }

    [Fact]
    public void A_unit_without_integers_and_a_format_without_text_are_refused()
    {
        _folder.Write("e.csv", "user_id,at\n1,2024-03-04\n");
        Assert.EndsWith(
            "source e: time_unit is for integers, but at is date: expected no time_unit",
            Assert.Single(Builds.Refused(_folder, Builds.Catalog("e.csv", "time_unit: s"))),
            StringComparison.Ordinal);
        Parquet("e.parquet", [1], [1000]);
        Assert.Contains(
            Builds.Refused(_folder, Builds.Catalog("e.parquet", "time_format: '%Y-%m-%d'")),
            message => message.EndsWith("source e: time_format is for text, but at is int64: expected no time_format", StringComparison.Ordinal));
        Assert.EndsWith(
            "source e: time column at holds numbers: expected a timestamp, a date, text that reads as one, or integers and time_unit",
            Assert.Single(Builds.Refused(_folder, Builds.Catalog("e.parquet"))),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Text_reads_by_the_format_in_the_zone_of_the_source()
    {
        _folder.Write("e.csv", "user_id,at\n1,04/03/2024 9:05\n2,04/07/2024 09:05\n");
        Builds.Build(_folder, Builds.Catalog("e.csv", "time_zone: Europe/London\ntime_format: '%d/%m/%Y %H:%M'"));
        Assert.Equal("at timestamp", Builds.Columns(_folder));
        Assert.Equal(TimesOf("2024-03-04T09:05:00Z", "2024-07-04T08:05:00Z").Order(), Times().Order());
        _folder.Write("e.csv", "user_id,at\n1,20240304\n");
        Builds.Build(_folder, Builds.Catalog("e.csv", "time_format: '%Y%m%d'", zone: "Asia/Tokyo"));
        Assert.Equal("at date", Builds.Columns(_folder));
        Assert.Equal(TimesOf("2024-03-03T15:00:00Z"), Times());
    }

    [Fact]
    public void Text_that_does_not_fit_the_format_is_a_bad_row()
    {
        _folder.Write("e.csv", "user_id,at\n1,2024-03-04\n");
        Assert.Equal(
            $"{_folder["e.csv"]}:2: '2024-03-04' in column at: expected timestamp as %d/%m/%Y %H:%M",
            Builds.Refused(_folder, Builds.Catalog("e.csv", "time_format: '%d/%m/%Y %H:%M'"))[1]);
    }

    [Fact]
    public void NaN_is_a_value_unless_it_is_read_as_null()
    {
        _folder.Write("e.csv", "user_id,at,x,n\n1,2024-01-01,NaN,1\n1,2024-01-02,0.5,nan\n");
        Builds.Build(_folder, Builds.Catalog("e.csv", "columns: {x: float64}"));
        Assert.Equal([true, true], Valid("x"));
        Builds.Build(_folder, Builds.Catalog("e.csv", "columns: {x: float64, n: int64}\nnan: null"));
        Assert.Equal([false, true], Valid("x"));
        Assert.Equal([true, false], Valid("n"));
    }

    [Theory]
    [InlineData("int64", "10,9,,9", "9|9|10|")]
    [InlineData("string", "10,9,,9", "10|9|9|")]
    [InlineData("float64", "NaN,-0.5,,1", "-0.5|1|NaN|")]
    [InlineData("bool", "true,false,,false", "false|false|true|")]
    [InlineData("date", "2024-02-01,2024-01-02,,2024-01-03", "2024-01-02|2024-01-03|2024-02-01|")]
    public void Ties_of_time_are_broken_by_the_column_of_order_with_nulls_last(string type, string values, string sorted)
    {
        var rows = values.Split(',').Select((value, i) => $"1,2024-01-01,{value},{value}:{i}\n");
        _folder.Write("e.csv", "user_id,at,id,mark\n" + string.Concat(rows) + "1,2023-12-31,,early\n");
        Builds.Build(_folder, Builds.Catalog("e.csv", $"columns: {{mark: string, id: {type}}}\norder: id"));
        string[] marks = [.. sorted.Split('|').Select(value => value + ":")];
        var found = Marks();
        Assert.Equal("early", found[0]);
        Assert.Equal(marks, found.Skip(1).Select(mark => mark[..(mark.IndexOf(':', StringComparison.Ordinal) + 1)]));
    }

    [Fact]
    public void Equal_values_of_order_keep_their_position()
    {
        _folder.Write("e.csv", "user_id,at,id,mark\n1,2024-01-01,2,a\n1,2024-01-01,1,b\n1,2024-01-01,2,c\n1,2024-01-01,1,d\n");
        Builds.Build(_folder, Builds.Catalog("e.csv", "columns: {mark: string}\norder: id"));
        Assert.Equal("mark string, at date, id int64", Builds.Columns(_folder));
        Assert.Equal(["b", "d", "a", "c"], Marks());
    }

    [Fact]
    public void An_order_that_is_missing_or_the_entity_is_refused()
    {
        _folder.Write("e.csv", "user_id,at\n1,2024-01-01\n");
        Assert.EndsWith(
            $"the order id is not in {_folder["e.csv"]}: its columns are user_id, at",
            Assert.Single(Builds.Refused(_folder, Builds.Catalog("e.csv", "order: id"))),
            StringComparison.Ordinal);
        Assert.EndsWith(
            "order is user_id, which breaks no ties of one entity: expected another column, or no such key",
            Assert.Single(Builds.Refused(_folder, Builds.Catalog("e.csv", "order: user_id"))),
            StringComparison.Ordinal);
    }

    private void Parquet(string name, long[] users, long[] times)
    {
        using var writer = new ParquetFileWriter(_folder[name], [new ParquetSharp.Column<long>("user_id"), new ParquetSharp.Column<long>("at")]);
        using var group = writer.AppendRowGroup();
        using (var column = group.NextColumn().LogicalWriter<long>())
        {
            column.WriteBatch(users);
        }

        using (var column = group.NextColumn().LogicalWriter<long>())
        {
            column.WriteBatch(times);
        }

        writer.Close();
    }

    private long[] Times() => Read(events => events.Times.ToArray());

    private bool[] Valid(string column) => ReadColumn(column, (events, values) => Enumerable.Range(0, events.Count).Select(values.IsValid).ToArray());

    private string[] Marks() => ReadColumn("mark", (events, values) =>
        Enumerable.Range(0, events.Count).Select(e => values.Dictionary!.Text(values.Values<int>()[e])).ToArray());

    private T Read<T>(Func<SourceEvents, T> read)
    {
        using var snapshot = MappedSnapshot.Open(_folder["out"]);
        return read(snapshot.Slice(default).Source(0));
    }

    private T ReadColumn<T>(string name, Func<SourceEvents, EventColumn, T> read)
    {
        using var snapshot = MappedSnapshot.Open(_folder["out"]);
        var events = snapshot.Slice(default).Source(0);
        return read(events, events.Column(snapshot.Catalog.Sources[0].IndexOf(name)));
    }

    private static long[] TimesOf(params string[] utc) =>
        [.. utc.Select(text => (DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture).UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond)];
}
