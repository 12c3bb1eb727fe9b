using System.IO.Hashing;
using System.Text;
using System.Text.Json;

namespace FeatureService.Engine.Snapshots;

/// <summary>The hash of a snapshot's logical content: no paths, clocks, thread counts, files or their cut.</summary>
public static class SnapshotContent
{
    /// <summary>A snapshot's id: XXH3-128 of catalog, zone rules, completeness, placement and digests; 32 hexadecimal digits.</summary>
    /// <param name="manifest">The manifest; its id and segments are not read.</param>
    public static string Id(SnapshotManifest manifest)
    {
        var hash = new XxHash128();
        // A manifest without what is physical, in the one form that the serialiser gives it.
        var logical = manifest with { Id = "", FormatVersion = 0, Segments = [] };
        hash.Append(Encoding.ASCII.GetBytes("features snapshot 1\n"));
        hash.Append(JsonSerializer.SerializeToUtf8Bytes(logical, ManifestJson.Default.SnapshotManifest));
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }
}
