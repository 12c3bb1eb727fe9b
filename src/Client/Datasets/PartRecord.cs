using FeatureService.Client.FanOut;

namespace FeatureService.Client.Datasets;

/// <summary>One finished part, as the progress file records it.</summary>
internal sealed record PartRecord
{
    /// <summary>The shard, from 0.</summary>
    public required int Part { get; init; }

    /// <summary>Number of rows.</summary>
    public required long Rows { get; init; }

    /// <summary>Size of the file.</summary>
    public required long Bytes { get; init; }

    /// <summary>XXH3-128 of the file's bytes.</summary>
    public required string Checksum { get; init; }

    /// <summary>Hashes of the logical values, one for each column.</summary>
    public required ColumnHashes ColumnHashes { get; init; }

    /// <summary>Rows by status.</summary>
    public required IReadOnlyDictionary<string, long> RowsByStatus { get; init; }

    /// <summary>Cells without a value, the first of them.</summary>
    public IReadOnlyList<DatasetCellError> Errors { get; init; } = [];

    /// <summary>Number of such cells.</summary>
    public ulong ErrorCount { get; init; }

    /// <summary>CPU seconds that the services' workers took for it; 0 where they did not tell.</summary>
    public double CpuSeconds { get; init; }
}
