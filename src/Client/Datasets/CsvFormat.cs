using FeatureService.Client.Transport;

namespace FeatureService.Client.Datasets;

/// <summary>
/// CSV: a header always, LF, commas; null is nothing and the empty text <c>""</c>; floats in their shortest form that reads back;
/// dates <c>2024-03-04</c>, timestamps in UTC with <c>Z</c>.
/// </summary>
public sealed class CsvFormat : IDatasetFormat
{
    /// <inheritdoc/>
    public string Name => "csv";

    /// <inheritdoc/>
    public string Extension => ".csv";

    /// <inheritdoc/>
    public string Settings => "";

    /// <inheritdoc/>
    public IPartWriter CreatePart(Stream output, IReadOnlyList<DatasetColumn> columns)
    {
        var writer = new CsvWriter(output);
        writer.WriteHeader(columns);
        return writer;
    }

    /// <inheritdoc/>
    public void Concatenate(IReadOnlyList<string> parts, Stream output, CancellationToken cancellation)
    {
        var buffer = new byte[1 << 20];
        for (var i = 0; i < parts.Count; i++)
        {
            using var part = File.OpenRead(parts[i]);
            if (i > 0)
            {
                SkipHeader(part);
            }

            int read;
            while ((read = part.Read(buffer)) > 0)
            {
                cancellation.ThrowIfCancellationRequested();
                output.Write(buffer.AsSpan(0, read));
            }
        }
    }

    /// <summary>Goes behind the first line; a quoted name may hold line ends.</summary>
    private static void SkipHeader(FileStream part)
    {
        var quoted = false;
        int value;
        while ((value = part.ReadByte()) >= 0 && (quoted || value != '\n'))
        {
            quoted ^= value == '"';
        }
    }
}
