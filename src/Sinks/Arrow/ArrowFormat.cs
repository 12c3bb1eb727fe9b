using FeatureService.Client.Datasets;
using FeatureService.Client.Transport;

namespace FeatureService.Sinks.Arrow;

/// <summary>
/// Arrow IPC files, not compressed: one record batch for each batch (whole entities, below 2^18 rows), buffers aligned to 64 bytes, so that
/// a reader maps a file and has its columns; features and labels nullable, texts as UTF-8 with int32 offsets, timestamps in UTC.
/// </summary>
public sealed class ArrowFormat : IDatasetFormat
{
    /// <inheritdoc/>
    public string Name => "arrow";

    /// <inheritdoc/>
    public string Extension => ".arrow";

    /// <inheritdoc/>
    public string Settings => "";

    /// <inheritdoc/>
    public IPartWriter CreatePart(Stream output, IReadOnlyList<DatasetColumn> columns) => new ArrowPartWriter(output, columns);

    /// <inheritdoc/>
    public void Concatenate(IReadOnlyList<string> parts, Stream output, CancellationToken cancellation) =>
        ArrowConcatenation.Write(parts, output, cancellation);
}
