using DuckDB.NET.Data;

namespace FeatureService.Cli.Demo;

/// <summary>How often the label of the dataset holds, year by year.</summary>
/// <param name="Year">The year in which the rows' weeks start.</param>
/// <param name="Rows">Rows whose status is ok.</param>
/// <param name="Rate">Share of them that used a coupon in the week after.</param>
internal readonly record struct LabelRate(int Year, long Rows, double Rate)
{
    /// <summary>Reads the rates from a dataset of the taxi sample.</summary>
    /// <param name="dataset">Folder of Parquet files.</param>
    public static IReadOnlyList<LabelRate> OfDataset(string dataset)
    {
        using var connection = new DuckDBConnection("Data Source=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = """
            select year(week)::int, count(*), avg(used_1w)
            from read_parquet($files) where row_status = 'ok' group by 1 order by 1
            """;
        command.Parameters.Add(new DuckDBParameter("files", Path.Combine(dataset, "part-*.parquet")));
        using var reader = command.ExecuteReader();
        var rates = new List<LabelRate>();
        while (reader.Read())
        {
            rates.Add(new LabelRate(reader.GetInt32(0), reader.GetInt64(1), reader.GetDouble(2)));
        }

        return rates;
    }
}
