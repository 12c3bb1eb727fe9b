namespace FeatureService.Core.Columns;

/// <summary>
/// Forms of a whole column of a block in which a file of a dataset takes it over as it is; numbers are those of the wire's encodings.
/// Nobody decodes them on the way.
/// </summary>
public enum FinishedForm
{
    /// <summary>A Parquet column chunk, pages compressed by Zstandard.</summary>
    ParquetZstd = 6,

    /// <summary>A Parquet column chunk, pages compressed by Snappy.</summary>
    ParquetSnappy = 7,

    /// <summary>A Parquet column chunk, pages as they are.</summary>
    ParquetUncompressed = 8,
}
