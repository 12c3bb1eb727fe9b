using System.Numerics;
using DuckDB.NET.Data;
using NodaTime;
using NodaTime.Text;

namespace FeatureService.Oracle.Tests.SecondOracle;

/// <summary>DuckDB with a table for each source, and the grid of entities and weeks.</summary>
internal sealed class OracleDuckDb : IDisposable
{
    private readonly DuckDBConnection _connection = new("DataSource=:memory:");

    /// <summary>Opens DuckDB, with one thread: its parallel sums of floats differ from run to run.</summary>
    /// <param name="instants">The zone and the weeks.</param>
    public OracleDuckDb(ZoneInstants instants)
    {
        Instants = instants;
        Windows = new WindowTables(instants, Execute);
        _connection.Open();
        // Without an optimizer that fails on its own assertion where a coalesced text is ranked (DuckDB 1.5.6).
        Execute("SET threads = 1; SET disabled_optimizers = 'top_n_window_elimination';" + instants.Macro());
    }

    /// <summary>The zone and the weeks.</summary>
    public ZoneInstants Instants { get; }

    /// <summary>The windows' tables.</summary>
    public WindowTables Windows { get; }

    /// <summary>Runs statements.</summary>
    public void Execute(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>Makes the grid.</summary>
    /// <param name="entities">A query of entities.</param>
    public void AddGrid(string entities)
    {
        var days = string.Join(", ", Instants.Days.Select(day => $"DATE '{LocalDatePattern.Iso.Format(day)}'"));
        Execute($"CREATE TABLE grid AS SELECT entity, day FROM ({entities}), (SELECT unnest([{days}]) AS day)");
    }

    /// <summary>Reads (entity, day, value, how far it may be off); values as <see cref="EngineRows"/> has them.</summary>
    /// <param name="query">The query.</param>
    public IEnumerable<(long Key, DateOnly Day, object? Value, double Error)> Read(string query)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = query;
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var value = reader.IsDBNull(2) ? null : Plain(reader.GetValue(2));
            yield return (reader.GetInt64(0), reader.GetFieldValue<DateOnly>(1), value, reader.IsDBNull(3) ? 0 : reader.GetDouble(3));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    private static object Plain(object value) => value switch
    {
        BigInteger number => (long)number,
        DateOnly date => Period.DaysBetween(new LocalDate(1970, 1, 1), LocalDate.FromDateOnly(date)),
        _ => value,
    };
}
