using FeatureService.Client.FanOut;
using FeatureService.Client.Transport;
using FeatureService.Core.Columns;

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

    /// <summary>The form of whole columns, finished by the service, that its files take over as they are; null, the default, for none.</summary>
    FinishedForm? Finished => null;

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

/// <summary>A format that keeps the columns of a run of rows apart, so that a file can take over columns of others as they are.</summary>
public interface IColumnarFormat : IDatasetFormat
{
    /// <summary>Opens a file of this format for its columns' bytes.</summary>
    /// <param name="file">The file; it is closed with the result.</param>
    /// <exception cref="InvalidDataException">The file is damaged, or of another format.</exception>
    IColumnarFile Open(FileStream file);

    /// <summary>Writes a file of columns of others, byte for byte.</summary>
    /// <param name="columns">The columns of the new file.</param>
    /// <param name="sources">For each of them where it comes from; all have the same row groups.</param>
    /// <param name="output">Where the file is written, front to back; it stays open.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="InvalidDataException">Row groups differ, or a file is damaged.</exception>
    void Weave(IReadOnlyList<DatasetColumn> columns, IReadOnlyList<ColumnSource> sources, Stream output, CancellationToken cancellation);
}

/// <summary>A file whose columns can be taken over.</summary>
public interface IColumnarFile : IDisposable
{
    /// <summary>Rows of each row group, in order.</summary>
    IReadOnlyList<long> RowGroups { get; }
}

/// <summary>A column of some row groups of a file.</summary>
/// <param name="File">The file.</param>
/// <param name="Column">Index of the column in it.</param>
/// <param name="FirstGroup">The first row group.</param>
/// <param name="GroupCount">How many.</param>
public sealed record ColumnSource(IColumnarFile File, int Column, int FirstGroup, int GroupCount);

/// <summary>Writes one file. Calls come one after the other, all from one thread.</summary>
public interface IPartWriter : IDisposable
{
    /// <summary>Writes rows.</summary>
    /// <param name="batch">The rows.</param>
    void Write(FeatureBatch batch);

    /// <summary>Finishes the file; without it the file is incomplete.</summary>
    void Complete();
}
