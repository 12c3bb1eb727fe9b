using System.Globalization;
using DuckDB.NET.Data;

namespace FeatureService.Bench.MainJob.Peers;

/// <summary>DuckDB with two threads, in a process of its own: the statements of <c>bench/peers/duckdb</c>.</summary>
internal static class DuckDbPeer
{
    /// <summary>The formulations, each a file of statements.</summary>
    public static IReadOnlyList<string> Formulations { get; } = ["tiles", "weekly", "join"];

    // A run of users whose grid, 2.6 million rows over five years, leaves room for the windows' state.
    private const int UsersPerPart = 10_000;

    /// <summary>Makes the tables from Parquet.</summary>
    public static void Load(Work work)
    {
        File.Delete(work.Tables);
        using var connection = Open(work.Tables);
        Prepare(connection, work, "TABLE");
    }

    /// <summary>Writes the dataset.</summary>
    /// <param name="work">The work.</param>
    /// <param name="formulation">One of <see cref="Formulations"/>.</param>
    /// <param name="fromParquet">Reads Parquet in place of the tables.</param>
    /// <param name="output">An empty folder.</param>
    public static void Run(Work work, string formulation, bool fromParquet, string output)
    {
        using var connection = Open(fromParquet ? ":memory:" : work.Tables);
        if (fromParquet)
        {
            Prepare(connection, work, "VIEW");
        }

        var statement = Statement(formulation)
            .Replace("{out}", output).Replace("{users}", Number(work.Taxi.Users)).Replace("{weeks}", Number(work.Taxi.Weeks))
            .Replace("{first_week}", work.Taxi.FirstWeek.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        var byWeek = statement.Contains("{week}", StringComparison.Ordinal);
        var parts = byWeek ? work.Taxi.Weeks : (work.Taxi.Users + UsersPerPart - 1) / UsersPerPart;
        for (var part = 0; part < parts; part++)
        {
            var first = part * UsersPerPart + 1;
            Execute(connection, statement
                .Replace("{part}", part.ToString("D3", CultureInfo.InvariantCulture)).Replace("{week}", Number(part))
                .Replace("{first_user}", Number(first)).Replace("{last_user}", Number(Math.Min(first + UsersPerPart - 1, work.Taxi.Users))));
        }
    }

    /// <summary>Users with two rides at one instant: which of them is the first or the last, SQL does not say.</summary>
    /// <param name="work">The work, whose tables are made.</param>
    public static IReadOnlySet<int> UsersWithTies(Work work)
    {
        using var connection = Open(work.Tables);
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT DISTINCT user_id::INTEGER FROM rides GROUP BY user_id, t HAVING count(*) > 1";
        using var reader = command.ExecuteReader();
        var users = new HashSet<int>();
        while (reader.Read())
        {
            users.Add(reader.GetInt32(0));
        }

        return users;
    }

    /// <summary>Opens a database with as many threads as the figures are quoted for.</summary>
    public static DuckDBConnection Open(string path)
    {
        var connection = new DuckDBConnection($"Data Source={path};threads=2");
        connection.Open();
        return connection;
    }

    private static void Prepare(DuckDBConnection connection, Work work, string kind) => Execute(connection, Statement("prepare")
        .Replace("{kind}", kind).Replace("{order}", kind == "TABLE" ? "ORDER BY user_id, t" : "")
        .Replace("{folder}", work.Folder).Replace("{origin}", Number(work.OriginMicroseconds)));

    private static void Execute(DuckDBConnection connection, string text)
    {
        using var command = connection.CreateCommand();
        command.CommandText = text;
        command.ExecuteNonQuery();
    }

    private static string Statement(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "peers", "duckdb", name + ".sql"));

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
