using FeatureService.Core.Tables;

namespace FeatureService.Ingest.Tables;

/// <summary>Opens a file as a table, such as a spine.</summary>
public static class TableFile
{
    private static readonly string[] _texts = [".csv", ".csv.gz", ".csv.zst"];

    /// <summary>Opens a file; of CSV all values are read once, to find the columns' types.</summary>
    /// <param name="path">A file ending in <c>.parquet</c>, <c>.csv</c>, <c>.csv.gz</c> or <c>.csv.zst</c>.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="InputException">It is missing, damaged, or has another format; also while the table is read.</exception>
    public static ITable Open(string path, CancellationToken cancellation = default)
    {
        if (!File.Exists(path))
        {
            throw new InputException($"{path}: there is no such file");
        }

        if (path.EndsWith(".parquet", StringComparison.OrdinalIgnoreCase))
        {
            return new ParquetTable(path);
        }

        return _texts.Any(suffix => path.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
            ? new CsvTable(path, cancellation)
            : throw new InputException($"{path}: its name tells no format: expected .parquet, {string.Join(", ", _texts)}");
    }
}
