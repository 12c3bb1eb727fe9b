using FeatureService.Client.FanOut;
using FeatureService.Client.Transport;

namespace FeatureService.Client.Datasets;

/// <summary>A file format of datasets. Implementations have no state and may be used from any thread.</summary>
public interface IDatasetFormat
{
    /// <summary>Its name in options and manifests, such as <c>parquet</c>.</summary>
    string Name { get; }

    /// <summary>How its files' names end, with the dot.</summary>
    string Extension { get; }

    /// <summary>Choices that change a file's bytes, such as the compression, in one line; a resumed build must agree with them.</summary>
    string Settings { get; }

    /// <summary>Starts a file.</summary>
    /// <param name="output">Where it is written, front to back; it stays open.</param>
    /// <param name="columns">The columns.</param>
    IPartWriter CreatePart(Stream output, IReadOnlyList<DatasetColumn> columns);

    /// <summary>Writes the rows of several files, in order, as one file.</summary>
    /// <param name="parts">Paths of files that this format wrote with the same columns; at least one.</param>
    /// <param name="output">Where the file is written.</param>
    /// <param name="cancellation">Ends the work.</param>
    void Concatenate(IReadOnlyList<string> parts, Stream output, CancellationToken cancellation);
}

/// <summary>Writes one file. Calls come one after the other, all from one thread.</summary>
public interface IPartWriter : IDisposable
{
    /// <summary>Writes rows.</summary>
    /// <param name="batch">The rows.</param>
    void Write(FeatureBatch batch);

    /// <summary>Finishes the file; without it the file is incomplete.</summary>
    void Complete();
}
