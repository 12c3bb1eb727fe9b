using System.Globalization;
using DuckDB.NET.Data;
using FeatureService.Core.Keys;
using FeatureService.Engine.Snapshots;

namespace FeatureService.Bench.Engine;

/// <summary>The made-up rides and opens as DuckDB's tables in memory, in the order of user and time; texts are their codes, as in a snapshot.</summary>
internal sealed class DuckDbEvents : IDisposable
{
    private const int Opens = 0;
    private const int Rides = 1;

    private readonly DuckDBConnection _connection = new("Data Source=:memory:;threads=2");
    private readonly long _origin;

    /// <summary>Copies the events.</summary>
    public DuckDbEvents(SyntheticSnapshot snapshot)
    {
        _connection.Open();
        _origin = snapshot.Catalog.Calendar.Cutoff(snapshot.FirstWeek);
        // Microseconds since the first week's start, as in bench/peers/duckdb.
        Execute("CREATE MACRO weeks(n) AS n * 604800000000");
        Execute("CREATE TABLE opens (user_id BIGINT, t BIGINT, platform INTEGER)");
        Execute("CREATE TABLE rides (user_id BIGINT, t BIGINT, fare BIGINT, km DOUBLE, minutes BIGINT, area INTEGER, payment INTEGER)");
        using var opens = _connection.CreateAppender("opens");
        using var rides = _connection.CreateAppender("rides");
        for (var slice = 0; slice < snapshot.SliceCount; slice++)
        {
            var data = snapshot.Slice(new SliceId(0, slice));
            Copy(data, Opens, opens, (events, i, row) => row.AppendValue(events.Column(1).Values<int>()[i]));
            Copy(data, Rides, rides, (events, i, row) => row
                .AppendValue(events.Column(1).Values<long>()[i]).AppendValue(events.Column(2).Values<double>()[i]).AppendValue(events.Column(3).Values<long>()[i])
                .AppendValue(events.Column(4).Values<int>()[i]).AppendValue(events.Column(5).Values<int>()[i]));
        }
    }

    /// <summary>DuckDB's version.</summary>
    public string Version => _connection.ServerVersion;

    /// <summary>Keeps a query's rows as the table <c>result</c>.</summary>
    /// <param name="sql">The query, with {users}, {first} and {last}.</param>
    /// <param name="users">Number of users.</param>
    /// <param name="weeks">Number of weeks, the last ones.</param>
    public void Run(string sql, int users, int weeks) => Execute("CREATE OR REPLACE TABLE result AS " + sql
        .Replace("{users}", Number(users)).Replace("{first}", Number(SyntheticSnapshot.WeekCount - weeks)).Replace("{last}", Number(SyntheticSnapshot.WeekCount - 1)));

    /// <summary>The rows of <c>result</c>, by user and week: the ten columns, null as NaN.</summary>
    public IEnumerable<float[]> Result()
    {
        using var command = _connection.CreateCommand();
        command.UseStreamingMode = true;
        command.CommandText = "FROM result ORDER BY 1, 2";
        using var reader = command.ExecuteReader();
        var row = new float[reader.FieldCount - 2];
        while (reader.Read())
        {
            for (var column = 0; column < row.Length; column++)
            {
                row[column] = reader.IsDBNull(column + 2) ? float.NaN : reader.GetFloat(column + 2);
            }

            yield return row;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    private void Copy(SliceData data, int source, DuckDBAppender table, Action<SourceEvents, int, IDuckDBAppenderRow> append)
    {
        var events = data.Source(source);
        for (var user = 0; user < data.EntityCount; user++)
        {
            for (var i = events.Offsets[user]; i < events.Offsets[user + 1]; i++)
            {
                var row = table.CreateRow().AppendValue(data.Keys[user].Number).AppendValue(events.Times[i] - _origin);
                append(events, i, row);
                row.EndRow();
            }
        }
    }

    private void Execute(string text)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = text;
        command.ExecuteNonQuery();
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
