using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;
using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions;

namespace FeatureService.Engine.Tests.Definitions;

public sealed class CatalogReaderTests
{
    private const string NoReference =
        "4:28: the connection is no reference: expected env:VARIABLE or file:PATH, which holds the connection string, as secrets never stand in a catalog";

    private const string Full = """
        entity: {name: user_id, type: int64}
        time_zone: Asia/Tokyo
        week_starts: sunday
        complete_until: 2024-04-01
        sources:
          app_opens:
            files: app_opens/*.parquet
            time: opened_at
          rides:
            files: [rides/2023.csv, rides/2024.csv]
            entity: passenger
            time: picked_up_at
            time_zone: UTC
            available: settled_at
            settles_within: 30d
            columns: {fare: decimal(2), km: float64, area: string}
            complete_until: 2024-03-31 12:00
        """;

    [Fact]
    public void Every_key_is_read()
    {
        var catalog = Good(Full);
        Assert.Equal(("user_id", EntityKeyType.Int64), (catalog.EntityName, catalog.EntityType));
        Assert.Equal(("Asia/Tokyo", DayOfWeek.Sunday), (catalog.Calendar.Zone.Id, catalog.Calendar.WeekStart));
        Assert.Equal(Utc(2024, 3, 31, 15), catalog.CompleteUntil);
        Assert.Equal(["app_opens", "rides"], catalog.Sources.Select(source => source.Name));
        var rides = catalog.Sources[1];
        Assert.Equal(["rides/2023.csv", "rides/2024.csv"], rides.Files);
        Assert.Equal(("passenger", "picked_up_at", "settled_at"), (rides.EntityColumn, rides.TimeColumn, rides.AvailableColumn));
        Assert.Equal(("UTC", "zone UTC"), (rides.StampZone.Id, rides.Reading));
        Assert.Equal(new Length(30, LengthUnit.Day), rides.SettlesWithin);
        Assert.Equal(
            [new SourceColumn("fare", ColumnType.Int64, 2), new SourceColumn("km", ColumnType.Float64), new SourceColumn("area", ColumnType.String)],
            rides.Columns!.Value);
        Assert.Equal("catalog.yaml:9:3: source 'rides'", rides.Place.ToString());
    }

    [Fact]
    public void Completeness_without_offset_is_local_in_the_catalogs_zone_whatever_the_zone_of_the_source() =>
        Assert.Equal(Utc(2024, 3, 31, 3), Good(Full).Sources[1].CompleteUntil);

    [Fact]
    public void What_is_not_said_has_its_default()
    {
        var catalog = Good("entity: {name: id, type: string}\nsources: {s: {files: s.csv, time: t}}");
        Assert.Equal(("UTC", DayOfWeek.Monday, null), (catalog.Calendar.Zone.Id, catalog.Calendar.WeekStart, catalog.CompleteUntil));
        var source = catalog.Sources[0];
        Assert.Equal(("id", "UTC", null, null), (source.EntityColumn, source.StampZone.Id, source.AvailableColumn, source.SettlesWithin));
        Assert.Null(source.Columns);
        Assert.Null(source.CompleteUntil);
    }

    [Fact]
    public void All_errors_are_told_at_once_with_their_places() => Assert.Equal(
        [
            "catalog.yaml:1:28: the entity's type is 'int': expected int64 or string",
            "catalog.yaml:2:12: unknown time zone 'Asia/Tokio': did you mean 'Asia/Tokyo'?",
            "catalog.yaml:3:1: unknown key 'weekstarts' in the catalog: did you mean 'week_starts'?",
            "catalog.yaml:4:17: '2024-13-01' is no instant: expected a date as 2024-03-04 or a timestamp as 2024-03-04 10:15:00",
            "catalog.yaml:6:3: source 'rides' has neither 'files' nor 'postgres': expected one of them",
            "catalog.yaml:7:5: source 'rides' has no key 'time': expected one",
            "catalog.yaml:7:21: 'mo' is no unit, as months differ in length: expected weeks, as 13w",
            "catalog.yaml:8:21: unknown type 'float': did you mean 'float64'?",
            "catalog.yaml:8:33: decimal has 'x' digits behind the point: expected a number from 0 to 18, as decimal(2)",
            "catalog.yaml:9:5: unknown key 'files2' in source 'rides': did you mean 'files'?",
            "catalog.yaml:10:3: the source 'rides' stands twice: the first is in line 6",
        ],
        Errors("""
            entity: {name: user, type: int}
            time_zone: Asia/Tokio
            weekstarts: monday
            complete_until: 2024-13-01
            sources:
              rides:
                settles_within: 3mo
                columns: {fare: float, tip: decimal(x)}
                files2: x
              rides: {}
            """));

