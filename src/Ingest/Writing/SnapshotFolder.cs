using FeatureService.Engine.Snapshots;

namespace FeatureService.Ingest.Writing;

/// <summary>
/// A snapshot's folder while a build writes into it. Segments go to a temporary folder; publishing renames it and then the manifests,
/// so that a reader sees the old snapshot or the new one. A lock keeps other builds out; what a killed build left is removed.
/// </summary>
internal sealed class SnapshotFolder : IDisposable
{
    private const string TemporaryPrefix = ".building-";

    private readonly string _folder;
    private readonly string _temporary;
    private readonly FileStream _lock;
    private readonly bool _isMade;
    private bool _published;

    private SnapshotFolder(string folder, FileStream held, bool isMade)
    {
        _isMade = isMade;
        _folder = folder;
        _lock = held;
        _temporary = Path.Combine(folder, TemporaryPrefix + Guid.NewGuid().ToString("N"));
    }

    /// <summary>Where segments are written.</summary>
    public string Temporary => _temporary;

    /// <summary>Where events are spilled; made by who does, and gone before the snapshot is published.</summary>
    public string Spill => _temporary + "-spill";

    /// <summary>Takes a folder for a build.</summary>
    /// <exception cref="InputException">Another build holds the folder.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static SnapshotFolder Open(string folder)
    {
        var isMade = !Directory.Exists(folder);
        Directory.CreateDirectory(folder);
        FileStream held;
        var path = Path.Combine(folder, ".lock");
        try
        {
            held = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error) when (File.Exists(path))
        {
            throw new InputException($"{folder}: another build is writing there: expected to be alone", error);
        }

        foreach (var left in Directory.EnumerateDirectories(folder, TemporaryPrefix + "*"))
        {
            Directory.Delete(left, recursive: true);
        }

        foreach (var left in Directory.EnumerateFiles(folder, TemporaryPrefix + "*"))
        {
            File.Delete(left);
        }

        var taken = new SnapshotFolder(folder, held, isMade);
        Directory.CreateDirectory(taken._temporary);
        return taken;
    }

    /// <summary>Name of a segment in the manifest of a snapshot.</summary>
    public static string SegmentName(string id, string file) => $"segments/{id}/{file}";

    /// <summary>Makes the segments and the manifest visible and the snapshot the current one; where that fails nothing of it stays.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public void Publish(SnapshotManifest manifest)
    {
        var isNew = !IsWhole(manifest.Id);
        try
        {
            if (isNew)
            {
                Add(manifest);
            }

            Replace(ManifestFiles.CurrentPath(_folder), ManifestFiles.FormatCurrent(manifest.Id));
            _published = true;
        }
        catch when (isNew)
        {
            Withdraw(manifest.Id);
            throw;
        }
    }

    /// <summary>Gives the folder back and removes what was not published, the folder too where there was none before.</summary>
    public void Dispose()
    {
        if (Directory.Exists(_temporary))
        {
            Directory.Delete(_temporary, recursive: true);
        }

        var isLeft = _isMade && !_published;
        if (isLeft)
        {
            File.Delete(_lock.Name);
        }

        _lock.Dispose();
        if (isLeft && !Directory.EnumerateFileSystemEntries(_folder).Any())
        {
            Directory.Delete(_folder);
        }
    }

    private string SegmentsPath(string id) => Path.Combine(_folder, "segments", id);

    private void Add(SnapshotManifest manifest)
    {
        var segments = SegmentsPath(manifest.Id);
        Directory.CreateDirectory(Path.GetDirectoryName(segments)!);
        Directory.CreateDirectory(Path.GetDirectoryName(ManifestFiles.SnapshotPath(_folder, manifest.Id))!);
        if (Directory.Exists(segments))
        {
            // Segments without a manifest are what a build left that was killed between the two.
            Directory.Delete(segments, recursive: true);
        }

        Directory.Move(_temporary, segments);
        Replace(ManifestFiles.SnapshotPath(_folder, manifest.Id), ManifestFiles.Format(manifest));
    }

    private void Withdraw(string id)
    {
        var manifest = ManifestFiles.SnapshotPath(_folder, id);
        if (File.Exists(manifest))
        {
            File.Delete(manifest);
        }

        if (Directory.Exists(SegmentsPath(id)))
        {
            Directory.Delete(SegmentsPath(id), recursive: true);
        }

        foreach (var parent in new[] { Path.GetDirectoryName(manifest)!, Path.GetDirectoryName(SegmentsPath(id))! })
        {
            if (Directory.Exists(parent) && !Directory.EnumerateFileSystemEntries(parent).Any())
            {
                Directory.Delete(parent);
            }
        }
    }

    /// <summary>Whether the folder has the very snapshot already, so that nothing but the name of the current one is to be written.</summary>
    private bool IsWhole(string id)
    {
        try
        {
            using var snapshot = MappedSnapshot.Open(_folder, id);
            snapshot.Verify();
            return true;
        }
        catch (Exception error) when (error is SnapshotNotFoundException or SnapshotDamagedException)
        {
            return false;
        }
    }

    private void Replace(string path, byte[] content)
    {
        var temporary = Path.Combine(_folder, TemporaryPrefix + Guid.NewGuid().ToString("N"));
        try
        {
            // Without a buffer, which closing the file would try to write again where the disk is full.
            using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                FileWrites.Append(file, content);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
