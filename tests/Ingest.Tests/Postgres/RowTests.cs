using FeatureService.Testing;
using Npgsql;

namespace FeatureService.Ingest.Tests.Postgres;

/// <summary>Which rows a query gives a snapshot, and in which order.</summary>
public sealed class RowTests : IDisposable
{
    private const string Table = """
        create table rides (id int primary key, user_id bigint, at timestamptz, fare numeric(9, 2), km float8, area text, flag bool, day date);
        insert into rides select i, i * 7919 % 997, timestamptz '2023-01-01Z' + i % 5000 * interval '97 minutes 0.5 second',
          case when i % 11 > 0 then i % 4001 / 8.0 end, case when i % 13 > 0 then sqrt(i) end, case when i % 5 > 0 then 'area, ' || i % 37 end,
          case when i % 3 > 0 then i % 2 = 0 end, case when i % 17 > 0 then date '2023-01-01' + i % 400 end
        from generate_series(1, 40000) as i;
        """;

    private readonly QueryWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void The_same_rows_from_a_query_and_from_a_CSV_file_are_the_same_snapshot()
    {
        _world.Database.Run(Table);
        var fromQuery = _world.Build("select * from rides order by id", "order: id", zone: "Asia/Tokyo");
        Export("select id, user_id, at, fare, km, area, flag::text as flag, day from rides order by id", "rides.csv");
        var fromFile = Builds.Build(_world.Folder, Builds.Catalog("rides.csv", "order: id", zone: "Asia/Tokyo"));
        Assert.Equal(40_000, fromQuery.EventCount);
        Assert.Equal(997, fromQuery.EntityCount);
        Assert.Equal(fromFile.SnapshotId, fromQuery.SnapshotId);
    }

    [Fact]
    public void A_query_whose_rows_are_spilled_is_the_same_snapshot()
    {
        _world.Database.Run(Table);
        const string Query = "select user_id, at::date as at, fare, km, area, flag, day from rides";
        var inMemory = _world.Build(Query, change: options => options with { Partitions = 16 });
        BuildReport? spilled = null;
        MemoryTests.Least(bytes => spilled = _world.Build(Query, change: options => options with { Partitions = 16, MemoryBytes = bytes }));
        Assert.True(spilled!.SpilledBytes > 0);
        Assert.Equal(inMemory.SnapshotId, spilled.SnapshotId);
    }

    [Fact]
    public void The_order_in_which_rows_come_changes_nothing()
    {
        _world.Database.Run(Table);
        string[] ids = [.. new[] { "id", "id desc", "area, km" }.Select(order => _world.Build($"select user_id, at::date as at, area, km from rides order by {order}").SnapshotId)];
        Assert.Equal(ids[0], ids[1]);
        Assert.Equal(ids[0], ids[2]);
    }

    [Theory]
    [InlineData("", "1 | b, 1 | null, 2 | a, null | a")]
    [InlineData("order: name", "2 | a, null | a, 1 | b, 1 | null")]
    [InlineData("columns: {name: string, n: int64}", "a | 2, a | null, b | 1, null | 1")]
    public void Ties_are_broken_by_the_column_of_order_and_then_by_all_columns_as_the_catalog_has_them(string keys, string expected)
    {
        _world.Build("select 1::bigint as user_id, date '2024-03-04' as at, n, name from (values (2, 'a'), (null, 'a'), (1, null), (1, 'b')) as v (n, name)", keys);
        Assert.Equal(expected, string.Join(", ", _world.Values().Select(line => line.Replace("2024-03-04 | ", "", StringComparison.Ordinal).Replace(" | 2024-03-04", "", StringComparison.Ordinal))));
    }

    [Fact]
    public void Rows_of_more_than_a_block_and_a_row_larger_than_one_are_read()
    {
        var report = _world.Build("""
            select i::bigint as user_id, date '2024-03-04' as at, case when i = 150000 then repeat('x', 5000000) else 'row ' || i end as name
            from generate_series(1, 300000) as i
            """);
        Assert.Equal(300_000, report.EventCount);
        var lengths = _world.Values().GroupBy(line => line.Length > 1000 ? line.Length : 0).ToDictionary(group => group.Key, group => group.Count());
        Assert.Equal(new() { [0] = 299_999, ["2024-03-04 | ".Length + 5_000_000] = 1 }, lengths);
    }

    [Fact]
    public void Rows_without_entity_or_time_are_left_out_and_bad_ones_are_counted_by_their_number()
    {
        const string Query = "select user_id::bigint, at::date, n from (values (1, '2024-03-04', '1'), (null, '2024-03-04', '2'), (3, null, '3'), (4, '2024-03-04', 'x')) as v (user_id, at, n)";
        Assert.Equal("the query of source e:4: 'x' in column n: expected int64", _world.Refused(Query, "columns: {n: int64}")[1]);
        var report = Assert.Single(_world.Build(Query, "columns: {n: int64}", change: options => options with { MaxBadRows = 1 }).Sources);
        Assert.Equal((1, 1, 1, 1), (report.EventCount, report.WithoutEntity, report.WithoutTime, report.BadCount));
    }

