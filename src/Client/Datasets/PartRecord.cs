using System.Text.Json.Serialization;
using FeatureService.Client.FanOut;

namespace FeatureService.Client.Datasets;

/// <summary>One finished part, or a piece of one that is not finished, as the progress file records it.</summary>
internal sealed record PartRecord
{
    /// <summary>The shard, from 0.</summary>
    public required int Part { get; init; }

    /// <summary>Number of the piece, from 0; null for a whole part.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Piece { get; init; }

    /// <summary>Of a piece: where a stream goes on behind its last slice.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public byte[]? Cursor { get; init; }

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

    /// <summary>Values that the services had in their caches.</summary>
    public long CachedValues { get; init; }

    /// <summary>The record of several files put together.</summary>
    /// <param name="pieces">Their records in row order.</param>
    /// <param name="bytes">Size of the file that they make.</param>
    /// <param name="checksum">Its checksum.</param>
    public static PartRecord Join(IReadOnlyList<PartRecord> pieces, long bytes, string checksum)
    {
        var statuses = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var (status, rows) in pieces.SelectMany(p => p.RowsByStatus))
        {
            statuses[status] = statuses.GetValueOrDefault(status) + rows;
        }

        return new PartRecord
        {
            Part = pieces[0].Part,
            Rows = pieces.Sum(p => p.Rows),
            Bytes = bytes,
            Checksum = checksum,
            ColumnHashes = Datasets.ColumnHashes.Sum(pieces.Select(p => p.ColumnHashes)),
            RowsByStatus = statuses,
            Errors = [.. pieces.SelectMany(p => p.Errors).Take(CellErrorsException.ListedMax)],
            ErrorCount = pieces.Aggregate(0ul, (sum, p) => sum + p.ErrorCount),
            CpuSeconds = pieces.Sum(p => p.CpuSeconds),
            CachedValues = pieces.Sum(p => p.CachedValues),
        };
    }
}
