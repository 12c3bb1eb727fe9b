
namespace FeatureService.Client.Datasets.Reuse;

/// <summary>A finished dataset whose columns may be taken over: a folder of parts, or a single file.</summary>
/// <remarks>A file is hashed once, when it is opened, and copied by the same handle: what is taken over is what its manifest describes.</remarks>
internal sealed class PreviousDataset : IDisposable
{
    private readonly string _folder;
    private readonly string _path;
    private readonly Lazy<IColumnarFile>? _single;

    private PreviousDataset(string path, string folder, DatasetManifest manifest, IColumnarFormat format)
    {
        _path = path;
        _folder = folder;
        Manifest = manifest;
        Format = format;
        _single = manifest.Files.Count == 1 ? new Lazy<IColumnarFile>(() => OpenFile(manifest.Files[0])) : null;
    }

    /// <summary>What it is.</summary>
    public DatasetManifest Manifest { get; }

    /// <summary>Its format.</summary>
    public IColumnarFormat Format { get; }

    /// <summary>As it was named.</summary>
    public string Name => _path;

    /// <summary>Opens a dataset by its manifest.</summary>
    /// <param name="path">The folder or file.</param>
    /// <param name="format">The format that it is expected to have.</param>
    /// <exception cref="DatasetException">There is none, it has no manifest, or the format is none of columns.</exception>
    public static PreviousDataset Open(string path, IDatasetFormat format)
    {
        var place = new DatasetPlace(path, !Directory.Exists(path), format.Extension);
        if (!File.Exists(place.Manifest))
        {
            throw new DatasetException(
                $"--reuse {path}: there is no {place.Manifest}: expected a finished dataset, a folder with _manifest.json or a file with FILE.manifest.json beside it");
        }

        var manifest = DatasetManifest.Read(place.Manifest);
        if (manifest.FormatVersion != BuildIdentity.FormatVersionNow)
        {
            throw new DatasetException($"--reuse {path}: it has {manifest.OtherVersion}");
        }

        return format is IColumnarFormat columnar
            ? new PreviousDataset(path, Path.GetDirectoryName(place.Manifest)!, manifest, columnar)
            : throw new DatasetException($"--reuse {path}: {format.Name} does not keep columns apart: expected parquet");
    }

    /// <summary>The row groups of a shard.</summary>
    /// <param name="part">The shard.</param>
    /// <exception cref="DatasetException">The file is not what its manifest describes.</exception>
    public PreviousPart PartOf(int part)
    {
        if (_single is null)
        {
            var own = OpenFile(Manifest.Files[part]);
            return new PreviousPart(own, 0, own.RowGroups.Count, own);
        }

        var file = _single.Value;
        var (first, rows) = (0, 0L);
        for (var before = Manifest.Parts.Take(part).Sum(p => p.Rows); rows < before && first < file.RowGroups.Count; first++)
        {
            rows += file.RowGroups[first];
        }

        var (end, partRows) = (first, 0L);
        for (; partRows < Manifest.Parts[part].Rows && end < file.RowGroups.Count; end++)
        {
            partRows += file.RowGroups[end];
        }

        return partRows == Manifest.Parts[part].Rows
            ? new PreviousPart(file, first, end - first, null)
            : throw Exception_Changed(Manifest.Files[0], "its row groups are not those of its parts");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_single is { IsValueCreated: true })
        {
            _single.Value.Dispose();
        }
    }

    private IColumnarFile OpenFile(ManifestFile described)
    {
        FileStream file;
        try
        {
            file = new FileStream(Path.Combine(_folder, described.Name), new FileStreamOptions { BufferSize = 0 });
        }
        catch (IOException exception)
        {
            throw Exception_Changed(described, exception.Message);
        }

        try
        {
            var checksum = file.Length == described.Bytes ? HashingStream.ChecksumOf(file.SafeFileHandle, CancellationToken.None) : null;
            if (checksum != described.Checksum)
            {
                throw Exception_Changed(described, checksum is null
                    ? $"it has {file.Length} bytes, the manifest says {described.Bytes}"
                    : $"its checksum is {checksum}, the manifest says {described.Checksum}");
            }

            return Format.Open(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private DatasetException Exception_Changed(ManifestFile file, string how) =>
        new($"--reuse {_path}: {file.Name} is not the file that was built: {how}");
}

/// <summary>A shard of an earlier dataset.</summary>
/// <param name="File">Where its rows are.</param>
/// <param name="FirstGroup">The first of its row groups.</param>
/// <param name="GroupCount">How many.</param>
/// <param name="Owned">What is closed with it; null where others use the file too.</param>
internal sealed record PreviousPart(IColumnarFile File, int FirstGroup, int GroupCount, IDisposable? Owned) : IDisposable
{
    /// <summary>Rows of each of its row groups.</summary>
    public IEnumerable<long> RowGroups => File.RowGroups.Skip(FirstGroup).Take(GroupCount);

    /// <inheritdoc/>
    public void Dispose() => Owned?.Dispose();
}
