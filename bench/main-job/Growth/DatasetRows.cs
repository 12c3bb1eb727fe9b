using FeatureService.Bench.MainJob.Peers;

namespace FeatureService.Bench.MainJob.Growth;

/// <summary>What is in a dataset's files, as another program reads them.</summary>
internal static class DatasetRows
{
    /// <summary>Rows of all Parquet files of a folder, by their footers.</summary>
    public static long Count(string folder)
    {
        using var connection = DuckDbPeer.Open(":memory:");
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT coalesce(sum(num_rows), 0)::BIGINT FROM parquet_file_metadata('{folder}/**/*.parquet')";
        return (long)command.ExecuteScalar()!;
    }
}
