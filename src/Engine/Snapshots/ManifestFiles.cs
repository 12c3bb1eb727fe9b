using System.Globalization;
using System.IO.Hashing;
using System.Text;
using System.Text.Json;

namespace FeatureService.Engine.Snapshots;

/// <summary>
/// The text of a snapshot's manifests and where they lie. <c>manifest.json</c> names the current snapshot; each
/// <c>snapshots/&lt;id&gt;.json</c> is one, its last property the XXH3-64 of all bytes before.
/// </summary>
public static class ManifestFiles
{
    private const string ChecksumKey = ",\"checksum\":\"";
    private const string ChecksumEnd = "\"}\n";
    private static readonly int _trailerBytes = ChecksumKey.Length + 16 + ChecksumEnd.Length;

    /// <summary>The file that names the current snapshot.</summary>
    /// <param name="folder">The snapshot's folder.</param>
    public static string CurrentPath(string folder) => Path.Combine(folder, "manifest.json");

    /// <summary>The file of one snapshot.</summary>
    /// <param name="folder">The snapshot's folder.</param>
    /// <param name="id">The snapshot's id.</param>
    public static string SnapshotPath(string folder, string id) => Path.Combine(folder, "snapshots", id + ".json");

    /// <summary>The bytes of <c>manifest.json</c>.</summary>
    /// <param name="id">Id of the current snapshot.</param>
    public static byte[] FormatCurrent(string id) =>
        Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new CurrentEntry(SnapshotManifest.FormatVersionNewest, id), ManifestJson.Default.CurrentEntry) + "\n");

    /// <summary>The bytes of a snapshot's file.</summary>
    /// <param name="manifest">What it says.</param>
    public static byte[] Format(SnapshotManifest manifest)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(manifest, ManifestJson.Default.SnapshotManifest);
        var body = json.AsSpan(0, json.Length - 1);
        return [.. body, .. Trailer(body)];
    }

    /// <summary>Reads the id of a folder's current snapshot.</summary>
    /// <param name="folder">The snapshot's folder.</param>
    /// <exception cref="SnapshotNotFoundException">There is none.</exception>
    /// <exception cref="SnapshotDamagedException">The file is not as it was written.</exception>
    public static string ReadCurrent(string folder)
    {
        var path = CurrentPath(folder);
        var bytes = ReadAll(path, Directory.Exists(folder) ? $"{folder} holds no snapshot: expected {path}" : $"no such folder: {folder}");
        var current = Parse(path, bytes, ManifestJson.Default.CurrentEntry);
        RefuseNewer(path, current.FormatVersion);
        if (current.Snapshot is null || !bytes.AsSpan().SequenceEqual(FormatCurrent(current.Snapshot)) || !IsId(current.Snapshot))
        {
            throw new SnapshotDamagedException(path, 0, "expected the id of a snapshot of 32 hexadecimal digits");
        }

        return current.Snapshot;
    }

    /// <summary>Reads a snapshot's file.</summary>
    /// <param name="folder">The snapshot's folder.</param>
    /// <param name="id">The snapshot's id.</param>
    /// <exception cref="SnapshotNotFoundException">There is none, or its format is newer than this program.</exception>
    /// <exception cref="SnapshotDamagedException">The file is not as it was written.</exception>
    public static SnapshotManifest Read(string folder, string id)
    {
        if (!IsId(id))
        {
            throw new SnapshotNotFoundException($"'{id}' is no snapshot id: expected 32 hexadecimal digits");
        }

        var path = SnapshotPath(folder, id);
        var bytes = ReadAll(path, $"no snapshot {id} in {folder}: expected {path}");
        if (bytes.Length < _trailerBytes
            || !bytes.AsSpan(bytes.Length - _trailerBytes).SequenceEqual(Trailer(bytes.AsSpan(0, bytes.Length - _trailerBytes))))
        {
            throw new SnapshotDamagedException(path, 0, "the file's checksum does not fit its content");
        }

        // The version comes first, in the file and here: a newer format need not read as this one.
        RefuseNewer(path, Parse(path, bytes, ManifestJson.Default.FormatEntry).FormatVersion);
        var manifest = Parse(path, bytes, ManifestJson.Default.SnapshotManifest);
        return manifest.Id == id ? manifest : throw new SnapshotDamagedException(path, 0, $"the file holds snapshot {manifest.Id}");
    }

    private static bool IsId(string id) => id.Length == 32 && id.All(char.IsAsciiHexDigitLower);

    private static byte[] Trailer(ReadOnlySpan<byte> body) => Encoding.ASCII.GetBytes(
        ChecksumKey + XxHash3.HashToUInt64(body).ToString("x16", CultureInfo.InvariantCulture) + ChecksumEnd);

    private static void RefuseNewer(string path, int version)
    {
        if (version is < 1 or > SnapshotManifest.FormatVersionNewest)
        {
            throw new SnapshotNotFoundException(
                $"{path} has format version {version}: this program reads versions 1 to {SnapshotManifest.FormatVersionNewest}");
        }
    }

    private static T Parse<T>(string path, byte[] bytes, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, type) ?? throw new SnapshotDamagedException(path, 0, "expected a JSON object");
        }
        catch (JsonException error)
        {
            throw new SnapshotDamagedException(path, error.BytePositionInLine ?? 0, error.Message);
        }
    }

    private static byte[] ReadAll(string path, string missing)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new SnapshotNotFoundException(missing, error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SnapshotNotFoundException($"cannot read {path}: {error.Message}", error);
        }
    }
}
