using FeatureService.Client.Datasets;
using FeatureService.Client.Transport;
using FeatureService.Core.Columns;
using FeatureService.Parquet;

namespace FeatureService.Sinks.Parquet;

/// <summary>
/// Parquet: one row group for each batch (whole entities, below 2^18 rows); features and labels nullable; dates as DATE, timestamps as
/// microseconds UTC, texts as UTF-8.
/// </summary>
/// <param name="compression">How column chunks are compressed. Default: zstd.</param>
public sealed class ParquetFormat(ParquetCompression compression = ParquetCompression.Zstd) : IColumnarFormat
{
    /// <inheritdoc/>
    public string Name => "parquet";

    /// <inheritdoc/>
    public string Extension => ".parquet";

    /// <inheritdoc/>
    public string Settings => compression switch
    {
        ParquetCompression.Snappy => "snappy",
        ParquetCompression.None => "none",
        _ => "zstd",
    };

    /// <inheritdoc/>
    public FinishedForm? Finished => compression switch
    {
        ParquetCompression.Snappy => FinishedForm.ParquetSnappy,
        ParquetCompression.None => FinishedForm.ParquetUncompressed,
        _ => FinishedForm.ParquetZstd,
    };

    /// <inheritdoc/>
    public IPartWriter CreatePart(Stream output, IReadOnlyList<DatasetColumn> columns) =>
        new ParquetPartWriter(output, columns, compression);

    /// <inheritdoc/>
    public void Concatenate(IReadOnlyList<string> parts, Stream output, CancellationToken cancellation) =>
        ParquetConcatenation.Write(parts, output, cancellation);

    /// <inheritdoc/>
    public IColumnarFile Open(FileStream file) => new ParquetFile(file);

    /// <inheritdoc/>
    public void Weave(IReadOnlyList<DatasetColumn> columns, IReadOnlyList<ColumnSource> sources, Stream output, CancellationToken cancellation)
    {
        using var empty = new MemoryStream();
        using (var writer = CreatePart(empty, columns))
        {
            writer.Complete();
        }

        ParquetWeaving.Write(empty, columns, sources, output, cancellation);
    }
}
