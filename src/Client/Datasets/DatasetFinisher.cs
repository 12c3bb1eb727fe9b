using System.Text.Json;
using FeatureService.Client.Transport;

namespace FeatureService.Client.Datasets;

/// <summary>The end of a build: a single file is put together from its parts, and the manifest is written last.</summary>
/// <param name="place">The dataset's place.</param>
/// <param name="format">The file format.</param>
/// <param name="columns">The dataset's columns.</param>
internal sealed class DatasetFinisher(DatasetPlace place, IDatasetFormat format, IReadOnlyList<DatasetColumn> columns)
{
    /// <summary>Finishes the dataset.</summary>
    /// <param name="identity">What it is.</param>
    /// <param name="parts">All parts in row order.</param>
    /// <param name="complete">Adds what is not about the rows.</param>
    /// <param name="cancellation">Ends the work.</param>
    public DatasetManifest Finish(
        BuildIdentity identity, IReadOnlyList<PartRecord> parts, Func<DatasetManifest, DatasetManifest> complete, CancellationToken cancellation)
    {
        var files = place.SingleFile
            ? [Assemble(parts, cancellation)]
            : parts.Select(p => new ManifestFile(place.PartName(p.Part), p.Rows, p.Bytes, p.Checksum)).ToArray();
        var manifest = complete(DatasetManifest.Of(identity, columns, parts) with { Files = files });
        WriteManifest(manifest);
        if (place.SingleFile)
        {
            place.ClearParts();
        }

        return manifest;
    }

    private ManifestFile Assemble(IReadOnlyList<PartRecord> parts, CancellationToken cancellation)
    {
        var temporary = DatasetPlace.Temporary(place.Path);
        try
        {
            using var file = new HashingStream(temporary);
            format.Concatenate([.. parts.Select(p => place.Part(p.Part))], file, cancellation);
            file.Sync();

            // The manifest of what is replaced would describe the wrong file.
            File.Delete(place.Manifest);
            File.Move(temporary, place.Path, overwrite: true);
            return new ManifestFile(Path.GetFileName(place.Path), parts.Sum(p => p.Rows), file.Length, file.Checksum);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    private void WriteManifest(DatasetManifest manifest)
    {
        var temporary = DatasetPlace.Temporary(place.Manifest);
        using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
        {
            JsonSerializer.Serialize(file, manifest, DatasetJson.Indented);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, place.Manifest, overwrite: true);
    }
}
