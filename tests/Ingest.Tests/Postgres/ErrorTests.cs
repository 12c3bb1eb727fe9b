using System.Net;
using System.Net.Sockets;
using FeatureService.Testing;
using Npgsql;

namespace FeatureService.Ingest.Tests.Postgres;

/// <summary>Each thing that can be wrong with a query or its database is one clear error, which never shows the connection string.</summary>
public sealed class ErrorTests : IDisposable
{
    private const string Good = "select 1::bigint as user_id, date '2024-03-04' as at";

    private readonly QueryWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData("selec 1", "7:15", "syntax error at or near \"selec\" (42601)")]
    [InlineData("select 1 as user_id, att as at from generate_series(1, 2) as at", "7:36", "column \"att\" does not exist (42703); Perhaps you meant to reference the column \"at.at\".")]
    [InlineData("select 'ä𝄞''' as x, nothing", "7:40", "column \"nothing\" does not exist (42703)")]
    [InlineData("table none", "7:21", "relation \"none\" does not exist (42P01)")]
    [InlineData("select $1::bigint as user_id, now() as at", "7:22", "there is no parameter $1 (42P02)")]
    public void A_wrong_query_is_told_with_its_place_in_the_catalog_and_what_PostgreSQL_says(string query, string place, string words) =>
        Assert.Equal($"{_world.Folder["catalog.yaml"]}:{place}: PostgreSQL refuses the query of source e: {words}", _world.Error(query));

    [Fact]
    public void A_statement_that_cannot_be_copied_from_is_refused_with_its_place() => Assert.Equal(
        $"{_world.Folder["catalog.yaml"]}:7:25: PostgreSQL refuses the query of source e: syntax error at or near \"zone\" (42601)",
        _world.Error("show time zone", "entity: TimeZone", time: "always"));

    [Theory]
    [InlineData("select 1; select 2", "2 statements")]
    [InlineData("set work_mem = '1MB'", "a statement without columns")]
    public void What_is_not_one_select_is_refused(string query, string what) => Assert.Equal(
        $"{_world.Folder["catalog.yaml"]}:7:15: the query of source e is {what}: expected one select",
        _world.Error(query));

    [Fact]
    public void A_query_cannot_write()
    {
        _world.Database.Run("create table t (x int); create function f() returns bigint language sql as $$ insert into t values (1) returning x::bigint $$");
        Assert.EndsWith("cannot execute INSERT in a read-only transaction (25006)", _world.Error("select f() as user_id, now() as at"), StringComparison.Ordinal);
        Assert.Equal(0L, _world.Database.Value<long>("select count(*) from t"));
    }

    [Fact]
    public void A_table_that_may_not_be_read_is_named()
    {
        var role = $"reader_{_world.Database.Settings.Database}";
        _world.Database.Run($"create table rides as {Good}; create role {role} login password 'hidden-word'");
        try
        {
            Connect(settings => (settings.Username, settings.Password) = (role, "hidden-word"));
            Assert.EndsWith("PostgreSQL refuses the query of source e: permission denied for table rides (42501)", _world.Error("table rides"), StringComparison.Ordinal);
        }
        finally
        {
            _world.Database.Run($"drop role {role}");
        }
    }

    [Fact]
    public void All_sources_of_one_database_say_what_is_wrong_with_them()
    {
        var messages = Builds.Refused(_world.Folder, """
            entity: {name: user_id, type: int64}
            sources:
              one: {postgres: {connection: file:connection.txt, query: table one}, time: at}
              two: {postgres: {connection: file:connection.txt, query: "select 1 as user_id, now() as t"}, time: at}
              three: {postgres: {connection: file:connection.txt, query: table three}, time: at}
            """);
        Assert.Equal(["3:66", "4:3", "5:68"], messages.Select(message => message[(_world.Folder["catalog.yaml"].Length + 1)..].Split(": ")[0]));
        Assert.EndsWith("the time at is not in the query of source two: its columns are user_id, t", messages[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_of_one_name_are_refused() =>
        Assert.Equal("the query of source e: 2 columns have the name 'x': expected one", _world.Error($"{Good}, 1 as x, 2 as x"));

    [Fact]
    public void A_variable_that_is_not_set_a_missing_file_and_an_empty_one_are_told()
    {
        const string Form = "expected a connection string, as Host=db.example;Database=events;Username=reader;Password=...";
        var place = $"{_world.Folder["catalog.yaml"]}:4:3: source e: connection";
        Assert.Equal($"{place} env:FEATURES_TEST_UNSET: the environment variable FEATURES_TEST_UNSET is not set: {Form}", _world.Error(Good, connection: "env:FEATURES_TEST_UNSET"));
        Assert.StartsWith($"{place} file:none.txt: cannot read it: Could not find file", _world.Error(Good, connection: "file:none.txt"), StringComparison.Ordinal);
        _world.Folder.Write("connection.txt", "\n");
        Assert.Equal($"{place} file:connection.txt: the file is empty: {Form}", _world.Error(Good));
    }

    [Theory]
    [InlineData("hidden-word")]
    [InlineData("Host=127.0.0.1;Password=x;hidden-word=1")]
    [InlineData("Host=127.0.0.1;Port=hidden-word")]
    [InlineData("Username=hidden-word")]
    [InlineData("postgresql://u:hidden-word@127.0.0.1/db?sslmode=hidden-word")]
    [InlineData("postgresql://u:hidden-word@127.0.0.1/db?hidden-word=1")]
    [InlineData("postgresql://u:hidden-word@127.0.0.1:port/db")]
    public void A_text_that_is_no_connection_string_is_not_shown(string text)
    {
        _world.Folder.Write("connection.txt", text);
        Assert.Equal(
            $"{_world.Folder["catalog.yaml"]}:4:3: source e: connection file:connection.txt: its text does not read as a connection string: "
            + "expected a connection string, as Host=db.example;Database=events;Username=reader;Password=...; or postgresql://reader:...@db.example/events",
            _world.Error(Good));
    }

    [Fact]
    public void A_server_that_is_not_there_or_refuses_is_told_without_the_password()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        var place = $"{_world.Folder["catalog.yaml"]}:4:3: source e: connection file:connection.txt: PostgreSQL at";
        Connect(settings => (settings.Host, settings.Port, settings.Password) = ("127.0.0.1", port, "hidden-word"));
        var message = _world.Error(Good);
        Assert.StartsWith($"{place} 127.0.0.1:{port} cannot be reached: ", message, StringComparison.Ordinal);
        Assert.EndsWith("Connection refused", message, StringComparison.Ordinal);
        Connect(settings => settings.Password = "hidden-word");
        message = _world.Error(Good);
        Assert.Contains("refuses the connection: password authentication failed for user", message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden-word", message, StringComparison.Ordinal);
        Connect(settings => settings.Database = "no_such");
        Assert.EndsWith("refuses the connection: database \"no_such\" does not exist (3D000)", _world.Error(Good), StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_in_a_later_row_ends_the_build_and_says_how_far_it_came()
    {
        var message = _world.Error("select i::bigint as user_id, date '2024-03-04' as at, 1 / (250000 - i) as x from generate_series(1, 300000) as i");
        Assert.Matches("^.*:7:15: the query of source e broke off after [0-9]+ rows or more: division by zero \\(22012\\)$", message);
    }

    [Fact]
    public void A_connection_that_is_lost_while_rows_come_ends_the_build()
    {
        const string Kill = "select user_id, at from (select i::bigint as user_id, date '2024-03-04' as at, case when i = 250000 then pg_terminate_backend(pg_backend_pid()) end as k from generate_series(1, 300000) as i) as v where k is null";
        Assert.Contains("the query of source e broke off after", _world.Error(Kill), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_build_that_is_ended_ends_its_query()
    {
        using var stop = new CancellationTokenSource();
        var catalog = Inputs.Catalog(_world.Folder, QueryWorld.Catalog("select 1::bigint as user_id, now() as at, pg_sleep(3600)::text as x"));
        var build = Task.Run(
            () => SnapshotBuilder.Build(catalog, new SnapshotBuildOptions { OutputFolder = _world.Folder["out"] }, cancellation: stop.Token), TestContext.Current.CancellationToken);
        const string Running = "select count(*) from pg_stat_activity where datname = current_database() and query like 'copy%pg_sleep%' and state = 'active'";
        await Eventually.TrueAsync(() => build.IsCompleted || _world.Database.Value<long>(Running) > 0, TestContext.Current.CancellationToken);
        Assert.False(build.IsCompleted);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => build);
        await Eventually.TrueAsync(() => _world.Database.Value<long>(Running) == 0, TestContext.Current.CancellationToken);
    }

    [Fact]
    public void The_connection_may_be_a_variable_or_a_URI_and_its_password_is_in_no_file_of_the_snapshot()
    {
        var settings = _world.Database.Settings;
        var variable = $"FEATURES_TEST_{settings.Database}";
        Environment.SetEnvironmentVariable(
            variable, $"postgresql://{Uri.EscapeDataString(settings.Username!)}:{Uri.EscapeDataString(settings.Password!)}@{settings.Host}:{settings.Port}/{settings.Database}?sslmode=prefer");
        Builds.Build(_world.Folder, QueryWorld.Catalog(Good, connection: $"env:{variable}"));
        var files = Directory.GetFiles(_world.Folder["out"], "*", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.Equal(-1, File.ReadAllBytes(file).AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(settings.Password!))));
    }

    private void Connect(Action<NpgsqlConnectionStringBuilder> change)
    {
        var settings = _world.Database.Settings;
        change(settings);
        _world.Folder.Write("connection.txt", settings.ConnectionString);
    }
}