    [Fact]
    public void A_query_has_its_connection_by_reference_and_knows_its_place_in_the_file()
    {
        var source = Good("entity: {name: id, type: string}\nsources:\n  s:\n    postgres: {connection: env:EVENTS_DB, query: 'select ''x'' as y'}\n    time: t\n").Sources[0];
        Assert.Empty(source.Files);
        Assert.Equal(new SecretReference(SecretKind.Environment, "EVENTS_DB"), source.Postgres!.Connection);
        Assert.Equal("select 'x' as y", source.Postgres.Query);
        Assert.Equal("catalog.yaml:4:64: the query of source 's'", source.Postgres.PlaceOf("select 'x' as".Length - 2).ToString());
        source = Good("entity: {name: id, type: string}\nsources:\n  s:\n    postgres: {connection: file:../db.txt, query: table t}\n    time: t\n").Sources[0];
        Assert.Equal(("file:../db.txt", SecretKind.File), (source.Postgres!.Connection.ToString(), source.Postgres.Connection.Kind));
    }

    [Theory]
    [InlineData("postgres: {query: q}", "4:15: postgres of source 's' has no key 'connection': expected one")]
    [InlineData("postgres: {connection: env:A}", "4:15: postgres of source 's' has no key 'query': expected one")]
    [InlineData("postgres: {connection: env:A, query: ''}", "4:35: the key 'query' of postgres of source 's' has an empty text: expected a text")]
    [InlineData("postgres: {connection: env:A, query: q, tabel: x}", "4:45: unknown key 'tabel' in postgres of source 's': expected one of connection, query")]
    [InlineData("postgres: table t", "4:5: the key 'postgres' of source 's' has a text: expected {connection: env:VARIABLE or file:PATH, query: \"select ...\"}")]
    [InlineData("postgres: {connection: env:A, query: q}\n    files: s.csv", "4:5: source 's' has both 'files' and 'postgres': expected one of them")]
    [InlineData("postgres: {connection: Host=db;Password=hidden, query: q}", NoReference)]
    [InlineData("postgres: {connection: 'env:Host=db;Password=hidden', query: q}", NoReference)]
    [InlineData("postgres: {connection: 'env:', query: q}", NoReference)]
    public void A_query_that_is_wrong_says_what_was_expected_and_shows_no_secret(string key, string message) => Assert.Equal(
        ["catalog.yaml:" + message],
        Errors($"entity: {{name: id, type: string}}\nsources:\n  s:\n    {key}\n    time: t\n"));

    [Theory]
    [InlineData("time_unit: min", "6:16: 'min' is no unit of time: expected s, ms, us, ns")]
    [InlineData("time_format: '%d'", "6:18: the time format does not name a date: expected year, month and day each once, as %Y-%m-%d, or year and %j")]
    [InlineData("nan: 0", "6:10: nan is '0': expected null, or no such key to keep NaN as a value")]
    [InlineData("nan: 'null'", "6:10: nan is 'null': expected null, or no such key to keep NaN as a value")]
    [InlineData("time_unit: s\n    time_format: '%F'", "6:16: time_unit is for integers and time_format for text: expected one of them")]
    public void Keys_of_reading_that_are_wrong_say_what_was_expected(string keys, string message) => Assert.Equal(
        ["catalog.yaml:" + message],
        Errors($"entity: {{name: id, type: string}}\nsources:\n  s:\n    files: s.csv\n    time: t\n    {keys}\n"));

