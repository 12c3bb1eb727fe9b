
namespace FeatureService.Ingest.Tests.Postgres;

/// <summary>What the types of PostgreSQL become.</summary>
public sealed class ValueTests : IDisposable
{
    private const string At = "1::bigint as user_id, date '2024-03-04' as at";

    private readonly QueryWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData("smallint '-7'", "int64", "-7")]
    [InlineData("int '-2147483648'", "int64", "-2147483648")]
    [InlineData("bigint '9223372036854775807'", "int64", "9223372036854775807")]
    [InlineData("real '0.5'", "float64", "0.5")]
    [InlineData("float8 '0.1'", "float64", "0.1")]
    [InlineData("float8 'NaN'", "float64", "NaN")]
    [InlineData("numeric '12.50'", "float64", "12.5")]
    [InlineData("true", "bool", "true")]
    [InlineData("text 'käse'", "string", "käse")]
    [InlineData("varchar(9) 'x '", "string", "x ")]
    [InlineData("char(5) 'ab'", "string", "ab")]
    [InlineData("name 'n'", "string", "n")]
    [InlineData("uuid 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'", "string", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")]
    [InlineData("'literal'", "string", "literal")]
    [InlineData("text ''", "string", "")]
    [InlineData("null::int", "int64", "null")]
    [InlineData("null::text", "string", "null")]
    public void A_value_reads_as_its_type(string expression, string type, string shown)
    {
        _world.Build($"select {At}, {expression} as x");
        Assert.Equal($"at date, x {type}", Builds.Columns(_world.Folder));
        Assert.Equal($"2024-03-04 | {shown}", Assert.Single(_world.Values()));
    }

    [Fact]
    public void Dates_and_instants_read_from_the_first_year_to_the_last()
    {
        _world.Build($"select {At}, d, t, z from (values (date '0001-01-01', timestamp '1999-12-31 23:59:59.999999', timestamptz '2024-07-01 12:00+09'), ('9999-12-31', null, null)) as v (d, t, z)");
        Assert.Equal("at date, d date, t timestamp, z timestamp", Builds.Columns(_world.Folder));
        Assert.Equal(
            ["2024-03-04 | 0001-01-01 | 946684799999999 | 1719802800000000", "2024-03-04 | 9999-12-31 | null | null"],
            _world.Values());
    }

    [Fact]
    public void Stamps_without_a_zone_are_of_the_source_whatever_the_zone_of_the_server()
    {
        _world.Database.Run("do $$ begin execute format('alter database %I set timezone = %L', current_database(), 'America/New_York'); end $$");
        _world.Build(
            "select 1::bigint as user_id, timestamptz '2024-03-04 00:00Z' as at, timestamp '2024-03-04' as t, timestamptz '2024-03-04 00:00Z'::text as x",
            "time_zone: Asia/Tokyo");
        Assert.Equal("1709510400000000 | 1709478000000000 | 2024-03-04 00:00:00+00", Assert.Single(_world.Values()));
    }

    [Fact]
    public void Enumerations_and_texts_that_mind_no_case_are_texts_and_domains_are_what_they_stand_for()
    {
        _world.Database.Run("create type mood as enum ('sad', 'glad'); create domain km as int; create extension citext");
        _world.Build($"select {At}, 'glad'::mood as m, 7::km as k, 'Abc'::citext as c");
        Assert.Equal("at date, m string, k int64, c string", Builds.Columns(_world.Folder));
        Assert.Equal("2024-03-04 | glad | 7 | Abc", Assert.Single(_world.Values()));
    }

    [Fact]
    public void Decimals_are_read_by_their_digits()
    {
        string[] numbers =
        [
            "0", "0.00", "-0.5", "1", "10000", "-99999999", "100000000.0001", "0.00001234", "0.1", "12345678901234567890.125", "0.30000000000000004",
            "123456789.123456789", "1e30", "1e-30", "179769313486231570000", "9007199254740993", "0.1234567890123456789012345678901234567890",
        ];
        var values = string.Join(", ", numbers.Select((number, i) => $"({i}, numeric '{number}')"));
        _world.Build($"select {At}, i, n, n::float8 as f, n::text::float8 as g from (values {values}) as v (i, n)", "order: i");
        var lines = _world.Values();
        Assert.Equal(numbers.Length, lines.Count);
        Assert.All(lines, line => Assert.Equal(line.Split(" | ")[3], line.Split(" | ")[2]));
    }

    [Fact]
    public void Decimals_cast_to_units_and_to_integers()
    {
        _world.Build(
            $"select {At}, i, n as units, n as whole, n from (values (1, numeric '12.00'), (2, -3), (3, 92233720368547758.00), (4, null)) as v (i, n)",
            "columns: {i: int64, units: decimal(2), whole: int64}");
        Assert.Equal(["1 | 1200 | 12 | 2024-03-04", "2 | -300 | -3 | 2024-03-04", "3 | 9223372036854775800 | 92233720368547758 | 2024-03-04", "4 | null | null | 2024-03-04"], _world.Values());
    }

    [Fact]
    public void Decimals_that_are_no_integers_or_too_large_are_bad_rows() => Assert.Equal(
            [
                "the query of source e:1: '0.125' in column n: expected int64",
                "the query of source e:2: '92233720368547758070' in column n: expected int64",
                "the query of source e:3: 'NaN' in column n: expected int64",
                "the query of source e:4: 'Infinity' in column n: expected int64",
            ],
            _world.Refused($"select {At}, n from (values (numeric '0.125'), (92233720368547758070), ('NaN'), ('Infinity')) as v (n)", "columns: {n: int64}").Skip(1));

    [Fact]
    public void NaN_of_any_number_is_a_value_unless_it_is_read_as_null()
    {
        const string Query = $"select {At}, numeric 'NaN' as n, float8 'NaN' as f, numeric '-Infinity' as i";
        _world.Build(Query);
        Assert.Equal("2024-03-04 | NaN | NaN | -Infinity", Assert.Single(_world.Values()));
        _world.Build(Query, "nan: null");
        Assert.Equal("2024-03-04 | null | null | -Infinity", Assert.Single(_world.Values()));
    }

    [Theory]
    [InlineData("jsonb '{}'", "jsonb")]
    [InlineData("interval '1 h'", "interval")]
    [InlineData("array[1, 2]", "integer[]")]
    [InlineData("bytea 'x'", "bytea")]
    [InlineData("money '1'", "money")]
    public void A_type_that_no_column_has_is_left_out_and_using_it_is_an_error(string expression, string type)
    {
        var query = $"select {At}, {expression} as x";
        _world.Build(query);
        Assert.Equal("at date", Builds.Columns(_world.Folder));
        Assert.Equal($"the query of source e: column x has type {type}, which does not cast to string", Error(query, "columns: {x: string}"));
        Assert.Equal($"the query of source e: column x has type {type}: expected a time", Error(query, "", "x"));
    }

    [Fact]
    public void Columns_are_cast_as_those_of_files_are()
    {
        _world.Build(
            $"select {At}, ' 7'::text as pad, '7' as n, 1 as flag, 5 as label, true as truth, '2024-03-04T10:00:00+01:00' as t",
            "columns: {n: int64, flag: bool, label: string, truth: int64, t: timestamp}");
        Assert.Equal("7 | true | 5 | 1 | 1709542800000000 | 2024-03-04", Assert.Single(_world.Values()));
    }

    [Fact]
    public void Times_are_integers_in_a_unit_or_text_in_a_format()
    {
        _world.Build("select 1::bigint as user_id, 1709546400123 as at", "time_unit: ms");
        Assert.Equal("1709546400123000", Assert.Single(_world.Values()));
        _world.Build("select 1::bigint as user_id, '04/03/2024 10:00' as at", "time_format: '%d/%m/%Y %H:%M'");
        Assert.Equal("1709546400000000", Assert.Single(_world.Values()));
    }

    [Fact]
    public void Values_beyond_the_calendar_are_bad_rows() => Assert.Equal(
        [
            "the query of source e:1: 'infinity' in column at: expected timestamp",
            "the query of source e:2: '-infinity' in column at: expected timestamp",
            "the query of source e:4: 'an instant 252455616000000000 microseconds from 2000-01-01' in column at: expected timestamp",
        ],
        _world.Refused("select 1::bigint as user_id, t::timestamp as at from (values ('infinity'), ('-infinity'), ('2024-01-01'), ('10000-01-01')) as v (t)").Skip(1));

    private string Error(string query, string more, string time = "at") => Assert.Single(Assert.Throws<InputException>(() => SchemaReader.Resolve(
        Inputs.Catalog(_world.Folder, QueryWorld.Catalog(query, more, time: time)), TestContext.Current.CancellationToken)).Messages);
}
