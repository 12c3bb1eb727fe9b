namespace FeatureService.Parquet;

/// <summary>How column chunks are compressed.</summary>
public enum ParquetCompression
{
    /// <summary>Zstandard, level 1: the default.</summary>
    Zstd,

    /// <summary>Snappy: faster, larger.</summary>
    Snappy,

    /// <summary>Not at all.</summary>
    None,
}
