using System.Collections.Immutable;
using System.Data;
using Npgsql;
using Npgsql.PostgresTypes;

namespace FeatureService.Ingest.Inputs.Postgres;

/// <summary>One connection and its one transaction, which reads only and sees one state from its first query to its last.</summary>
internal sealed class PostgresSession : IDisposable
{
    /// <summary>
    /// Between two queries a build reads other sources, so being idle is no fault. In UTC, so that casts of instants in a query do not
    /// depend on who runs it. The server looks each second whether the build is still there, where its version can: a request to cancel
    /// may be lost, and a query that returns nothing for hours would not notice.
    /// </summary>
    private const string Begin = """
        begin transaction isolation level repeatable read read only;
        set local idle_in_transaction_session_timeout = 0;
        set local time zone 'UTC';
        select set_config(name, '1s', true) from pg_settings where name = 'client_connection_check_interval'
        """;

    private readonly NpgsqlDataSource _database;
    private readonly NpgsqlConnection _connection;

    private PostgresSession(NpgsqlDataSource database, NpgsqlConnection connection, CancellationToken cancellation)
    {
        _database = database;
        _connection = connection;
        Cancellation = cancellation;
    }

    /// <summary>Ends the reading.</summary>
    public CancellationToken Cancellation { get; }

    /// <summary>Connects, and begins the transaction.</summary>
    /// <exception cref="NpgsqlException">The server cannot be reached or refuses; see <see cref="PostgresErrors"/> for others.</exception>
    public static PostgresSession Open(NpgsqlConnectionStringBuilder settings, CancellationToken cancellation)
    {
        var database = new NpgsqlDataSourceBuilder(settings.ConnectionString).Build();
        try
        {
            var connection = database.OpenConnectionAsync(cancellation).AsTask().GetAwaiter().GetResult();
            var session = new PostgresSession(database, connection, cancellation);
            session.Run(Begin);
            return session;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>The columns of a query, which is not run.</summary>
    /// <returns>A list for each statement of the query.</returns>
    public IReadOnlyList<ImmutableArray<(string Name, PostgresType Type)>> Describe(string query)
    {
        try
        {
            using var command = new NpgsqlCommand(query, _connection);
            using var reader = command.ExecuteReaderAsync(CommandBehavior.SchemaOnly, Cancellation).GetAwaiter().GetResult();
            var statements = new List<ImmutableArray<(string, PostgresType)>>();
            do
            {
                statements.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => (reader.GetName(i), reader.GetPostgresType(i)))]);
            }
            while (reader.NextResult());
            return statements;
        }
        catch (PostgresException)
        {
            // The other sources are still asked for what is wrong with them, in a transaction that is not broken.
            Run("rollback");
            Run(Begin);
            throw;
        }
    }

    /// <summary>Runs a <c>copy ... to stdout (format binary)</c>.</summary>
    public NpgsqlRawCopyStream Copy(string statement) => _connection.BeginRawBinaryCopyAsync(statement, Cancellation).GetAwaiter().GetResult();

    /// <inheritdoc/>
    public void Dispose()
    {
        _connection.Dispose();
        _database.Dispose();
    }

    private void Run(string statements)
    {
        using var command = new NpgsqlCommand(statements, _connection);
        command.ExecuteNonQueryAsync(Cancellation).GetAwaiter().GetResult();
    }
}
