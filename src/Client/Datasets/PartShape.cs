using FeatureService.Client.FanOut;
using FeatureService.Client.Transport;

namespace FeatureService.Client.Datasets;

/// <summary>What a part's file is made of.</summary>
internal interface IPartShape
{
    /// <summary>The columns that are kept of what arrives; the last is the row status, where it is one of them.</summary>
    IReadOnlyList<DatasetColumn> Kept { get; }

    /// <summary>How a part is put together from pieces; null where it is made in one go.</summary>
    IDatasetFormat? PieceFormat { get; }

    /// <summary>What is kept of a batch.</summary>
    /// <param name="batch">As it arrived.</param>
    FeatureBatch Keep(FeatureBatch batch);

    /// <summary>Starts a part.</summary>
    /// <param name="part">The shard.</param>
    /// <param name="output">Where it is written, front to back; it stays open.</param>
    IPartWriter CreatePart(int part, Stream output);

    /// <summary>What the part has in it.</summary>
    /// <param name="part">The shard.</param>
    /// <param name="kept">What was kept of all that arrived.</param>
    /// <exception cref="DatasetException">What arrived does not belong to what is there.</exception>
    PartContent ContentOf(int part, PartContent kept);
}

/// <summary>What is in some rows.</summary>
/// <param name="Hashes">Hashes of their columns.</param>
/// <param name="RowsByStatus">Rows by status; empty where there is no such column.</param>
internal sealed record PartContent(ColumnHashes Hashes, IReadOnlyDictionary<string, long> RowsByStatus);

/// <summary>Parts of all columns as they arrive.</summary>
/// <param name="columns">The columns.</param>
/// <param name="format">The file format.</param>
internal sealed class WholeParts(IReadOnlyList<DatasetColumn> columns, IDatasetFormat format) : IPartShape
{
    /// <inheritdoc/>
    public IReadOnlyList<DatasetColumn> Kept => columns;

    /// <inheritdoc/>
    public IDatasetFormat? PieceFormat => format;

    /// <inheritdoc/>
    public FeatureBatch Keep(FeatureBatch batch) => batch;

    /// <inheritdoc/>
    public IPartWriter CreatePart(int part, Stream output) => format.CreatePart(output, columns);

    /// <inheritdoc/>
    public PartContent ContentOf(int part, PartContent kept) => kept;
}