    [Theory]
    [InlineData("", "zone UTC")]
    [InlineData("time_unit: ms\n    order: ride id\n    nan: null", "zone UTC time_unit ms order \"ride id\" nan null")]
    [InlineData("time_format: '%d/%m/%Y'", "zone UTC time_format \"%d/%m/%Y\"")]
    public void What_a_source_says_of_reading_is_part_of_its_fingerprints(string keys, string reading) => Assert.Equal(
        reading,
        Good($"entity: {{name: id, type: string}}\nsources:\n  s:\n    files: s.csv\n    time: t\n    {keys}\n").Sources[0].Reading);

    [Fact]
    public void Facts_without_time_have_no_time_column_and_read_stamps_and_NaN_as_events_do()
    {
        var source = Good("entity: {name: id, type: string}\nsources: {s: {files: s.csv, time: always, time_zone: Asia/Tokyo, nan: null}}").Sources[0];
        Assert.Null(source.TimeColumn);
        Assert.Equal("zone Asia/Tokyo nan null", source.Reading);
    }

    [Theory]
    [InlineData("time_unit", "s")]
    [InlineData("time_format", "'%Y-%m-%d'")]
    [InlineData("available", "known")]
    [InlineData("settles_within", "3d")]
    [InlineData("order", "id")]
    [InlineData("complete_until", "2024-01-01")]
    public void Keys_about_events_are_errors_of_facts_without_time(string key, string value) => Assert.Equal(
        [$"catalog.yaml:6:5: {key} is for events, which facts without time (time: always) are not: expected no such key"],
        Errors($"entity: {{name: id, type: string}}\nsources:\n  s:\n    files: s.csv\n    time: always\n    {key}: {value}\n"));

    [Theory]
    [InlineData("", "1:1: the file is empty: expected a mapping")]
    [InlineData("- a", "1:1: the catalog file holds a list: expected a mapping with the keys entity, time_zone, week_starts, complete_until, sources")]
    [InlineData("sources: {}", "1:1: the catalog has no key 'entity': expected {name: NAME, type: int64 or string}|1:10: the catalog has no source: expected at least one")]
    [InlineData("entity: {name: week, type: string}\nsources: {s: 1}", "1:16: the entity's name 'week' clashes with the column 'week': column names must differ, ignoring case|2:11: the source 's' has a text: expected a mapping with the keys files, postgres, entity, time, time_zone, time_unit, time_format, available, settles_within, order, nan, columns, complete_until")]
    [InlineData("entity: {name: id, type: string}\nsources: {s: {files: [], time: t}}", "2:22: the list of files is empty: expected at least one")]
    [InlineData("entity: {name: id, type: string}\nsources: {s: {files: [a, [b]], time: t}}", "2:26: the list of files holds a list: expected the name of a file or a glob")]
    [InlineData("entity: {name: id, type: string}\nweek_starts: tusday\nsources: {s: {files: a, time: t}}", "2:14: 'tusday' is no day of the week: did you mean 'tuesday'?")]
    public void A_catalog_of_the_wrong_form_is_refused(string text, string errors) =>
        Assert.Equal(errors.Split('|').Select(error => "catalog.yaml:" + error), Errors(text));

    private static CatalogFile Good(string text)
    {
        var result = CatalogReader.Read(text, "catalog.yaml");
        Assert.True(result.Catalog is not null, string.Join('\n', result.Diagnostics));
        return result.Catalog;
    }

    private static string[] Errors(string text)
    {
        var result = CatalogReader.Read(text, "catalog.yaml");
        Assert.Null(result.Catalog);
        return [.. result.Diagnostics.Select(diagnostic => diagnostic.ToString())];
    }

    private static long Utc(int year, int month, int day, int hour) =>
        (WeekCalendar.DayNumber(new DateOnly(year, month, day)) * Instants.MicrosPerDay) + (hour * Instants.MicrosPerHour);
}
