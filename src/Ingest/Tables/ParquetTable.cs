using FeatureService.Core.Tables;
using FeatureService.Ingest.Inputs;

namespace FeatureService.Ingest.Tables;

/// <summary>A Parquet file as a table.</summary>
internal sealed class ParquetTable : ITable
{
    private readonly ParquetBatches _batches;

    /// <summary>Reads the schema.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InputException">The file cannot be read or is damaged.</exception>
    public ParquetTable(string path)
    {
        Name = path;
        _batches = ParquetBatches.Open(path);
        Columns = [.. _batches.Fields.Select(field => new TableColumn(field.Name, ArrowColumns.TypeOf(field.DataType), ArrowColumns.NameOf(field.DataType)))];
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IReadOnlyList<TableColumn> Columns { get; }

    /// <inheritdoc/>
    public IEnumerable<TableBatch> Read(TableReading reading, CancellationToken cancellation)
    {
        var firstRow = 1L;
        foreach (var batch in _batches.Read([.. Enumerable.Range(0, Columns.Count)]))
        {
            using (batch)
            {
                cancellation.ThrowIfCancellationRequested();
                yield return new TableBatch(
                    [.. Columns.Select((column, i) => new ArrowColumns($"{Name}: column '{column.Name}'", firstRow, reading.Zone).Of(batch.Column(i)))],
                    batch.Length);
                firstRow += batch.Length;
            }
        }
    }
}
