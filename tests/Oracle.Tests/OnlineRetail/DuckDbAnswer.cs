using DuckDB.NET.Data;

namespace FeatureService.Oracle.Tests.OnlineRetail;

/// <summary>What DuckDB says: for each column the value and the scale of every (customer, week), in ascending order of both.</summary>
internal sealed class DuckDbAnswer
{
    /// <summary>London's clock, of whose two changes in the data each stamp that occurs twice means the later instant.</summary>
    public const string Utc = """
        CREATE MACRO utc(local) AS epoch_us(local::TIMESTAMP)
            - CASE WHEN local::TIMESTAMP >= '2011-03-27 02:00' AND local::TIMESTAMP < '2011-10-30 01:00' THEN 3600000000 ELSE 0 END;
        """;

    // One thread: DuckDB's parallel sums of floats differ from run to run.
    private const string Prepare = """
        SET threads = 1;
        CREATE TABLE raw AS SELECT row_number() OVER () AS pos, * FROM read_csv('{0}', all_varchar = true, header = true);
        CREATE TABLE lines AS SELECT row_number() OVER (ORDER BY utc(InvoiceDate), pos) AS seq,
            CustomerID::BIGINT AS customer, InvoiceNo AS invoice, StockCode AS stock, Quantity::BIGINT AS quantity, Country AS country,
            UnitPrice::DOUBLE AS price, (UnitPrice::DECIMAL(18, 2) * 100)::BIGINT AS pence,
            InvoiceDate::TIMESTAMP AS local, utc(InvoiceDate) AS utc
            FROM raw WHERE CustomerID IS NOT NULL;
        CREATE TABLE grid AS SELECT customer, day::DATE AS day
            FROM (SELECT DISTINCT customer FROM lines), (SELECT unnest(generate_series(DATE '{1}', DATE '{2}', INTERVAL 7 DAY)) AS day);
        """;

    private readonly Dictionary<string, object?[]> _columns = [];

    /// <summary>Evaluates all columns.</summary>
    /// <param name="csv">The data.</param>
    /// <param name="firstDay">First day of the first week.</param>
    /// <param name="lastDay">First day of the last week.</param>
    public DuckDbAnswer(string csv, string firstDay, string lastDay)
    {
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using var prepare = connection.CreateCommand();
        prepare.CommandText = Utc + string.Format(null, Prepare, csv.Replace("'", "''"), firstDay, lastDay);
        prepare.ExecuteNonQuery();
        foreach (var window in RetailFeature.All.GroupBy(feature => feature.Window))
        {
            Read(connection, window.Key, [.. window]);
        }
    }

    /// <summary>Customers and days of the rows.</summary>
    public List<(long Customer, DateOnly Day)> Rows { get; } = [];

    /// <summary>The values of a column.</summary>
    /// <param name="feature">The column.</param>
    public object?[] Values(RetailFeature feature) => _columns[feature.Name];

    /// <summary>The scales of a column whose sums are of floats.</summary>
    /// <param name="feature">The column.</param>
    public object?[] Scales(RetailFeature feature) => _columns[feature.Name + " scale"];

    /// <summary>All columns of one window in one pass; rows without lines get what the aggregates give of nothing.</summary>
    private void Read(DuckDBConnection connection, string window, RetailFeature[] features)
    {
        var (start, end) = RetailFeature.Windows[window];
        var selected = features.SelectMany(feature => feature.Scale is null
            ? [(feature.Name, feature.Sql)]
            : new[] { (feature.Name, feature.Sql), (Name: feature.Name + " scale", Sql: feature.Scale) }).ToArray();
        var aggregates = string.Join(", ", selected.Select(column => $"{column.Sql} AS \"{column.Name}\""));
        var outputs = selected.Select(column => $"CASE WHEN f.hit IS NULL THEN n.\"{column.Name}\" ELSE f.\"{column.Name}\" END");
        using var command = connection.CreateCommand();
        command.CommandText = $"""
            WITH windows AS (SELECT customer, day, {start} AS start, {end} AS stop FROM grid),
            seen AS (SELECT w.day, l.* FROM windows w JOIN lines l
                ON l.customer = w.customer AND l.utc >= w.start AND l.utc < w.stop),
            found AS (SELECT customer, day, {aggregates} FROM seen GROUP BY customer, day),
            nothing AS (SELECT {aggregates} FROM seen WHERE false)
            SELECT customer, day, {string.Join(", ", outputs)}
            FROM grid LEFT JOIN (SELECT true AS hit, * FROM found) f USING (customer, day), nothing n ORDER BY customer, day
            """;
        using var reader = command.ExecuteReader();
        var columns = selected.Select(_ => new List<object?>()).ToArray();
        var isFirst = Rows.Count == 0;
        while (reader.Read())
        {
            if (isFirst)
            {
                Rows.Add((reader.GetInt64(0), reader.GetFieldValue<DateOnly>(1)));
            }

            for (var i = 0; i < columns.Length; i++)
            {
                columns[i].Add(reader.IsDBNull(i + 2) ? null : reader.GetValue(i + 2));
            }
        }

        for (var i = 0; i < columns.Length; i++)
        {
            _columns.Add(selected[i].Name, [.. columns[i]]);
        }
    }
}
