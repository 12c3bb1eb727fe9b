using System.Globalization;
using Npgsql;

namespace FeatureService.Testing;

/// <summary>A database of its own on the server that the tests may use, dropped at the end.</summary>
public sealed class PostgresDatabase : IDisposable
{
    /// <summary>The environment variable that holds the connection string of a PostgreSQL superuser.</summary>
    public const string Variable = "FEATURES_POSTGRES";

    private static int s_count;

    private readonly string _server;
    private readonly string _name;

    private PostgresDatabase(string server, string name)
    {
        _server = server;
        _name = name;
        Run(_server, $"create database {name}");
    }

    /// <summary>Settings of a connection to the database.</summary>
    public NpgsqlConnectionStringBuilder Settings => new(_server) { Database = _name, Pooling = false };

    /// <summary>Makes a database; skips the test where no server is given.</summary>
    public static PostgresDatabase Create()
    {
        var server = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipWhen(string.IsNullOrEmpty(server), $"{Variable} is not set: it holds the connection string of a PostgreSQL server for tests");
        var number = Interlocked.Increment(ref s_count);
        return new PostgresDatabase(
            new NpgsqlConnectionStringBuilder(server) { Pooling = false }.ConnectionString,
            string.Create(CultureInfo.InvariantCulture, $"features_{Environment.ProcessId}_{number}"));
    }

    /// <summary>Runs statements.</summary>
    public void Run(string statements) => Run(Settings.ConnectionString, statements);

    /// <summary>The only value of a query's only row.</summary>
    public T Value<T>(string query)
    {
        using var connection = Open(Settings.ConnectionString);
        using var command = new NpgsqlCommand(query, connection);
        return (T)command.ExecuteScalar()!;
    }

    /// <inheritdoc/>
    public void Dispose() => Run(_server, $"drop database {_name} with (force)");

    private static void Run(string settings, string statements)
    {
        using var connection = Open(settings);
        using var command = new NpgsqlCommand(statements, connection);
        command.ExecuteNonQuery();
    }

    private static NpgsqlConnection Open(string settings)
    {
        var connection = new NpgsqlConnection(settings);
        connection.Open();
        return connection;
    }
}
