using FeatureService.Client.FanOut;
using FeatureService.Client.Transport;

namespace FeatureService.Client.Datasets;

/// <summary>What a part's file is made of.</summary>
internal interface IPartShape
{
    /// <summary>The columns that the service sends.</summary>
    IReadOnlyList<DatasetColumn> Received { get; }

    /// <summary>Looks at a batch before anything else is done with it.</summary>
    /// <param name="batch">As it arrived.</param>
    FeatureBatch Receive(FeatureBatch batch);

    /// <summary>Starts a part.</summary>
    /// <param name="part">The shard.</param>
    /// <param name="output">Where it is written, front to back; it stays open.</param>
    IPartWriter CreatePart(int part, Stream output);

    /// <summary>The hashes of the part's columns.</summary>
    /// <param name="part">The shard.</param>
    /// <param name="received">Hashes of the columns that arrived.</param>
    /// <exception cref="DatasetException">What arrived does not belong to what is there.</exception>
    ColumnHashes HashesOf(int part, ColumnHashes received);
}

/// <summary>Parts of all columns as they arrive.</summary>
/// <param name="columns">The columns.</param>
/// <param name="format">The file format.</param>
internal sealed class WholeParts(IReadOnlyList<DatasetColumn> columns, IDatasetFormat format) : IPartShape
{
    /// <inheritdoc/>
    public IReadOnlyList<DatasetColumn> Received => columns;

    /// <inheritdoc/>
    public FeatureBatch Receive(FeatureBatch batch) => batch;

    /// <inheritdoc/>
    public IPartWriter CreatePart(int part, Stream output) => format.CreatePart(output, columns);

    /// <inheritdoc/>
    public ColumnHashes HashesOf(int part, ColumnHashes received) => received;
}
