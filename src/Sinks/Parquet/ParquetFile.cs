using FeatureService.Client.Datasets;
using Microsoft.Win32.SafeHandles;

namespace FeatureService.Sinks.Parquet;

/// <summary>A Parquet file whose column chunks are copied: the footer is read once, and the bytes from any thread.</summary>
internal sealed class ParquetFile : IColumnarFile
{
    private readonly FileStream _file;

    /// <summary>Reads a file's footer.</summary>
    /// <param name="file">The file; it is closed with this.</param>
    /// <exception cref="InvalidDataException">The file is no Parquet, or damaged.</exception>
    public ParquetFile(FileStream file)
    {
        _file = file;
        try
        {
            Footer = ParquetFooter.Read(file);
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"{file.Name}: {exception.Message}", exception);
        }

        RowGroups = [.. Enumerable.Range(0, Footer.RowGroupCount).Select(Footer.RowsOf)];
    }

    /// <summary>The footer.</summary>
    public ParquetFooter Footer { get; }

    /// <summary>For reads at any place.</summary>
    public SafeFileHandle Handle => _file.SafeFileHandle;

    /// <summary>Its path.</summary>
    public string Name => _file.Name;

    /// <inheritdoc/>
    public IReadOnlyList<long> RowGroups { get; }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
