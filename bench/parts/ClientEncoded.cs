using FeatureService.Client.Datasets;
using FeatureService.Client.Transport;

namespace FeatureService.Bench.Parts;

/// <summary>A format that asks for no finished columns, so that the client encodes values itself.</summary>
/// <param name="format">The format.</param>
internal sealed class ClientEncoded(IDatasetFormat format) : IDatasetFormat
{
    /// <inheritdoc/>
    public string Name => format.Name;

    /// <inheritdoc/>
    public string Extension => format.Extension;

    /// <inheritdoc/>
    public string Settings => format.Settings;

    /// <inheritdoc/>
    public IPartWriter CreatePart(Stream output, IReadOnlyList<DatasetColumn> columns) => format.CreatePart(output, columns);

    /// <inheritdoc/>
    public void Concatenate(IReadOnlyList<string> parts, Stream output, CancellationToken cancellation) => format.Concatenate(parts, output, cancellation);
}