    [Fact]
    public void A_query_may_give_no_rows_end_with_a_semicolon_or_a_comment_and_be_no_plain_select()
    {
        Assert.Equal(0, _world.Build("select 1::bigint as user_id, now() as at where false").EventCount);
        Assert.Equal(1, _world.Build("select 1::bigint as user_id, date '2024-03-04' as at -- the last word").EventCount);
        Assert.Equal(1, _world.Build("select 1::bigint as user_id, date '2024-03-04' as at ; ").EventCount);
        Assert.Equal(2, _world.Build("with w as (values (1::bigint, date '2024-03-04'), (2, '2024-03-05')) select column1 as user_id, column2 as at from w").EventCount);
        _world.Database.Run("create table e as select 1::bigint as user_id, date '2024-03-04' as at, 5 as \"a \"\"b\"\"\"");
        Assert.Equal(1, _world.Build("table e").EventCount);
        Assert.Equal("at date, a \"b\" int64", Builds.Columns(_world.Folder));
    }

    [Fact]
    public void Facts_without_time_come_from_a_query_too()
    {
        var report = _world.Build("select 7::bigint as user_id, 'Bern' as city", time: "always");
        Assert.Equal("Bern", Assert.Single(_world.Values()));
        Assert.True(report.Sources[0].Always);
        Assert.Contains(
            "the query of source e:2: another row of user_id 7, whose first is the query of source e:1",
            Assert.Throws<InputException>(() => _world.Build("select 7::bigint as user_id, x from (values ('a'), ('b')) as v (x)", time: "always")).Messages);
    }

    [Fact]
    public void All_queries_of_a_build_see_one_state()
    {
        _world.Database.Run("create table one as select 1::bigint as user_id, date '2024-03-04' as at; create table two as table one");
        var catalog = Inputs.Catalog(_world.Folder, """
            entity: {name: user_id, type: int64}
            sources:
              one: {postgres: {connection: file:connection.txt, query: table one}, time: at}
              two: {postgres: {connection: file:connection.txt, query: table two}, time: at}
            """);
        var options = new SnapshotBuildOptions { OutputFolder = _world.Folder["out"], Partitions = 1, SlicesPerPartition = 1 };
        var writer = new WriterBetween(_world.Database);
        var report = SnapshotBuilder.Build(catalog, options, writer, TestContext.Current.CancellationToken);
        Assert.True(writer.HasWritten);
        Assert.Equal([1, 1], report.Sources.Select(source => source.EventCount));
        Assert.Equal([1, 2], SnapshotBuilder.Build(catalog, options, cancellation: TestContext.Current.CancellationToken).Sources.Select(source => source.EventCount));
    }

    [Fact]
    public void A_build_leaves_no_connection_behind_and_none_stays_open_while_it_writes()
    {
        _world.Database.Run(Table);
        var open = new List<long>();
        // The server's end of a connection that is closed goes a moment later.
        const string Query = "select count(*) from pg_stat_activity where application_name = 'featurectl' and datname = current_database()";
        var watcher = new Watcher(() => open.Add(Enumerable.Range(0, 500).Select(_ => _world.Database.Value<long>(Query)).FirstOrDefault(count => count == 0, -1)));
        SnapshotBuilder.Build(
            Inputs.Catalog(_world.Folder, QueryWorld.Catalog("table rides")), new SnapshotBuildOptions { OutputFolder = _world.Folder["out"] }, watcher, TestContext.Current.CancellationToken);
        Assert.Equal([0], open);
    }

    private void Export(string query, string name)
    {
        using var connection = new NpgsqlConnection(_world.Database.Settings.ConnectionString);
        connection.Open();
        using var rows = connection.BeginTextExport($"copy ({query}) to stdout (format csv, header)");
        File.WriteAllText(_world.Folder[name], rows.ReadToEnd());
    }

    /// <summary>Adds a row to the second table when the first has been read.</summary>
    private sealed class WriterBetween(PostgresDatabase database) : IProgress<BuildProgress>
    {
        public bool HasWritten { get; private set; }

        public void Report(BuildProgress value)
        {
            if (!HasWritten && value is { Stage: BuildStage.Reading, Source: "one" })
            {
                database.Run("insert into two values (2, '2024-03-05')");
                HasWritten = true;
            }
        }
    }

    /// <summary>Looks once, when sorting begins.</summary>
    private sealed class Watcher(Action look) : IProgress<BuildProgress>
    {
        public void Report(BuildProgress value)
        {
            if (value.Stage == BuildStage.Sorting)
            {
                look();
            }
        }
    }
}
